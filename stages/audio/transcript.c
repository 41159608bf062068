/* audio.transcript: what a sidecar says is spoken, and whether it can belong to the recording. */
#include "agreement.h"
#include "audio.h"
#include "compose.h"
#include "corrected.h"
#include "plain_text.h"
#include "subtitle.h"

#include "assay/decimal.h"

#include <stdlib.h>

typedef struct params {
	int64_t slack_ms;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, slack_ms, "500", 0, 60000, "ms", "a cue may end so much after the recording"),
    {0},
};

enum { M_CHARACTERS, M_WORDS, M_RATE, M_CUES, M_OUTSIDE, M_COVERED, M_MALFORMED, M_AGREEMENT };

#define ON_AUDIO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO)
static const assay_metric metrics[] = {
    [M_CHARACTERS] = {"transcript.characters", "1", 0, ON_AUDIO,
		      "Code points (NFC); white space between words counts as one."},
    [M_WORDS] = {"transcript.words", "1", 0, ON_AUDIO, "Runs without white space that hold a letter or a digit."},
    [M_RATE] = {"transcript.words_per_minute", "1/min", 2, ON_AUDIO, "Words / length of the recording."},
    [M_CUES] = {"transcript.cues", "1", 0, ON_AUDIO, "Cues of a timed transcript."},
    [M_OUTSIDE] = {"transcript.cues_outside", "1", 0, ON_AUDIO,
		   "Cues that end more than slack_ms after the recording."},
    [M_COVERED] = {"transcript.cue_ratio", "1", 4, ON_AUDIO,
		   "Share of the recording during which a cue is shown, 0..1."},
    [M_MALFORMED] = {"transcript.malformed", "1", 0, ON_AUDIO,
		     "Cues that cannot be read, or lines that are not UTF-8; 1 for a file that cannot be read at all."},
    [M_AGREEMENT] =
	{"transcript.agreement", "1", ASSAY_ALPHA_SCALE, ON_AUDIO,
	 "Krippendorff's alpha over the characters of the texts that people wrote for the recording, 1 when they "
	 "agree; undefined for one that was not corrected, or by a single person."},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "transcript.characters", .recall = ASSAY_RECALL_MORE},
    {0},
};

enum { A_TEXT, A_CUES };

static const assay_artifact_type artifacts[] = {
    [A_TEXT] = {"transcript", "text/plain;charset=utf-8", "txt", "What is said: UTF-8, NFC, lines ended by \\n."},
    [A_CUES] = {"cues", "text/vtt", "vtt", "The same with times, when the sidecar has them: WebVTT."},
    {0},
};

typedef struct transcript {
	const params *p;
	uint32_t root, rate;
	uint64_t frames;
	bool there;                /* a transcript: the sidecar's, or what people wrote in its place */
	const unsigned char *data; /* borrowed */
	size_t size;
	bool by_hand;
	assay_corrected corrected;
} transcript;

static assay_code open_transcript(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
				  assay_err *err)
{
	const assay_sidecar *sidecar = assay_input_sidecar(in, "transcript");
	const assay_sidecar *correction = assay_input_sidecar(in, ASSAY_SIDECAR_CORRECTION);
	transcript *t = assay_alloc(1, sizeof *t);
	assay_code rc = ASSAY_OK;

	(void)shared;
	*state = t;
	if (t == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "transcript");
	*t = (transcript){.p = p, .root = root, .there = sidecar != NULL || correction != NULL};
	if (correction != NULL) {
		t->by_hand = true;
		rc = assay_corrected_read(&t->corrected, correction->data, correction->size, err);
		t->data = (const unsigned char *)t->corrected.text;
		t->size = t->corrected.size;
	} else if (sidecar != NULL) {
		t->data = sidecar->data;
		t->size = sidecar->size;
	}
	return rc;
}

static void close_transcript(void *state)
{
	transcript *t = state;

	if (t != NULL)
		assay_corrected_release(&t->corrected);
	free(t);
}

static assay_code push_transcript(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	transcript *t = state;

	(void)sink, (void)err;
	if (v->kind == ASSAY_VALUE_PCM) {
		t->frames += v->u.pcm.frames;
		t->rate = v->u.pcm.rate;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- measuring */

static assay_code undefined(const transcript *t, unsigned from, unsigned to, const char *why, assay_sink *sink,
			    assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned m = from; m <= to && rc == ASSAY_OK; m++)
		rc = assay_undefined(sink, t->root, m, why, err);
	return rc;
}

/* Of a sidecar that is there and cannot be used: the count says that it is a fault. */
static assay_code refuse(const transcript *t, uint64_t malformed, const char *why, assay_sink *sink, assay_err *err)
{
	const assay_code rc = undefined(t, M_CHARACTERS, M_COVERED, why, sink, err);

	return rc == ASSAY_OK ? assay_measure(sink, t->root, M_MALFORMED, (int64_t)malformed, err) : rc;
}

static assay_code measure_text(const transcript *t, const assay_plain_text *text, assay_sink *sink, assay_err *err)
{
	/* words <= 16 Mi, rate < 2^31: fits */
	const int64_t rate = assay_round_ratio((int64_t)text->words * 60 * t->rate, (int64_t)t->frames, 2);
	assay_code rc;

	ASSAY_TRY(assay_measure(sink, t->root, M_CHARACTERS, (int64_t)text->characters, err));
	ASSAY_TRY(assay_measure(sink, t->root, M_WORDS, (int64_t)text->words, err));
	ASSAY_TRY(assay_measure(sink, t->root, M_RATE, rate, err));
	if (text->text.len == 0)
		return ASSAY_OK;
	return assay_artifact(sink, t->root, A_TEXT, text->text.data, text->text.len, err);
fail:
	return rc;
}

static assay_code measure_cues(const transcript *t, const assay_cues *cues, assay_sink *sink, assay_err *err)
{
	const int64_t length = assay_round_ratio((int64_t)t->frames, (int64_t)t->rate, 3);
	int64_t outside = 0;
	int64_t covered = 0;
	int64_t last = 0; /* end of what is covered so far */
	assay_code rc;

	for (size_t i = 0; i < cues->count; i++) {
		const assay_cue *c = &cues->items[i];
		const int64_t from = c->start > last ? c->start : last;
		const int64_t to = c->end < length ? c->end : length;
		outside += c->end > length + t->p->slack_ms;
		covered += to > from ? to - from : 0;
		last = to > last ? to : last;
	}
	ASSAY_TRY(assay_measure(sink, t->root, M_CUES, (int64_t)cues->count, err));
	ASSAY_TRY(assay_measure(sink, t->root, M_OUTSIDE, outside, err));
	if (length == 0)
		return assay_undefined(sink, t->root, M_COVERED, "shorter than 1 ms", err);
	return assay_measure(sink, t->root, M_COVERED, assay_round_ratio(covered, length, 4), err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- reading */

static assay_code read_plain(const transcript *t, assay_sink *sink, assay_err *err)
{
	assay_plain_text text;
	assay_code rc = assay_plain_text_read(&text, t->data, t->size, err);

	if (rc == ASSAY_OK && text.malformed > 0) {
		rc = refuse(t, text.malformed, "the transcript is not UTF-8", sink, err);
	} else if (rc == ASSAY_OK) {
		ASSAY_TRY(measure_text(t, &text, sink, err));
		ASSAY_TRY(undefined(t, M_CUES, M_COVERED, "the transcript has no times", sink, err));
		rc = assay_measure(sink, t->root, M_MALFORMED, 0, err);
	}
fail:
	assay_plain_text_release(&text);
	return rc;
}

static assay_code keep_cues(const transcript *t, const assay_cues *cues, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_BUF plain = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF timed = ASSAY_BUF_INIT;
	assay_plain_text text = {0};
	assay_code rc;

	assay_cues_plain(&plain, cues);
	assay_cues_webvtt(&timed, cues);
	ASSAY_TRY(assay_buf_check(&plain, err));
	ASSAY_TRY(assay_buf_check(&timed, err));
	ASSAY_TRY(assay_plain_text_read(&text, plain.data, plain.len, err));
	ASSAY_TRY(measure_text(t, &text, sink, err));
	if (cues->count > 0)
		ASSAY_TRY(assay_artifact(sink, t->root, A_CUES, timed.data, timed.len, err));
	rc = measure_cues(t, cues, sink, err);
fail:
	assay_plain_text_release(&text);
	return rc;
}

static assay_code read_timed(const transcript *t, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_CUES cues = {0};
	assay_code rc = assay_subtitle_parse(&cues, t->data, t->size, err);

	if (rc == ASSAY_EFULL)
		return refuse(t, 1, "the transcript has too many cues", sink, err);
	if (rc != ASSAY_OK)
		return rc;
	if (cues.count == 0 && cues.malformed > 0)
		return refuse(t, cues.malformed, "the transcript has no cue that can be read", sink, err);
	assay_cues_sort(&cues);
	rc = keep_cues(t, &cues, sink, err);
	return rc == ASSAY_OK ? assay_measure(sink, t->root, M_MALFORMED, (int64_t)cues.malformed, err) : rc;
}

static assay_code measure_agreement(const transcript *t, assay_sink *sink, assay_err *err)
{
	const char *why = t->by_hand ? t->corrected.no_agreement : ASSAY_NOT_BY_HAND;

	return why != NULL ? assay_undefined(sink, t->root, M_AGREEMENT, why, err)
			   : assay_measure(sink, t->root, M_AGREEMENT, t->corrected.agreement, err);
}

static assay_code read_any(const transcript *t, assay_sink *sink, assay_err *err)
{
	if (!t->there)
		return undefined(t, M_CHARACTERS, M_MALFORMED, "no transcript", sink, err);
	if (t->size == 0)
		return read_plain(t, sink, err);
	if (assay_subtitle_is_utf16(t->data, t->size))
		return refuse(t, 1, "the transcript is UTF-16", sink, err);
	if (assay_subtitle_detect(t->data, t->size) == ASSAY_SUBTITLE_NONE)
		return read_plain(t, sink, err);
	return read_timed(t, sink, err);
}

static assay_code flush_transcript(void *state, assay_sink *sink, assay_err *err)
{
	const transcript *t = state;
	assay_code rc;

	if (t->frames == 0)
		return ASSAY_OK;
	rc = read_any(t, sink, err);
	return rc == ASSAY_OK ? measure_agreement(t, sink, err) : rc;
}

const assay_stage assay_stage_audio_transcript = {
    .abi = ASSAY_STAGE_ABI,
    .name = "audio.transcript",
    .version = 4,
    .modality = ASSAY_MODALITY_AUDIO,
    .summary = "carries the transcript that lies beside a recording, and measures it",
    .reference = "W3C WebVTT 1, section 6; Unicode Standard Annex 15 (NFC)",
    .observes = ASSAY_VALUE_PCM,
    .takes_correction = true,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .artifacts = artifacts,
    .engine = assay_text_engine,
    .open = open_transcript,
    .push = push_transcript,
    .flush = flush_transcript,
    .close = close_transcript,
};
