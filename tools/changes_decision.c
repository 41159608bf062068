/* What people decided, in one version and in another. */
#include "changes.h"
#include "tell_decision.h"

#include "assay/memory.h"

#include <string.h>

void assay_decision_list_release(assay_decision_list *l)
{
	assay_decisions_free(l->items, l->count);
	*l = (assay_decision_list){0};
}

assay_code assay_decision_list_load(assay_decision_list *out, assay_store *s, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	*out = (assay_decision_list){0};
	if (assay_digest_is_zero(&v->decisions))
		return ASSAY_OK;
	rc = assay_object_get(s, &v->decisions, &record, err);
	return rc == ASSAY_OK ? assay_decisions_decode(&out->items, &out->count, record.data, record.len, err) : rc;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_pairs(const assay_decision *a, const assay_decision *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->keys[i], b->keys[i]) != 0 || strcmp(a->values[i], b->values[i]) != 0)
			return false;
	return true;
}

/* Do they say the same, whoever said it? */
static bool same_decision(const assay_decision *a, const assay_decision *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return a->kind == b->kind && assay_digest_eq(&a->basis, &b->basis) &&
	       assay_digest_eq(&a->payload, &b->payload) && same_text(a->remedy, b->remedy) &&
	       a->expires_ns == b->expires_ns && same_pairs(a, b);
}

static void put(assay_buf *out, const assay_decision *d)
{
	assay_tell_decision(out, d);
	if (d->reason == NULL || d->reason[0] == '\0')
		return;
	assay_buf_puts(out, ": ");
	assay_tell_safe(out, d->reason);
}

/* Its newest row is asked who said it; an older row is not looked for. */
static assay_code tell(assay_buf *out, assay_store *s, const assay_decision *d, assay_err *err)
{
	ASSAY_AUTO_DECISION row = {0};
	assay_code rc = assay_decision_peek_on(s, d->subject, assay_decision_slot_of(d->kind), &row, err);

	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	if (rc == ASSAY_OK && same_decision(&row, d)) {
		row.standing = ASSAY_DECISION_STANDS; /* it did, in that version */
		put(out, &row);
	} else {
		put(out, d);
	}
	return assay_buf_check(out, err);
}

/* @param subject  NULL where the change is told with what it is about */
static assay_code add(assay_changes *c, assay_store *s, const assay_decision *before, const assay_decision *now,
		      const char *subject, assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT, is = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;
	const assay_decision *any = now != NULL ? now : before;
	assay_code rc = ASSAY_OK;

	if (before != NULL)
		rc = tell(&was, s, before, err);
	if (rc == ASSAY_OK && now != NULL)
		rc = tell(&is, s, now, err);
	if (rc != ASSAY_OK)
		return rc;
	if (subject != NULL)
		assay_buf_printf(&text, "%s: ", subject);
	if (now == NULL)
		assay_buf_printf(&text, "no longer %s", assay_buf_str(&was));
	else if (before == NULL)
		assay_buf_puts(&text, assay_buf_str(&is));
	else
		assay_buf_printf(&text, "%s; was %s", assay_buf_str(&is), assay_buf_str(&was));
	return assay_changes_add(c,
				 (assay_change_words){.what = "decision",
						      .name = assay_decision_kind_name(any->kind),
						      .before = before != NULL ? assay_buf_str(&was) : NULL,
						      .now = now != NULL ? assay_buf_str(&is) : NULL,
						      .subject = subject},
				 &text, err);
}

assay_code assay_changes_decisions(assay_changes *c, assay_store *s, const assay_decision_list *before,
				   const assay_decision_list *now, const char *key, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = assay_strndup(key, strcspn(key, "#"));
	const bool is_part = key[strcspn(key, "#")] == '#';
	assay_code rc = path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "path") : ASSAY_OK;

	for (unsigned i = 0; i < 2 * ASSAY_DECISION_SLOTS && rc == ASSAY_OK; i++) {
		const char *subject = i < ASSAY_DECISION_SLOTS ? key : path;
		const assay_decision_slot slot = (assay_decision_slot)(i % ASSAY_DECISION_SLOTS);
		const assay_decision *a = assay_decisions_find(before->items, before->count, subject, slot);
		const assay_decision *b = assay_decisions_find(now->items, now->count, subject, slot);

		if ((i < ASSAY_DECISION_SLOTS || is_part) && !same_decision(a, b))
			rc = add(c, s, a, b, NULL, err);
	}
	return rc;
}

typedef struct decided {
	assay_changes *out;
	assay_store *store;
	assay_is_told_fn *is_told;
	void *ctx;
} decided;

static assay_code add_decided(const decided *x, const assay_decision *before, const assay_decision *now, assay_err *err)
{
	const assay_decision *any = now != NULL ? now : before;
	bool told = false;
	assay_code rc = ASSAY_OK;

	if (same_decision(before, now))
		return ASSAY_OK;
	if (!any->is_source)
		rc = x->is_told(x->ctx, any->subject, &told, err);
	return rc == ASSAY_OK && !told ? add(x->out, x->store, before, now, any->subject, err) : rc;
}

static const assay_decision *counterpart(const assay_decision_list *l, const assay_decision *d)
{
	return assay_decisions_find(l->items, l->count, d->subject, assay_decision_slot_of(d->kind));
}

assay_code assay_changes_decided(assay_changes *c, assay_store *s, const assay_decision_list *before,
				 const assay_decision_list *now, assay_is_told_fn *is_told, void *ctx, assay_err *err)
{
	const decided x = {c, s, is_told, ctx};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->count && rc == ASSAY_OK; i++)
		rc = add_decided(&x, counterpart(before, &now->items[i]), &now->items[i], err);
	for (size_t i = 0; i < before->count && rc == ASSAY_OK; i++)
		if (counterpart(now, &before->items[i]) == NULL)
			rc = add_decided(&x, &before->items[i], NULL, err);
	return rc;
}
