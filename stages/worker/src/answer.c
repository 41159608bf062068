#include "answer.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- shape */

assay_code answer_shape_init(answer_shape *s, const assay_worker_chain *chain, assay_err *err)
{
	*s = (answer_shape){.count = chain->count};
	s->stages = assay_alloc(chain->count, sizeof *s->stages);
	if (s->stages == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "chain of a worker");
	for (size_t i = 0; i < chain->count; i++) {
		s->stages[i] = chain->steps[i].stage;
		s->metric_total += assay_metric_count(s->stages[i]);
		s->makes |= s->stages[i]->makes;
	}
	return ASSAY_OK;
}

void answer_shape_release(answer_shape *s)
{
	free(s->stages);
	*s = (answer_shape){0};
}

const assay_metric *answer_shape_metric(const answer_shape *s, size_t n)
{
	for (size_t i = 0; i < s->count; i++) {
		const size_t own = assay_metric_count(s->stages[i]);

		if (n < own)
			return &s->stages[i]->metrics[n];
		n -= own;
	}
	return NULL;
}

/* ---------------------------------------------------------------- checks */

/* Texts of a child reach keys and terminals: no control characters, C1 included (U+0080..9F is C2 80..9F). */
static bool is_printable(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; p != NULL && *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
			return false;
	return true;
}

static bool may_report(assay_failure failure)
{
	/* PROTOCOL is how a child tells that a stage broke its interface. */
	return assay_failure_is_deterministic(failure) || failure == ASSAY_FAILURE_OUT_OF_MEMORY ||
	       failure == ASSAY_FAILURE_UNREADABLE || failure == ASSAY_FAILURE_PROTOCOL;
}

static size_t applicable_metrics(const answer_shape *s, assay_sample_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		for (size_t m = 0; m < assay_metric_count(s->stages[i]); m++)
			n += (s->stages[i]->metrics[m].kinds & ASSAY_SAMPLE_MASK(kind)) != 0;
	return n;
}

/* The decoder has seen to ascending numbers, so equal counts mean that none is missing. */
static const char *check_measurements(const answer_shape *s, const assay_result_sample *rs)
{
	for (size_t i = 0; i < rs->measurement_count; i++) {
		const assay_metric *row = answer_shape_metric(s, rs->measurements[i].metric);

		if (row == NULL || (row->kinds & ASSAY_SAMPLE_MASK(rs->kind)) == 0)
			return "a metric that no stage measures on this kind of sample";
		if (!is_printable(rs->measurements[i].reason))
			return "a control character in a reason";
	}
	if (rs->measurement_count != applicable_metrics(s, rs->kind))
		return "a metric is missing";
	return NULL;
}

static const char *check_sample(const answer_shape *s, const assay_result_sample *rs)
{
	if ((s->makes & ASSAY_SAMPLE_MASK(rs->kind)) == 0)
		return "a kind of sample that no stage makes";
	if (!is_printable(rs->part) || !is_printable(rs->rejected_why))
		return "a control character in a text";
	if (rs->rejected != ASSAY_FAILURE_NONE &&
	    (!assay_failure_is_deterministic(rs->rejected) || rs->rejected_by >= s->count))
		return "a rejection that no stage can make";
	for (size_t i = 0; i < rs->artifact_count; i++)
		if (rs->artifacts[i].stage >= s->count ||
		    rs->artifacts[i].type >= assay_artifact_count(s->stages[rs->artifacts[i].stage]))
			return "an artifact that no stage declares";
	return check_measurements(s, rs);
}

static int compare_samples(const void *pa, const void *pb)
{
	const assay_result_sample *a = *(const assay_result_sample *const *)pa;
	const assay_result_sample *b = *(const assay_result_sample *const *)pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return strcmp(a->part, b->part);
}

static const char *check_unique(const assay_result *r)
{
	ASSAY_AUTO_FREE const assay_result_sample **order = assay_alloc(r->sample_count, sizeof(*order));

	if (order == NULL)
		return "no memory to check the result";
	for (size_t i = 0; i < r->sample_count; i++)
		order[i] = &r->samples[i];
	qsort(order, r->sample_count, sizeof(*order), compare_samples);
	for (size_t i = 1; i < r->sample_count; i++)
		if (compare_samples(&order[i - 1], &order[i]) == 0)
			return "a sample twice";
	return NULL;
}

static int compare_arrivals(const void *pa, const void *pb)
{
	const answer_arrival *a = pa, *b = pb;
	const int c = assay_digest_cmp(&a->digest, &b->digest);

	return c != 0 ? c : (a->size > b->size) - (a->size < b->size);
}

/* Artifacts of several samples may come interleaved, so what came and what is named are compared as multisets. */
static const char *check_artifacts(const answer *a, const assay_result *r)
{
	ASSAY_AUTO_FREE answer_arrival *named = NULL;
	size_t n = 0;

	for (size_t i = 0; i < r->sample_count; i++)
		n += r->samples[i].artifact_count;
	/* A unit that fails names none; what came before it failed is nobody's. */
	if (r->failure != ASSAY_FAILURE_NONE)
		return NULL;
	if (n != a->arrived_count)
		return "not as many artifacts as the result names";
	named = assay_alloc(n, sizeof *named);
	if (named == NULL)
		return "no memory to check the result";
	n = 0;
	for (size_t i = 0; i < r->sample_count; i++)
		for (size_t k = 0; k < r->samples[i].artifact_count; k++)
			named[n++] =
			    (answer_arrival){r->samples[i].artifacts[k].digest, r->samples[i].artifacts[k].size};
	if (n == 0)
		return NULL;
	qsort(named, n, sizeof *named, compare_arrivals);
	qsort(a->arrived, n, sizeof *a->arrived, compare_arrivals);
	for (size_t i = 0; i < n; i++)
		if (compare_arrivals(&named[i], &a->arrived[i]) != 0)
			return "an artifact that is not what the result names";
	return NULL;
}

static const char *check_steps(const answer_shape *s, const assay_result *r)
{
	if (r->step_count != s->count)
		return "counts for another number of steps";
	for (size_t i = 0; i < r->step_count; i++) {
		const assay_step_count *st = &r->steps[i];
		uint64_t dropped = 0;

		for (size_t d = 0; d < st->drop_count; d++) {
			dropped += st->drops[d].count;
			if (st->drops[d].reason == NULL || !is_printable(st->drops[d].reason))
				return "a control character in a reason";
		}
		/* A unit that failed stopped in the middle of a value. */
		if (r->failure == ASSAY_FAILURE_NONE &&
		    (st->in != st->consumed + st->passed + st->dropped || dropped != st->dropped))
			return "counts of a step that do not balance";
	}
	return NULL;
}

static const char *check_result(const answer *a, const assay_result *r)
{
	const char *fault = check_steps(a->shape, r);

	if (fault == NULL && r->failure != ASSAY_FAILURE_NONE &&
	    (!may_report(r->failure) || r->failed_step >= a->shape->count || !is_printable(r->message)))
		fault = "a failure that no stage can have";
	if (fault == NULL && r->failure == ASSAY_FAILURE_NONE && r->sample_count == 0)
		fault = "neither a sample nor a failure";
	for (size_t i = 0; fault == NULL && i < r->sample_count; i++)
		fault = check_sample(a->shape, &r->samples[i]);
	if (fault == NULL)
		fault = check_unique(r);
	return fault != NULL ? fault : check_artifacts(a, r);
}

/* ---------------------------------------------------------------- taking it in */

void answer_init(answer *a, const answer_shape *shape, int fd, assay_worker_artifact_fn *artifact, void *ctx)
{
	*a = (answer){.shape = shape, .artifact = artifact, .ctx = ctx};
	frame_reader_init(&a->in, fd, FRAME_ACCEPT(FRAME_ARTIFACT) | FRAME_ACCEPT(FRAME_RESULT), false);
}

bool answer_is_open(const answer *a)
{
	return a->in.fd >= 0;
}

void answer_close(answer *a)
{
	if (a->in.fd >= 0)
		(void)close(a->in.fd);
	a->in.fd = -1;
}

void answer_release(answer *a)
{
	answer_close(a);
	frame_reader_release(&a->in);
	assay_result_release(&a->result);
	free(a->arrived);
	*a = (answer){.in = {.fd = -1}};
}

static void fault(answer *a, const char *what)
{
	if (a->fault[0] == '\0')
		(void)snprintf(a->fault, sizeof a->fault, "the answer of the child is malformed: %s", what);
	answer_close(a);
}

static assay_code take_artifact(answer *a, assay_err *err)
{
	answer_arrival new = {.size = a->in.body.len};
	assay_code rc;

	if (a->arrived_count == ANSWER_ARTIFACTS_MAX || a->arrived_bytes + new.size > ANSWER_ARTIFACT_BYTES_MAX) {
		fault(a, "more artifacts than a unit may have");
		return ASSAY_OK;
	}
	rc = assay_grow(&a->arrived, &a->arrived_cap, a->arrived_count, sizeof *a->arrived, err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&new.digest, a->in.body.data, a->in.body.len, err);
	if (rc == ASSAY_OK && a->artifact != NULL)
		rc = a->artifact(a->ctx, assay_buf_str(&a->in.body), a->in.body.len, &new.digest, err);
	if (rc != ASSAY_OK)
		return rc;
	a->arrived[a->arrived_count++] = new;
	a->arrived_bytes += new.size;
	return ASSAY_OK;
}

static void take_result(answer *a)
{
	assay_result r;
	assay_err why = ASSAY_ERR_INIT;
	const char *wrong;

	if (assay_result_decode(&r, a->in.body.data, a->in.body.len, &why) != ASSAY_OK) {
		fault(a, why.msg);
		return;
	}
	wrong = check_result(a, &r);
	if (wrong != NULL) {
		fault(a, wrong);
		assay_result_release(&r);
		return;
	}
	a->result = r;
	a->has_result = true;
}

static assay_code take_frame(answer *a, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (a->has_result)
		fault(a, "a message after the result");
	else if (a->in.type == FRAME_ARTIFACT)
		rc = take_artifact(a, err);
	else
		take_result(a);
	frame_next(&a->in);
	return rc;
}

assay_code answer_step(answer *a, size_t budget, assay_err *err)
{
	while (answer_is_open(a)) {
		assay_code rc;

		switch (frame_read(&a->in, false, &budget)) {
		case FRAME_AGAIN:
			return ASSAY_OK;
		case FRAME_WHOLE:
			rc = take_frame(a, err);
			if (rc != ASSAY_OK)
				return rc;
			break;
		case FRAME_CUT:
			a->cut = true;
			answer_close(a);
			break;
		case FRAME_END:
			answer_close(a);
			break;
		case FRAME_BAD:
			fault(a, a->in.fault);
			break;
		}
	}
	return ASSAY_OK;
}
