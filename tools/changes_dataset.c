/*
 * Checks of the whole dataset, term by term. The canonical record has the last word: where two records differ and no
 * term here does, the check is told as altered, so that a term that is added to the record is never passed over.
 */
#include "changes_check.h"

#include "assay/buf.h"

#include <inttypes.h>
#include <string.h>

/* ---------------------------------------------------------------- terms */

static void tell_kind(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, k->kind != 0 ? assay_sample_kind_name((assay_sample_kind)k->kind) : "all kinds");
}

static void tell_bound(assay_buf *out, const assay_dataset_check *k)
{
	assay_dataset_bound_text(out, k->aggregate, &k->bound);
}

static void tell_bins(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_printf(out, "%u", k->aggregate == ASSAY_AGGREGATE_PSI ? k->rank : 0);
}

static void tell_unit(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, k->percent ? "percent" : "rows");
}

static void tell_where(assay_buf *out, const assay_dataset_check *k)
{
	for (size_t i = 0; i < k->where.count; i++)
		assay_buf_printf(out, "%s%s=%s", i > 0 ? " " : "", k->where.names[i], k->where.values[i]);
	if (k->where.count == 0)
		assay_buf_puts(out, "all");
}

static void tell_population(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, k->all ? "all" : "accepted");
}

/* As in field.h: "type date", "pattern ^[a-z]+$", "valid a". */
static void tell_rules(assay_buf *out, const assay_dataset_check *k)
{
	for (size_t i = 0; i < k->rules.count; i++)
		assay_buf_printf(out, "%s%s '%s'", i > 0 ? ", " : "", k->rules.names[i], k->rules.values[i]);
	if (k->rules.count == 0)
		assay_buf_puts(out, "none");
}

static void tell_severity(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, assay_severity_name(k->severity));
}

static void tell_missing(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
}

static void tell_dimension(assay_buf *out, const assay_dataset_check *k)
{
	assay_buf_puts(out, k->dimension[0] != '\0' ? k->dimension : "none");
}

typedef void term_fn(assay_buf *out, const assay_dataset_check *k);

/* The first ones say what number is bounded: where one of them differs, bounds are of different numbers. */
static const struct {
	const char *name;
	term_fn *tell;
	bool is_number;
} terms[] = {{"measure", assay_dataset_check_number, true},
	     {"of", tell_kind, true},
	     {"where", tell_where, true},
	     {"population", tell_population, true},
	     {"bins", tell_bins, true},
	     {"unit", tell_unit, true},
	     {"rules", tell_rules, true},
	     {"bound", tell_bound, false},
	     {"severity", tell_severity, false},
	     {"whenMissing", tell_missing, false},
	     {"dimension", tell_dimension, false}};

static const char *term_effect(term_fn *tell, const assay_dataset_check *a, const assay_dataset_check *b,
			       bool same_number)
{
	if (tell == tell_bound && same_number)
		return assay_change_bound_effect(&a->bound, &b->bound);
	if (tell == tell_severity)
		return assay_change_severity_effect(a->severity, b->severity);
	if (tell == tell_missing)
		return assay_change_missing_effect(b->when_missing);
	return "altered";
}

/* ---------------------------------------------------------------- what differs */

/* The whole record, of a contract with nothing but this check. */
static void encode(assay_buf *out, const assay_dataset_check *k)
{
	static char none[] = "";
	assay_dataset_check copy = *k;
	const assay_contract c = {.id = none, .name = none, .version = none, .dataset = &copy, .dataset_count = 1};

	assay_contract_encode(out, &c);
}

static assay_code is_same_record(bool *same, const assay_dataset_check *a, const assay_dataset_check *b, assay_err *err)
{
	ASSAY_AUTO_BUF of_a = ASSAY_BUF_INIT, of_b = ASSAY_BUF_INIT;
	assay_code rc;

	encode(&of_a, a);
	encode(&of_b, b);
	rc = assay_buf_check(&of_a, err);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&of_b, err);
	*same = rc == ASSAY_OK && of_a.len == of_b.len && memcmp(of_a.data, of_b.data, of_a.len) == 0;
	return rc;
}

static assay_code diff_term(assay_changes *c, size_t i, const assay_dataset_check *a, const assay_dataset_check *b,
			    bool *same_number, assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT, is = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;

	terms[i].tell(&was, a);
	terms[i].tell(&is, b);
	if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0)
		return ASSAY_OK;
	*same_number &= !terms[i].is_number;
	assay_buf_printf(&text, "%s: %s is %s, was %s", b->id, terms[i].name, assay_buf_str(&is), assay_buf_str(&was));
	return assay_changes_add(c,
				 (assay_change_words){.what = "check",
						      .name = b->id,
						      .before = assay_buf_str(&was),
						      .now = assay_buf_str(&is),
						      .effect = term_effect(terms[i].tell, a, b, *same_number)},
				 &text, err);
}

static assay_code diff_check(assay_changes *c, const assay_dataset_check *a, const assay_dataset_check *b,
			     assay_err *err)
{
	const size_t before = c->count;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	bool same = false, same_number = true;
	assay_code rc = is_same_record(&same, a, b, err);

	if (rc != ASSAY_OK || same)
		return rc;
	for (size_t i = 0; i < ASSAY_COUNT(terms) && rc == ASSAY_OK; i++)
		rc = diff_term(c, i, a, b, &same_number, err);
	if (rc != ASSAY_OK || c->count > before)
		return rc;
	assay_buf_printf(&text, "%s: its record differs", b->id);
	return assay_changes_add(c, (assay_change_words){.what = "check", .name = b->id, .effect = "altered"}, &text,
				 err);
}

/* A check that is only on one side. */
static assay_code lone_check(assay_changes *c, const assay_dataset_check *k, bool is_new, assay_err *err)
{
	ASSAY_AUTO_BUF rule = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;

	assay_dataset_check_subject(&rule, k);
	assay_buf_puts(&rule, " must be ");
	tell_bound(&rule, k);
	assay_buf_printf(&rule, " (%s, %s when missing)", assay_severity_name(k->severity),
			 k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
	assay_buf_printf(&text, "%s: the check %s (%s)", k->id, is_new ? "is new" : "was taken out",
			 assay_buf_str(&rule));
	return assay_changes_add(c,
				 (assay_change_words){.what = "check",
						      .name = k->id,
						      .before = is_new ? NULL : assay_buf_str(&rule),
						      .now = is_new ? assay_buf_str(&rule) : NULL,
						      .effect = assay_change_effect(!is_new, is_new)},
				 &text, err);
}

static const assay_dataset_check *find_check(const assay_contract *c, const char *id)
{
	for (size_t i = 0; c != NULL && i < c->dataset_count; i++)
		if (strcmp(c->dataset[i].id, id) == 0)
			return &c->dataset[i];
	return NULL;
}

assay_code assay_changes_dataset_checks(assay_changes *c, const assay_contract *a, const assay_contract *b,
					assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; b != NULL && i < b->dataset_count && rc == ASSAY_OK; i++) {
		const assay_dataset_check *was = find_check(a, b->dataset[i].id);

		rc = was != NULL ? diff_check(c, was, &b->dataset[i], err) : lone_check(c, &b->dataset[i], true, err);
	}
	for (size_t i = 0; a != NULL && i < a->dataset_count && rc == ASSAY_OK; i++)
		if (find_check(b, a->dataset[i].id) == NULL)
			rc = lone_check(c, &a->dataset[i], false, err);
	return rc;
}
