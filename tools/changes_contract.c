#include "changes_check.h"

#include "assay/memory.h"
#include "assay/object.h"

#include <stdlib.h>
#include <string.h>

void assay_contract_set_release(assay_contract_set *c)
{
	for (size_t i = 0; i < c->count; i++)
		assay_contract_close(c->items[i]);
	free(c->items);
	free(c->digests);
	*c = (assay_contract_set){0};
}

static assay_code load_contract(assay_contract_set *out, assay_store *s, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(s, d, &record, err);

	if (rc == ASSAY_OK)
		rc = assay_contract_decode(&out->items[out->count], record.data, record.len, NULL, err);
	if (rc == ASSAY_OK)
		out->digests[out->count++] = *d;
	return rc;
}

assay_code assay_contract_set_of(assay_contract_set *out, assay_store *s, const assay_digest *digests, size_t count,
				 assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*out = (assay_contract_set){0};
	out->items = assay_alloc(count, sizeof(assay_contract *));
	out->digests = assay_alloc(count, sizeof *out->digests);
	if (out->items == NULL || out->digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = load_contract(out, s, &digests[i], err);
	return rc;
}

assay_code assay_contract_set_load(assay_contract_set *out, assay_store *s, const assay_digest *list, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE assay_digest *digests = NULL;
	assay_cbor_reader r;
	size_t count;
	assay_code rc = assay_object_get(s, list, &record, err);

	*out = (assay_contract_set){0};
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&r, record.data, record.len);
	count = assay_cbor_read_array(&r);
	digests = assay_alloc(count, sizeof *digests);
	if (digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < count; i++)
		if (!assay_cbor_read_digest(&r, &digests[i]))
			assay_cbor_fault(&r, "digest is missing");
	rc = assay_cbor_finish(&r, "list of contracts", err);
	return rc == ASSAY_OK ? assay_contract_set_of(out, s, digests, count, err) : rc;
}

const char *assay_contract_title(const assay_contract *c)
{
	return c->name != NULL && c->name[0] != '\0' ? c->name : c->id;
}

static const assay_contract *find_contract(const assay_contract_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i]->id, id) == 0)
			return set->items[i];
	return NULL;
}

static const assay_check *find_check(const assay_contract *c, const assay_check *like)
{
	for (size_t i = 0; c != NULL && i < c->check_count; i++)
		if (c->checks[i].kind == like->kind && strcmp(c->checks[i].id, like->id) == 0)
			return &c->checks[i];
	return NULL;
}

/* ---------------------------------------------------------------- loosened or tightened */

static const char *bound_effect(const assay_check *a, const assay_check *b)
{
	const assay_bound x = {a->op, a->low, a->high}, y = {b->op, b->low, b->high};

	return assay_change_bound_effect(&x, &y);
}

static const char *severity_effect(const assay_check *a, const assay_check *b)
{
	return assay_change_severity_effect(a->severity, b->severity);
}

static const char *missing_effect(const assay_check *a, const assay_check *b)
{
	(void)a;
	return assay_change_missing_effect(b->when_missing);
}

/* Every condition of a is one of b: b is for fewer samples. */
static bool narrows(const assay_check *a, const assay_check *b)
{
	for (size_t i = 0; i < a->applies_count; i++) {
		bool found = false;

		for (size_t k = 0; k < b->applies_count; k++)
			found |= strcmp(a->applies_keys[i], b->applies_keys[k]) == 0 &&
				 strcmp(a->applies_values[i], b->applies_values[k]) == 0;
		if (!found)
			return false;
	}
	return true;
}

static const char *applies_effect(const assay_check *a, const assay_check *b)
{
	return assay_change_effect(narrows(a, b), narrows(b, a));
}

static const char *no_effect(const assay_check *a, const assay_check *b)
{
	(void)a;
	(void)b;
	return "altered";
}

/* ---------------------------------------------------------------- what a check demands, by aspect */

/* As text that can be compared. */
typedef void aspect_fn(assay_buf *out, const assay_check *k);
typedef const char *effect_fn(const assay_check *before, const assay_check *now);

static void tell_bound(assay_buf *out, const assay_check *k)
{
	assay_check_bound_text(out, k->op, k->low, k->high);
}

static void tell_metric(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->metric);
}

static void tell_severity(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, assay_severity_name(k->severity));
}

static void tell_missing(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
}

static void tell_applies(assay_buf *out, const assay_check *k)
{
	for (size_t i = 0; i < k->applies_count; i++)
		assay_buf_printf(out, "%s%s=%s", i > 0 ? " " : "", k->applies_keys[i], k->applies_values[i]);
	if (k->applies_count == 0)
		assay_buf_puts(out, "all");
}

static void tell_dimension(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->dimension[0] != '\0' ? k->dimension : "none");
}

static void tell_remedy(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->remedy[0] != '\0' ? k->remedy : "none");
}

static const struct {
	const char *name;
	aspect_fn *tell;
	effect_fn *effect;
} aspects[] = {{"metric", tell_metric, no_effect},
	       {"bound", tell_bound, bound_effect},
	       {"severity", tell_severity, severity_effect},
	       {"whenMissing", tell_missing, missing_effect},
	       {"appliesTo", tell_applies, applies_effect},
	       {"dimension", tell_dimension, no_effect},
	       {"remedy", tell_remedy, no_effect},
	       {"head", assay_column_tell_head, no_effect},
	       {"column", assay_column_tell_place, no_effect},
	       {"type", assay_column_tell_type, assay_column_type_effect},
	       {"required", assay_column_tell_required, assay_column_required_effect},
	       {"minimum", assay_column_tell_minimum, assay_column_minimum_effect},
	       {"maximum", assay_column_tell_maximum, assay_column_maximum_effect},
	       {"sumOf", assay_column_tell_sum, no_effect},
	       {"atMost", assay_column_tell_at_most, no_effect},
	       {"pattern", assay_column_tell_pattern, no_effect}};

static assay_code diff_check(assay_changes *c, const assay_check *a, const assay_check *b, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(aspects) && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		aspects[i].tell(&was, a);
		aspects[i].tell(&is, b);
		if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0)
			continue;
		assay_buf_printf(&text, "%s: %s is %s, was %s", b->id, aspects[i].name, assay_buf_str(&is),
				 assay_buf_str(&was));
		rc = assay_changes_add(c,
				       (assay_change_words){.what = "check",
							    .name = b->id,
							    .before = assay_buf_str(&was),
							    .now = assay_buf_str(&is),
							    .effect = aspects[i].effect(a, b)},
				       &text, err);
	}
	return rc;
}

/* A check that is only on one side. */
static assay_code lone_check(assay_changes *c, const assay_check *k, bool is_new, assay_err *err)
{
	ASSAY_AUTO_BUF rule = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (k->schema != NULL) {
		assay_column_tell_all(&rule, k);
	} else {
		assay_buf_printf(&rule, "%s must be ", k->metric);
		tell_bound(&rule, k);
	}
	assay_buf_printf(&text, "%s: %s (%s%s, %s)", k->id, is_new ? "the check is new" : "the check was taken out",
			 is_new ? "" : "it said ", assay_buf_str(&rule), assay_severity_name(k->severity));
	return assay_changes_add(c,
				 (assay_change_words){.what = "check",
						      .name = k->id,
						      .before = is_new ? NULL : assay_buf_str(&rule),
						      .now = is_new ? assay_buf_str(&rule) : NULL,
						      .effect = assay_change_effect(!is_new, is_new)},
				 &text, err);
}

static assay_code diff_checks(assay_changes *c, const assay_contract *a, const assay_contract *b, unsigned kind,
			      assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; b != NULL && i < b->check_count && rc == ASSAY_OK; i++) {
		const assay_check *was = find_check(a, &b->checks[i]);

		if (kind != 0 && b->checks[i].kind != kind)
			continue;
		rc = was != NULL ? diff_check(c, was, &b->checks[i], err) : lone_check(c, &b->checks[i], true, err);
	}
	for (size_t i = 0; a != NULL && i < a->check_count && rc == ASSAY_OK; i++)
		if ((kind == 0 || a->checks[i].kind == kind) && find_check(b, &a->checks[i]) == NULL)
			rc = lone_check(c, &a->checks[i], false, err);
	return rc;
}

/* A contract that came, went or has another version number. */
static assay_code diff_contract(assay_changes *c, const assay_contract *a, const assay_contract *b, assay_err *err)
{
	const assay_contract *any = b != NULL ? b : a;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (a != NULL && b != NULL && strcmp(a->version, b->version) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "contract '%s' ", assay_contract_title(any));
	if (a == NULL || b == NULL)
		assay_buf_puts(&text, b != NULL ? "is new" : "was taken out");
	else
		assay_buf_printf(&text, "has version %s, had %s", b->version, a->version);
	return assay_changes_add(c,
				 (assay_change_words){.what = "contract",
						      .name = any->id,
						      .before = a != NULL ? a->version : NULL,
						      .now = b != NULL ? b->version : NULL},
				 &text, err);
}

assay_code assay_changes_contracts(assay_changes *c, const assay_contract_set *before, const assay_contract_set *now,
				   unsigned kind, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->count && rc == ASSAY_OK; i++) {
		const assay_contract *was = find_contract(before, now->items[i]->id);

		rc = diff_contract(c, was, now->items[i], err);
		if (rc == ASSAY_OK)
			rc = diff_checks(c, was, now->items[i], kind, err);
		if (rc == ASSAY_OK && kind == 0)
			rc = assay_changes_dataset_checks(c, was, now->items[i], err);
	}
	for (size_t i = 0; i < before->count && rc == ASSAY_OK; i++) {
		if (find_contract(now, before->items[i]->id) != NULL)
			continue;
		rc = diff_contract(c, before->items[i], NULL, err);
		if (rc == ASSAY_OK)
			rc = diff_checks(c, before->items[i], NULL, kind, err);
		if (rc == ASSAY_OK && kind == 0)
			rc = assay_changes_dataset_checks(c, before->items[i], NULL, err);
	}
	return rc;
}
