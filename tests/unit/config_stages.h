/** A registry for the tests of configurations, so that no stage's change breaks them. One file includes it. */
#ifndef ASSAY_TEST_CONFIG_STAGES_H
#define ASSAY_TEST_CONFIG_STAGES_H

#include "assay/config.h"
#include "assay/registry.h"

#define ON(kind) ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_##kind)

typedef struct read_params {
	int64_t dpi;
} read_params;

typedef struct ocr_params {
	assay_text_list languages;
	int64_t limit;
	int mode;
	bool fast;
} ocr_params;

static const char *const modes[] = {"auto", "sparse", NULL};
static const assay_param read_rows[] = {ASSAY_PARAM_ROW_INT(read_params, dpi, "300", 72, 1200, "dpi", "resolution"),
					{0}};
static const assay_param ocr_rows[] = {
    ASSAY_PARAM_ROW_LIST(ocr_params, languages, "eng", 1, 3, "languages"),
    ASSAY_PARAM_ROW_DECIMAL(ocr_params, limit, "0.5", 2, 0, 100, "", "limit"),
    ASSAY_PARAM_ROW_ENUM(ocr_params, mode, "auto", modes, "mode"),
    ASSAY_PARAM_ROW_BOOL(ocr_params, fast, "false", "fast"),
    {0},
};
static const assay_metric read_metrics[] = {{"page.dpi", "dpi", 0, ON(PAGE), ""}, {0}};
static const assay_metric skew_metrics[] = {{"page.skew", "deg", 2, ON(PAGE), ""}, {0}};
static const assay_metric ocr_metrics[] = {
    {"ocr.cer", "1", 4, ON(PAGE), ""}, {"ocr.confidence", "%", 2, ON(PAGE), ""}, {0}};
static const assay_metric_note ocr_notes[] = {{.metric = "ocr.confidence", .belief = true}, {0}};
static const assay_metric video_metrics[] = {
    {"video.frames", "1", 0, ON(VIDEO), ""}, {"audio.duration", "s", 6, ON(AUDIO), ""}, {0}};
static const assay_metric audio_metrics[] = {{"audio.duration", "s", 6, ON(AUDIO), ""}, {0}};
static const assay_metric peak_metrics[] = {{"audio.peak", "dB", 2, ON(AUDIO), ""}, {0}};

static assay_code no_read(void *shared, const void *params, const assay_input *in, assay_sink *sink, assay_err *err)
{
	(void)shared;
	(void)params;
	(void)in;
	(void)sink;
	return ASSAY_RAISE(err, ASSAY_EINVAL, "never called");
}

static const assay_stage page_read = {.name = "page.read",
				      .modality = ASSAY_MODALITY_PAGE,
				      .emits = ASSAY_VALUE_PAGE,
				      .params = read_rows,
				      .params_size = sizeof(read_params),
				      .metrics = read_metrics,
				      .read = no_read};
static const assay_stage page_deskew = {.name = "page.deskew",
					.modality = ASSAY_MODALITY_PAGE,
					.replaces = ASSAY_VALUE_PAGE,
					.emits = ASSAY_VALUE_PAGE,
					.metrics = skew_metrics};
static const assay_stage page_clean = {
    .name = "page.clean", .modality = ASSAY_MODALITY_PAGE, .replaces = ASSAY_VALUE_PAGE, .emits = ASSAY_VALUE_PAGE};
static const assay_stage ocr_recognize = {.name = "ocr.recognize",
					  .modality = ASSAY_MODALITY_PAGE,
					  .observes = ASSAY_VALUE_PAGE,
					  .emits = ASSAY_VALUE_WORDS,
					  .params = ocr_rows,
					  .params_size = sizeof(ocr_params),
					  .metrics = ocr_metrics,
					  .notes = ocr_notes};
static const assay_stage ocr_tables = {.name = "ocr.tables",
				       .modality = ASSAY_MODALITY_PAGE,
				       .observes = ASSAY_VALUE_PAGE | ASSAY_VALUE_WORDS,
				       .needs = ASSAY_VALUE_PAGE | ASSAY_VALUE_WORDS};
static const assay_stage ocr_discard = {
    .name = "ocr.discard", .modality = ASSAY_MODALITY_PAGE, .replaces = ASSAY_VALUE_WORDS};
static const assay_stage video_read = {.name = "video.read",
				       .modality = ASSAY_MODALITY_VIDEO,
				       .emits = ASSAY_VALUE_FRAME | ASSAY_VALUE_PCM,
				       .metrics = video_metrics,
				       .read = no_read};
static const assay_stage video_shots = {
    .name = "video.shots", .modality = ASSAY_MODALITY_VIDEO, .observes = ASSAY_VALUE_FRAME, .emits = ASSAY_VALUE_MARK};
static const assay_stage video_keyframes = {
    .name = "video.keyframes", .modality = ASSAY_MODALITY_VIDEO, .observes = ASSAY_VALUE_FRAME | ASSAY_VALUE_MARK};
static const assay_stage video_pace = {
    .name = "video.pace", .modality = ASSAY_MODALITY_VIDEO, .observes = ASSAY_VALUE_MARK};
static const assay_stage audio_read = {.name = "audio.read",
				       .modality = ASSAY_MODALITY_AUDIO,
				       .emits = ASSAY_VALUE_PCM,
				       .metrics = audio_metrics,
				       .read = no_read};
static const assay_stage audio_levels = {
    .name = "audio.levels", .modality = ASSAY_MODALITY_AUDIO, .observes = ASSAY_VALUE_PCM, .metrics = peak_metrics};

const assay_stage *const assay_stages[] = {&page_read,   &page_deskew,  &page_clean,  &ocr_recognize,   &ocr_tables,
					   &ocr_discard, &video_read,   &video_shots, &video_keyframes, &video_pace,
					   &audio_read,  &audio_levels, NULL};

const assay_stage *assay_stage_find(const char *name)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		if (strcmp(assay_stages[i]->name, name) == 0)
			return assay_stages[i];
	return NULL;
}

const assay_stage *assay_stage_reader(assay_modality modality)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		if (assay_stages[i]->modality == modality && assay_stage_is_reader(assay_stages[i]))
			return assay_stages[i];
	return NULL;
}

#endif
