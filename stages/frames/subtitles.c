/* video.subtitles: the text that is shown with a video, from a sidecar or a stream. The page beside this explains. */
#include "frames.h"

#include "compose.h"
#include "subtitle.h"

#include "assay/decimal.h"

#include <stdlib.h>
#include <string.h>

typedef struct params {
	int64_t stream;
	int64_t slack_ms;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, stream, "1", 1, 1000, "1",
			"which of the file's streams of text subtitles is kept, from 1, when there is no sidecar"),
    ASSAY_PARAM_ROW_INT(params, slack_ms, "500", 0, 60000, "ms", "a cue may end so much after the video"),
    {0},
};

enum { M_CUES, M_CHARACTERS, M_COVERED, M_OVERLAPPING, M_OUTSIDE, M_MALFORMED };

#define ON_VIDEO ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_VIDEO)
static const assay_metric metrics[] = {
    [M_CUES] = {"subtitles.cues", "1", 0, ON_VIDEO, "Cues with text that can be read."},
    [M_CHARACTERS] = {"subtitles.characters", "1", 0, ON_VIDEO,
		      "Code points of their text, ends of lines not counted."},
    [M_COVERED] = {"subtitles.cue_ratio", "1", 4, ON_VIDEO, "Share of the video during which a cue is shown, 0..1."},
    [M_OVERLAPPING] = {"subtitles.cues_overlapping", "1", 0, ON_VIDEO,
		       "Cues that begin before an earlier one has ended."},
    [M_OUTSIDE] = {"subtitles.cues_outside", "1", 0, ON_VIDEO, "Cues that end more than slack_ms after the video."},
    [M_MALFORMED] = {"subtitles.malformed", "1", 0, ON_VIDEO,
		     "Cues that cannot be read; 1 for a sidecar that cannot be read at all, or too many cues."},
    {0},
};

static const assay_metric_note notes[] = {
    {.metric = "subtitles.characters", .recall = ASSAY_RECALL_MORE},
    {0},
};

enum { A_CUES, A_TEXT };

static const assay_artifact_type artifacts[] = {
    [A_CUES] = {"subtitles", "text/vtt", "vtt", "The cues in order of time, without markup: WebVTT, UTF-8."},
    [A_TEXT] = {"subtitle_text", "text/plain;charset=utf-8", "txt", "Their text alone, one line of a cue a line."},
    {0},
};

typedef struct subtitles {
	const params *p;
	uint32_t root;
	const assay_sidecar *sidecar; /* borrowed; NULL when there is none */
	bool streamed;                /* a cue of the stream came */
	bool full;                    /* more came than are kept: none is used */
	assay_cues cues;              /* of the stream: ms of the container's time */
	uint64_t frames;
	assay_time first, last, end; /* of the video's frames */
} subtitles;

static assay_code open_subtitles(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
				 assay_err *err)
{
	subtitles *s = assay_alloc(1, sizeof *s);

	(void)shared;
	*state = s;
	if (s == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "subtitles");
	s->p = p;
	s->root = root;
	s->sidecar = assay_input_sidecar(in, "subtitles");
	return ASSAY_OK;
}

static void close_subtitles(void *state)
{
	subtitles *s = state;

	if (s != NULL)
		assay_cues_release(&s->cues);
	free(s);
}

/* ---------------------------------------------------------------- values */

static int64_t to_ms(assay_time t)
{
	return assay_time_diff(t, (assay_time){0, t.num, t.den}, 3);
}

static assay_code push_cue(subtitles *s, const assay_value *v, assay_err *err)
{
	const assay_shown_text *cue = &v->u.cue;
	assay_time end = v->time;
	assay_code rc;

	if (s->full || s->sidecar != NULL || cue->stream != (uint64_t)s->p->stream)
		return ASSAY_OK;
	s->streamed = true;
	if (cue->text == NULL || __builtin_add_overflow(end.ticks, cue->duration.ticks, &end.ticks)) {
		s->cues.malformed++;
		return ASSAY_OK;
	}
	rc = assay_cues_add(&s->cues, to_ms(v->time), to_ms(end), cue->text, cue->size, err);
	if (rc != ASSAY_EFULL)
		return rc;
	s->full = true;
	assay_cues_release(&s->cues);
	return ASSAY_OK;
}

static void push_frame(subtitles *s, const assay_value *v)
{
	int64_t length = v->u.frame.duration.ticks;

	if (s->frames++ == 0)
		s->first = v->time;
	else if (length <= 0)
		length = v->time.ticks - s->last.ticks;
	s->last = s->end = v->time;
	s->end.ticks += length > 0 ? length : 0;
}

static assay_code push_subtitles(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	(void)sink;
	if (v->kind == ASSAY_VALUE_CUE)
		return push_cue(state, v, err);
	if (v->kind == ASSAY_VALUE_FRAME)
		push_frame(state, v);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- measuring */

typedef struct extent {
	int64_t covered, overlapping, outside;
} extent;

/* Over cues in order of their begin. */
static extent measure_extent(const assay_cues *cues, int64_t length, int64_t slack)
{
	extent e = {0};
	int64_t seen = 0;   /* end of what is covered so far, within the video */
	int64_t latest = 0; /* end of any cue so far */

	for (size_t i = 0; i < cues->count; i++) {
		const assay_cue *c = &cues->items[i];
		const int64_t from = c->start > seen ? c->start : seen;
		const int64_t to = c->end < length ? c->end : length;

		e.covered += to > from ? to - from : 0;
		e.overlapping += c->start < latest;
		e.outside += c->end > length + slack;
		seen = to > seen ? to : seen;
		latest = c->end > latest ? c->end : latest;
	}
	return e;
}

static int64_t characters_of(const assay_cues *cues)
{
	int64_t n = 0;

	for (size_t i = 0; i < cues->count; i++)
		for (const char *t = assay_cue_text(cues, i); *t != '\0'; t++)
			n += *t != '\n' && ((unsigned char)*t & 0xc0) != 0x80;
	return n;
}

static assay_code undefined(const subtitles *s, unsigned last, const char *why, assay_sink *sink, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned m = M_CUES; m <= last && rc == ASSAY_OK; m++)
		rc = assay_undefined(sink, s->root, m, why, err);
	return rc;
}

/* Subtitles that are there and cannot be used: the count says that it is a fault. */
static assay_code refuse(const subtitles *s, uint64_t malformed, const char *why, assay_sink *sink, assay_err *err)
{
	const assay_code rc = undefined(s, M_OUTSIDE, why, sink, err);

	return rc == ASSAY_OK ? assay_measure(sink, s->root, M_MALFORMED, (int64_t)malformed, err) : rc;
}

static assay_code keep(const subtitles *s, const assay_cues *cues, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_BUF timed = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF plain = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cues_webvtt(&timed, cues);
	assay_cues_plain(&plain, cues);
	ASSAY_TRY(assay_buf_check(&timed, err));
	ASSAY_TRY(assay_buf_check(&plain, err));
	ASSAY_TRY(assay_artifact(sink, s->root, A_CUES, timed.data, timed.len, err));
	return assay_artifact(sink, s->root, A_TEXT, plain.data, plain.len, err);
fail:
	return rc;
}

static assay_code measure(const subtitles *s, assay_cues *cues, assay_sink *sink, assay_err *err)
{
	const int64_t length = assay_time_diff(s->end, s->first, 3);
	extent e;
	assay_code rc;

	if (cues->count == 0 && cues->malformed > 0)
		return refuse(s, cues->malformed, "no cue can be read", sink, err);
	assay_cues_sort(cues);
	e = measure_extent(cues, length, s->p->slack_ms);
	ASSAY_TRY(assay_measure(sink, s->root, M_CUES, (int64_t)cues->count, err));
	ASSAY_TRY(assay_measure(sink, s->root, M_CHARACTERS, characters_of(cues), err));
	if (length > 0)
		ASSAY_TRY(assay_measure(sink, s->root, M_COVERED, assay_round_ratio(e.covered, length, 4), err));
	else
		ASSAY_TRY(assay_undefined(sink, s->root, M_COVERED, "the video is shorter than 1 ms", err));
	ASSAY_TRY(assay_measure(sink, s->root, M_OVERLAPPING, e.overlapping, err));
	ASSAY_TRY(assay_measure(sink, s->root, M_OUTSIDE, e.outside, err));
	ASSAY_TRY(assay_measure(sink, s->root, M_MALFORMED, (int64_t)cues->malformed, err));
	return cues->count > 0 ? keep(s, cues, sink, err) : ASSAY_OK;
fail:
	return rc;
}

/* A sidecar counts from the first frame, a stream from the container's zero. */
static void shift(assay_cues *cues, int64_t first)
{
	for (size_t i = 0; i < cues->count; i++) {
		assay_cue *c = &cues->items[i];
		c->start = c->start > first ? c->start - first : 0;
		c->end = c->end > first ? c->end - first : 0;
	}
}

static assay_code measure_sidecar(const subtitles *s, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_CUES cues = {0};
	const assay_code rc = assay_subtitle_parse(&cues, s->sidecar->data, s->sidecar->size, err);

	if (rc == ASSAY_EEMPTY)
		return measure(s, &cues, sink, err); /* nothing is said: no fault */
	if (rc == ASSAY_EFULL)
		return refuse(s, 1, "the sidecar has too many cues", sink, err);
	if (rc == ASSAY_EUNSUPPORTED && assay_subtitle_is_utf16(s->sidecar->data, s->sidecar->size))
		return refuse(s, 1, "the sidecar is UTF-16", sink, err);
	if (rc == ASSAY_EUNSUPPORTED)
		return refuse(s, 1, "the sidecar is neither SubRip nor WebVTT", sink, err);
	return rc == ASSAY_OK ? measure(s, &cues, sink, err) : rc;
}

static assay_code flush_subtitles(void *state, assay_sink *sink, assay_err *err)
{
	subtitles *s = state;

	if (s->frames == 0)
		return ASSAY_OK;
	if (s->sidecar != NULL)
		return measure_sidecar(s, sink, err);
	if (!s->streamed)
		return undefined(s, M_MALFORMED, "no subtitles", sink, err);
	if (s->full)
		return refuse(s, 1, "the stream has too many cues", sink, err);
	shift(&s->cues, to_ms(s->first));
	return measure(s, &s->cues, sink, err);
}

const assay_stage assay_stage_video_subtitles = {
    .abi = ASSAY_STAGE_ABI,
    .name = "video.subtitles",
    .version = 3,
    .modality = ASSAY_MODALITY_VIDEO,
    .summary = "carries the subtitles of a video, from a sidecar or a stream, and measures them",
    .reference = "W3C WebVTT 1, section 6; Unicode Standard Annex 15 (NFC)",
    .observes = ASSAY_VALUE_FRAME | ASSAY_VALUE_CUE,
    .determinism = ASSAY_EXACT,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
    .notes = notes,
    .artifacts = artifacts,
    .engine = assay_text_engine,
    .open = open_subtitles,
    .push = push_subtitles,
    .flush = flush_subtitles,
    .close = close_subtitles,
};
