/* What a path has not itself may be a file that people handed in for it: that has the name that it came by. */
#include "walk.h"

#include "queue_ended.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

static assay_code note_handed(void *ctx, const assay_decision *d, assay_err *err)
{
	tracer *t = ctx;
	walk_handed *h;
	assay_code rc;

	if (d->kind != ASSAY_DECISION_REPLACE)
		return ASSAY_OK;
	rc = assay_grow(&t->handed, &t->handed_cap, t->handed_count, sizeof *t->handed, err);
	if (rc != ASSAY_OK)
		return rc;
	h = &t->handed[t->handed_count];
	*h = (walk_handed){.id = d->id, .bytes = d->payload, .subject = assay_strdup(d->subject)};
	if (h->subject == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	t->handed_count++;
	return ASSAY_OK;
}

static int compare_bytes(const assay_digest *a, const assay_digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static int compare(const void *a, const void *b)
{
	const walk_handed *x = a, *y = b;
	const int order = compare_bytes(&x->bytes, &y->bytes);

	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

/* Once for a whole graph: nothing leads from bytes to the decisions of long ago. */
static assay_code list_handed(tracer *t, assay_err *err)
{
	const assay_code rc = t->handed_known ? ASSAY_OK : assay_decisions_peek(t->s, note_handed, t, err);

	if (rc == ASSAY_OK && !t->handed_known && t->handed_count > 1)
		qsort(t->handed, t->handed_count, sizeof *t->handed, compare);
	t->handed_known = rc == ASSAY_OK;
	return rc;
}

void walk_close_handed(tracer *t)
{
	for (size_t i = 0; i < t->handed_count; i++)
		free(t->handed[i].subject);
	free(t->handed);
	t->handed = NULL;
	t->handed_count = t->handed_cap = 0;
}

static size_t first_of(const tracer *t, const assay_digest *bytes)
{
	size_t low = 0, high = t->handed_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_bytes(&t->handed[middle].bytes, bytes) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_on(const char *path, const char *subject)
{
	const size_t size = strcspn(subject, "#");

	return strncmp(path, subject, size) == 0 && path[size] == '\0';
}

/* Is it what is traced, or what that was found in, or all of its source? */
static bool is_at(const char *of, const char *subject)
{
	const size_t size = strlen(subject);

	return strncmp(of, subject, size) == 0 && (of[size] == '\0' || of[size] == '#' || of[size] == '&');
}

/* The best by which the bytes stood there: on what is traced rather than on another part, in force, then the last. */
typedef struct choice {
	assay_decision decision; /* id 0: none yet */
	bool at, holds;
} choice;

static void choice_release(choice *c)
{
	assay_decision_release(&c->decision);
}

static assay_code offer(choice *c, assay_store *s, const walk_handed *h, const char *of, assay_err *err)
{
	ASSAY_AUTO_DECISION d = {0};
	const bool at = is_at(of, h->subject);
	bool ended = false, holds;
	assay_code rc = assay_decision_peek(s, h->id, &d, err);

	if (rc == ASSAY_OK)
		rc = assay_decision_has_ended(&ended, s, &d, err);
	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	holds = d.standing == ASSAY_DECISION_STANDS && !ended;
	if (c->decision.id != 0 && (c->at != at ? c->at : c->holds && !holds))
		return ASSAY_OK;
	assay_decision_release(&c->decision);
	*c = (choice){d, at, holds};
	d = (assay_decision){0};
	return ASSAY_OK;
}

assay_code walk_name_handed(tracer *t, assay_node *n, const char *path, const char *of, assay_err *err)
{
	ASSAY_CLEANUP(choice_release) choice c = {0};
	const assay_digest bytes = n->digest;
	assay_object_info info;
	assay_code rc = assay_object_find(t->s, &bytes, &info, err);

	if (rc != ASSAY_OK) /* the store has none: nobody handed them in */
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	rc = list_handed(t, err);
	for (size_t i = rc == ASSAY_OK ? first_of(t, &bytes) : 0;
	     rc == ASSAY_OK && i < t->handed_count && assay_digest_eq(&t->handed[i].bytes, &bytes); i++)
		if (is_on(path, t->handed[i].subject))
			rc = offer(&c, t->s, &t->handed[i], of, err);
	if (rc != ASSAY_OK || c.decision.id == 0 ||
	    (n->text != NULL && !c.holds)) /* what was told before may be better */
		return rc;
	n->is_past = !c.holds;
	return walk_set_text(&n->text, c.decision.file != NULL ? c.decision.file : "", err);
}
