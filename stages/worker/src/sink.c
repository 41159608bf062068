#include "sink.h"

#include "divide.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static chain *chain_of(assay_sink *s, uint32_t *step)
{
	step_sink *ss = s->ctx;

	*step = ss->step;
	return ss->chain;
}

assay_code sink_broken(chain *c, assay_code code)
{
	c->broken = code;
	return code;
}

const char *sink_step_name(const chain *c, uint32_t step)
{
	return c->steps[step].stage->name;
}

/* Note whose code runs from here on; returns whose it was. */
static uint32_t enter(const chain *c, uint32_t step)
{
	uint32_t before = 0;

	if (c->opts != NULL && c->opts->current_step != NULL) {
		before = *c->opts->current_step;
		*c->opts->current_step = step;
	}
	return before;
}

/* ---------------------------------------------------------------- roots and their states */

static root *find_root(chain *c, uint32_t sample)
{
	for (size_t i = 0; i < c->root_count; i++)
		if (c->roots[i].sample == sample)
			return &c->roots[i];
	return NULL;
}

static assay_code open_state(chain *c, root *r, uint32_t step, assay_err *err)
{
	const assay_chain_step *s = &c->steps[step];
	assay_code rc = ASSAY_OK;

	if (r->opened[step])
		return ASSAY_OK;
	if (s->stage->open != NULL)
		rc = s->stage->open(&r->state[step], s->shared, s->params, c->in, r->sample, err);
	r->opened[step] = rc == ASSAY_OK;
	return rc;
}

void sink_close_root(chain *c, root *r)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (r->opened[i] && c->steps[i].stage->close != NULL) {
			(void)enter(c, i);
			c->steps[i].stage->close(r->state[i]);
		}
	*r = c->roots[--c->root_count];
}

assay_code sink_blame(chain *c, uint32_t step, assay_code rc)
{
	if (rc != ASSAY_OK && !c->failing) {
		c->failing = true;
		c->failing_step = step;
	}
	return rc;
}

/* ---------------------------------------------------------------- values */

static assay_code push(chain *c, root *r, uint32_t step, const assay_value *v, assay_err *err)
{
	const assay_stage *stage = c->steps[step].stage;
	const bool replaces = (stage->replaces & v->kind) != 0;
	const uint32_t before = enter(c, step);
	uint64_t dropped;
	assay_code rc = open_state(c, r, step, err);

	if (rc != ASSAY_OK)
		return sink_blame(c, step, rc);
	dropped = c->result->steps[step].dropped;
	c->result->steps[step].in++;
	rc = stage->push(r->state[step], v, &c->sinks[step].sink, err);
	if (rc != ASSAY_OK)
		return sink_blame(c, step, rc);
	(void)enter(c, before);
	if (!replaces)
		c->result->steps[step].passed++;
	else if (c->result->steps[step].dropped == dropped)
		c->result->steps[step].consumed++;
	return ASSAY_OK;
}

static bool is_divided(const chain *c, uint32_t sample)
{
	for (size_t i = 0; i < c->divided_count; i++)
		if (c->divided[i] == sample)
			return true;
	return false;
}

static assay_code route(chain *c, uint32_t from, assay_value *v, assay_err *err)
{
	if (find_root(c, v->root) == NULL || is_divided(c, v->root))
		return BROKEN(c, err, "%s emits a value for sample %" PRIu32 ", which is no open root",
			      sink_step_name(c, from), v->root);
	for (uint32_t i = from + 1; i < c->count; i++) {
		const assay_stage *stage = c->steps[i].stage;
		assay_code rc;

		if (((stage->observes | stage->replaces) & v->kind) == 0)
			continue;
		/* Looked up for each step: one before it may have divided a root, and so moved all of them. */
		rc = push(c, find_root(c, v->root), i, v, err);
		if (rc != ASSAY_OK || (stage->replaces & v->kind) != 0)
			return rc;
	}
	return ASSAY_OK;
}

static assay_code sink_emit(assay_sink *s, assay_value *value, assay_err *err)
{
	ASSAY_AUTO_VALUE v = value;
	uint32_t step;
	chain *c = chain_of(s, &step);

	if ((c->steps[step].stage->emits & v->kind) == 0)
		return BROKEN(c, err, "%s emits a kind of value that it does not declare", sink_step_name(c, step));
	c->result->steps[step].out++;
	return route(c, step, v, err);
}

static assay_code sink_drop(assay_sink *s, const char *reason, uint64_t count, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	assay_step_count *sc = &c->result->steps[step];
	assay_code rc;

	sc->dropped += count;
	/* A reader has no input: what it skips it has first seen. */
	if (step == 0)
		sc->in += count;
	for (size_t i = 0; i < sc->drop_count; i++)
		if (strcmp(sc->drops[i].reason, reason) == 0) {
			sc->drops[i].count += count;
			return ASSAY_OK;
		}
	rc = assay_grow(&sc->drops, &sc->drop_cap, sc->drop_count, sizeof *sc->drops, err);
	if (rc != ASSAY_OK)
		return rc;
	sc->drops[sc->drop_count] = (assay_drop_count){assay_strdup(reason), count};
	if (sc->drops[sc->drop_count].reason == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "drop reason");
	sc->drop_count++;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- samples */

static assay_code add_root(chain *c, uint32_t sample, uint32_t whole, uint32_t from, assay_err *err)
{
	assay_code rc = assay_grow(&c->roots, &c->root_cap, c->root_count, sizeof *c->roots, err);

	if (rc != ASSAY_OK)
		return rc;
	c->roots[c->root_count] = (root){.sample = sample, .whole = whole, .from = from};
	c->root_count++;
	return ASSAY_OK;
}

static assay_code check_new_sample(chain *c, uint32_t step, assay_sample_kind kind, const char *part, uint32_t parent,
				   assay_err *err)
{
	const assay_result *r = c->result;

	if ((c->steps[step].stage->makes & ASSAY_SAMPLE_MASK(kind)) == 0)
		return BROKEN(c, err, "%s makes a kind of sample that it does not declare", sink_step_name(c, step));
	if (parent == ASSAY_NO_PARENT && step != 0)
		return BROKEN(c, err, "%s makes a root sample, which only a reader may", sink_step_name(c, step));
	if (parent != ASSAY_NO_PARENT && parent >= r->sample_count)
		return BROKEN(c, err, "%s names a parent that does not exist", sink_step_name(c, step));
	if (parts_has(&c->parts, r->samples, part))
		return BROKEN(c, err, "%s makes sample '%s' twice", sink_step_name(c, step), part);
	return ASSAY_OK;
}

/* A child's part begins with its parent's, so that two streams can have a segment at the same time. */
static assay_code whole_part(const chain *c, uint32_t parent, const char *part, char **out, assay_err *err)
{
	const char *above = parent < c->result->sample_count ? c->result->samples[parent].part : "";
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;

	assay_buf_puts(&b, above);
	if (above[0] != '\0' && part[0] != '\0')
		assay_buf_putc(&b, '&');
	assay_buf_puts(&b, part);
	rc = assay_buf_check(&b, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = assay_strdup(assay_buf_str(&b));
	return *out != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "sample '%s'", part);
}

/* name: of the whole sample; taken once it is the sample's. */
static assay_code add_sample(chain *c, assay_sample_kind kind, char **name, uint32_t parent, uint32_t *out,
			     assay_err *err)
{
	assay_result *r = c->result;
	assay_code rc = assay_grow(&r->samples, &r->sample_cap, r->sample_count, sizeof *r->samples, err);

	if (rc != ASSAY_OK)
		return rc;
	r->samples[r->sample_count] = (assay_result_sample){.kind = kind, .parent = parent, .part = *name};
	rc = parts_add(&c->parts, r->samples, err);
	if (rc != ASSAY_OK)
		return rc;
	*name = NULL;
	*out = (uint32_t)r->sample_count++;
	return ASSAY_OK;
}

static assay_code sink_sample(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent, uint32_t *out,
			      assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	ASSAY_AUTO_FREE char *name = NULL;
	assay_code rc = whole_part(c, parent, part, &name, err);

	if (rc == ASSAY_OK)
		rc = check_new_sample(c, step, kind, name, parent, err);
	if (rc == ASSAY_OK)
		rc = add_sample(c, kind, &name, parent, out, err);
	return rc == ASSAY_OK && parent == ASSAY_NO_PARENT ? add_root(c, *out, *out, 1, err) : rc;
}

static assay_code check_division(chain *c, uint32_t step, uint32_t sample, assay_err *err)
{
	const root *r = find_root(c, sample);

	if (r == NULL || r->whole != sample || step == 0 || c->in->part.is_span)
		return BROKEN(c, err, "%s divides sample %" PRIu32 ", which it may not", sink_step_name(c, step),
			      sample);
	for (size_t i = 0; i < c->result->sample_count; i++)
		if (c->result->samples[i].parent == sample)
			return BROKEN(c, err, "%s divides sample '%s', on which others were found",
				      sink_step_name(c, step), c->result->samples[sample].part);
	return ASSAY_OK;
}

static assay_code note_divided(chain *c, uint32_t sample, assay_err *err)
{
	assay_code rc;

	if (is_divided(c, sample))
		return ASSAY_OK;
	rc = assay_grow(&c->divided, &c->divided_cap, c->divided_count, sizeof *c->divided, err);
	if (rc == ASSAY_OK)
		c->divided[c->divided_count++] = sample;
	return rc;
}

static assay_code sink_divide(assay_sink *s, uint32_t sample, const char *part, uint32_t *out, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	ASSAY_AUTO_FREE char *name = NULL;
	assay_sample_kind kind;
	assay_code rc;

	ASSAY_TRY(check_division(c, step, sample, err));
	kind = c->result->samples[sample].kind;
	ASSAY_TRY(whole_part(c, sample, part, &name, err));
	ASSAY_TRY(check_new_sample(c, step, kind, name, sample, err));
	ASSAY_TRY(add_sample(c, kind, &name, ASSAY_NO_PARENT, out, err));
	ASSAY_TRY(divide_inherit(&c->result->samples[*out], &c->result->samples[sample], err));
	ASSAY_TRY(note_divided(c, sample, err));
	rc = add_root(c, *out, sample, step + 1, err);
fail:
	return rc;
}

static assay_result_sample *sample_at(chain *c, uint32_t sample)
{
	return sample < c->result->sample_count ? &c->result->samples[sample] : NULL;
}

static assay_code sink_span(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	assay_result_sample *rs = sample_at(c, sample);

	if (rs == NULL)
		return BROKEN(c, err, "%s: span of a sample that does not exist", sink_step_name(c, step));
	rs->has_span = true;
	rs->start = start;
	rs->end = end;
	return ASSAY_OK;
}

static assay_code flush_root(chain *c, uint32_t sample, assay_err *err)
{
	for (uint32_t i = find_root(c, sample)->from; i < c->count; i++) {
		const assay_stage *stage = c->steps[i].stage;
		const root *r = find_root(c, sample);
		assay_code rc = ASSAY_OK;

		(void)enter(c, i);
		if (r->opened[i] && stage->flush != NULL)
			rc = stage->flush(r->state[i], &c->sinks[i].sink, err);
		if (rc != ASSAY_OK)
			return sink_blame(c, i, rc);
	}
	sink_close_root(c, find_root(c, sample));
	return ASSAY_OK;
}

/* The first part of the whole that is still open; NULL: none. */
static const root *part_of_whole(const chain *c, uint32_t whole)
{
	const root *first = NULL;

	for (size_t i = 0; i < c->root_count; i++)
		if (c->roots[i].whole == whole && (first == NULL || c->roots[i].sample < first->sample))
			first = &c->roots[i];
	return first;
}

static assay_code sink_end(assay_sink *s, uint32_t sample, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	const root *r = find_root(c, sample);
	assay_code rc = ASSAY_OK;

	if (r == NULL || r->whole != sample || step != 0)
		return BROKEN(c, err, "%s ends sample %" PRIu32 ", which it may not", sink_step_name(c, step), sample);
	while (rc == ASSAY_OK && r != NULL) {
		rc = flush_root(c, r->sample, err); /* the whole has the lowest number */
		r = part_of_whole(c, sample);
	}
	(void)enter(c, 0);
	return rc;
}

/* ---------------------------------------------------------------- what is kept of a sample */

/* Keeps measurements ascending; they mostly arrive in order, so this looks from the end. */
static assay_code insert_measurement(assay_result_sample *rs, assay_measurement m, assay_err *err)
{
	size_t at = rs->measurement_count;
	assay_code rc;

	while (at > 0 && rs->measurements[at - 1].metric > m.metric)
		at--;
	if (at > 0 && rs->measurements[at - 1].metric == m.metric)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "metric %" PRIu32 " of sample '%s' is measured twice", m.metric,
				   rs->part);
	rc = assay_grow(&rs->measurements, &rs->measurement_cap, rs->measurement_count, sizeof m, err);
	if (rc != ASSAY_OK)
		return rc;
	memmove(&rs->measurements[at + 1], &rs->measurements[at], (rs->measurement_count - at) * sizeof m);
	rs->measurements[at] = m;
	rs->measurement_count++;
	return ASSAY_OK;
}

assay_code sink_record(assay_result_sample *rs, uint32_t metric, int64_t value, const char *undefined, assay_err *err)
{
	assay_measurement m = {.metric = metric, .defined = undefined == NULL, .value = value};
	assay_code rc;

	if (undefined != NULL) {
		m.value = 0;
		m.reason = assay_strdup(undefined);
		if (m.reason == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurement");
	}
	rc = insert_measurement(rs, m, err);
	if (rc != ASSAY_OK)
		free(m.reason);
	return rc;
}

/* The root of a span holds the sample that the unit is about; what was seen of it is no measure of it. */
static bool is_mere_holder(const chain *c, const assay_result_sample *rs)
{
	return c->in->part.is_span && rs->parent == ASSAY_NO_PARENT;
}

static assay_code sink_measure(assay_sink *s, uint32_t sample, unsigned metric, int64_t value, const char *undefined,
			       assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	assay_result_sample *rs = sample_at(c, sample);
	const uint32_t number = c->metric_base[step] + metric;
	assay_code rc;

	if (rs == NULL || number >= c->metric_base[step + 1])
		return BROKEN(c, err, "%s measures what does not exist", sink_step_name(c, step));
	if ((c->steps[step].stage->metrics[metric].kinds & ASSAY_SAMPLE_MASK(rs->kind)) == 0)
		return BROKEN(c, err, "%s measures %s on a %s, which its table does not allow", sink_step_name(c, step),
			      c->steps[step].stage->metrics[metric].name, assay_sample_kind_name(rs->kind));
	if (is_mere_holder(c, rs))
		rc = sink_record(rs, number, 0, "a span of it was read", err);
	else
		rc = sink_record(rs, number, value, undefined, err);
	return rc == ASSAY_EINVAL ? sink_broken(c, rc) : rc;
}

static assay_code sink_artifact(assay_sink *s, uint32_t sample, unsigned type, const void *data, size_t size,
				assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	assay_result_sample *rs = sample_at(c, sample);
	assay_artifact_ref a = {.stage = step, .type = type, .size = size};
	assay_code rc;

	if (rs == NULL || type >= c->artifact_count[step])
		return BROKEN(c, err, "%s keeps an artifact that it does not declare", sink_step_name(c, step));
	if (is_mere_holder(c, rs))
		return ASSAY_OK;
	rc = assay_digest_of(&a.digest, data, size, err);
	if (rc == ASSAY_OK)
		rc = assay_grow(&rs->artifacts, &rs->artifact_cap, rs->artifact_count, sizeof a, err);
	if (rc != ASSAY_OK)
		return rc;
	if (c->opts != NULL && c->opts->artifact != NULL) {
		rc = c->opts->artifact(c->opts->ctx, data, size, &a.digest, err);
		if (rc != ASSAY_OK)
			return sink_broken(c, rc);
	}
	rs->artifacts[rs->artifact_count++] = a;
	return ASSAY_OK;
}

char *sink_clean_message(const char *message)
{
	char *copy = assay_strdup(message);

	for (unsigned char *p = (unsigned char *)copy; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p >= 0x7f)
			*p = '?';
	return copy;
}

static assay_code sink_reject(assay_sink *s, uint32_t sample, assay_failure failure, const char *message,
			      assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);
	assay_result_sample *rs = sample_at(c, sample);

	if (rs == NULL || !assay_failure_is_deterministic(failure))
		return BROKEN(c, err, "%s rejects what it may not", sink_step_name(c, step));
	if (rs->rejected != ASSAY_FAILURE_NONE)
		return ASSAY_OK; /* the first reason stands */
	rs->rejected_why = sink_clean_message(message);
	if (rs->rejected_why == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "rejection");
	rs->rejected = failure;
	rs->rejected_by = step;
	return ASSAY_OK;
}

static assay_code sink_pages(assay_sink *s, uint32_t total, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);

	(void)err;
	c->result->pages = total;
	return ASSAY_OK;
}

static assay_code sink_fail(assay_sink *s, assay_failure failure, const char *message, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);

	if (!c->failing)
		c->failure = failure;
	return sink_blame(c, step, ASSAY_RAISE(err, ASSAY_ECORRUPT, "%s", message));
}

static assay_code sink_widen(assay_sink *s, assay_err *err)
{
	uint32_t step;
	chain *c = chain_of(s, &step);

	if (!c->in->part.is_span || c->in->from_start)
		return BROKEN(c, err, "%s asks for more than there is", sink_step_name(c, step));
	c->widen = true;
	return sink_blame(c, step,
			  ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "the span is read from its stream's beginning"));
}

const assay_sink_ops sink_ops = {
    .emit = sink_emit,
    .sample = sink_sample,
    .divide = sink_divide,
    .span = sink_span,
    .end = sink_end,
    .measure = sink_measure,
    .artifact = sink_artifact,
    .reject = sink_reject,
    .drop = sink_drop,
    .pages = sink_pages,
    .fail = sink_fail,
    .widen = sink_widen,
};
