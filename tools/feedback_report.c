#include "verbs.h"

#include "feedback_choice.h"
#include "tell.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define COMPANIONS  5 /* told of each cause to people, unless more are asked for */
#define TELLING_P   3 /* digits */
#define LIFT_DIGITS 3

static const assay_option options[] = {
    ASSAY_FEEDBACK_OPTIONS,
    {"limit", 0, "N", "at most N of what goes with each cause; 0: all, as with --json"},
    {NULL, 0, NULL, NULL},
};

/* ---------------------------------------------------------------- words */

/* p as units x 10^exponent, with three digits; what is too small for that is told by its bound. */
static void split_p(double log10_p, int64_t *units, int *exponent)
{
	const double whole = floor(log10_p);

	*units = (int64_t)llround(pow(10, log10_p - whole) * 100);
	*exponent = (int)whole - (TELLING_P - 1);
	if (*units == 1000) {
		*units = 100;
		++*exponent;
	}
}

static void tell_p(assay_buf *out, double log10_p)
{
	int64_t units;
	int exponent;

	split_p(log10_p, &units, &exponent);
	if (log10_p <= ASSAY_ASSOCIATION_LOG10_MIN)
		assay_buf_puts(out, "p < 1e-300");
	else if (log10_p < -3)
		assay_buf_printf(out, "p %" PRId64 ".%02" PRId64 "e%d", units / 100, units % 100,
				 exponent + TELLING_P - 1);
	else
		assay_buf_printf(out, "p %.4f", pow(10, log10_p));
}

static void tell_bound(assay_buf *out, const char *sign, assay_decimal d, const char *unit)
{
	assay_buf_printf(out, " %s ", sign);
	assay_tell_value(out, d, unit);
}

static void tell_range(assay_buf *out, const assay_common *x)
{
	if (!x->has_low && !x->has_high)
		assay_buf_puts(out, " undefined");
	if (x->has_low)
		tell_bound(out, ">=", x->low, x->unit);
	if (x->has_low && x->has_high)
		assay_buf_puts(out, " and");
	if (x->has_high)
		tell_bound(out, "<", x->high, x->unit);
}

/* "parameter page.binarize.method: sauvola" */
static void tell_common(assay_buf *out, const assay_common *x)
{
	assay_buf_puts(out, assay_attribute_kind_name(x->kind));
	if (x->name != NULL) {
		assay_buf_putc(out, ' ');
		assay_tell_safe(out, x->name);
	}
	if (x->kind == ASSAY_ATTRIBUTE_METRIC) {
		tell_range(out, x);
		return;
	}
	if (x->value == NULL) {
		assay_buf_puts(out, x->kind == ASSAY_ATTRIBUTE_METADATA ? " is not given" : " is not in the recipe");
		return;
	}
	if (x->kind == ASSAY_ATTRIBUTE_STAGE)
		assay_buf_puts(out, " version ");
	else
		assay_buf_puts(out, x->name != NULL ? ": " : " ");
	if (x->kind == ASSAY_ATTRIBUTE_RECIPE || x->kind == ASSAY_ATTRIBUTE_MODEL)
		assay_buf_printf(out, "sha256:%.12s", x->value);
	else
		assay_tell_safe(out, x->value);
}

static double percent(uint64_t part, uint64_t of)
{
	return of > 0 ? 100 * (double)part / (double)of : 0;
}

/* How much more often these fail than all do. */
static assay_decimal lift(const assay_common *x, const assay_causes *all)
{
	const int64_t num = (int64_t)(x->failed * all->samples), den = (int64_t)(x->samples * all->failed);

	return (assay_decimal){den > 0 ? assay_round_ratio(num, den, LIFT_DIGITS) : 0, LIFT_DIGITS};
}

static void tell_counts(assay_buf *out, const assay_common *x, const assay_causes *all)
{
	const uint64_t others = all->samples - x->samples, failed = all->failed - x->failed;

	assay_buf_printf(
	    out, "%" PRIu64 " of %" PRIu64 " fail (%.1f %%), %" PRIu64 " of %" PRIu64 " others (%.1f %%): ", x->failed,
	    x->samples, percent(x->failed, x->samples), failed, others, percent(failed, others));
	assay_buf_printf(out, "lift %.2f, ", (double)lift(x, all).units / 1000);
	tell_p(out, x->log10_p);
}

/* ---------------------------------------------------------------- for people */

static void print_companions(const assay_common_cause *c, bool same, uint64_t limit)
{
	const char *word = same ? "same" : "seen";
	uint64_t told = 0, left = 0;

	for (size_t i = 0; i < c->companion_count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		if (c->companions[i].same != same)
			continue;
		if (limit > 0 && told == limit) {
			left++;
			continue;
		}
		tell_common(&text, &c->companions[i].is);
		if (!same) {
			assay_buf_puts(&text, ", alone ");
			tell_p(&text, c->companions[i].is.log10_p);
		}
		assay_say("   %-6s %s\n", told++ == 0 ? word : "", assay_buf_str(&text));
	}
	if (left > 0)
		assay_say("          and %" PRIu64 " more: --limit 0 tells all\n", left);
}

static void print_cause(const assay_common_cause *c, size_t number, const assay_causes *all, uint64_t limit)
{
	ASSAY_AUTO_BUF what = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF counts = ASSAY_BUF_INIT;

	tell_common(&what, &c->is);
	tell_counts(&counts, &c->is, all);
	assay_say("\n%zu. %s\n", number, assay_buf_str(&what));
	assay_say("          %s\n", assay_buf_str(&counts));
	print_companions(c, true, limit);
	print_companions(c, false, limit);
}

static void print_result(const assay_feedback_choice *c, const assay_causes *found)
{
	assay_say("results   %zu = %" PRIu64 " failed + %" PRIu64 " passed + %" PRIu64 " not judged, by %s\n",
		  c->set.count, c->failed, c->passed, c->open, c->measure);
	if (found->failed == 0 || found->failed == found->samples)
		assay_say("causes    none: %s\n", found->failed == 0 ? "nothing failed" : "everything failed");
	else
		assay_say("causes    %zu%s, of %zu possible in %zu attributes, at p < %.2f; a lift of 1 is that of all "
			  "samples\n",
			  found->count, found->more ? " and more" : "", found->hypotheses, found->attributes,
			  ASSAY_CAUSES_ALPHA);
}

static void print(const assay_feedback_choice *c, const assay_causes *found, uint64_t limit)
{
	ASSAY_AUTO_BUF title = ASSAY_BUF_INIT;

	assay_feedback_title(&title, &c->row);
	assay_say("feedback  %s\n", assay_buf_str(&title));
	print_result(c, found);
	for (size_t i = 0; i < found->count; i++)
		print_cause(&found->causes[i], i + 1, found, limit);
	if (found->more)
		assay_say("\nMore is significant: settle these first, then ask again.\n");
}

/* ---------------------------------------------------------------- for programs */

static void json_bound(assay_json *j, const char *key, bool there, assay_decimal d)
{
	assay_json_key(j, key);
	if (there)
		assay_json_decimal(j, d);
	else
		assay_json_null(j);
}

static void json_common(assay_json *j, const assay_common *x, const assay_causes *all)
{
	int64_t units;
	int exponent;

	split_p(x->log10_p, &units, &exponent);
	assay_json_kstr(j, "attribute", assay_attribute_kind_name(x->kind));
	assay_json_kstr(j, "name", x->name);
	assay_json_kstr(j, "value", x->value);
	json_bound(j, "from", x->has_low, x->low);
	json_bound(j, "below", x->has_high, x->high);
	assay_json_kstr(j, "unit", x->unit);
	assay_json_kuint(j, "samples", x->samples);
	assay_json_kuint(j, "failed", x->failed);
	json_bound(j, "lift", true, lift(x, all));
	assay_json_key(j, "p");
	assay_json_power(j, units, exponent);
}

static void json_cause(assay_json *j, const assay_common_cause *c, const assay_causes *all, uint64_t limit)
{
	assay_json_object(j);
	json_common(j, &c->is, all);
	assay_json_key(j, "with");
	assay_json_array(j);
	for (size_t i = 0; i < c->companion_count && (limit == 0 || i < limit); i++) {
		assay_json_object(j);
		json_common(j, &c->companions[i].is, all);
		assay_json_kbool(j, "same_samples", c->companions[i].same);
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_kuint(j, "with_count", c->companion_count);
	assay_json_end(j);
}

static assay_code print_json(const assay_feedback_choice *c, const assay_causes *found, uint64_t limit, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_feedback(j, &c->row);
	assay_json_kstr(j, "measure", c->measure);
	assay_json_kuint(j, "failed", c->failed);
	assay_json_kuint(j, "passed", c->passed);
	assay_json_kuint(j, "not_judged", c->open);
	assay_json_kuint(j, "attributes", found->attributes);
	assay_json_kuint(j, "hypotheses", found->hypotheses);
	assay_json_kstr(j, "correction", "bonferroni");
	json_bound(j, "alpha", true, (assay_decimal){1, 2});
	assay_json_key(j, "causes");
	assay_json_array(j);
	for (size_t i = 0; i < found->count; i++)
		json_cause(j, &found->causes[i], found, limit);
	assay_json_end(j);
	assay_json_kbool(j, "more", found->more);
	assay_json_end(j);
	return assay_report_print(&r, err);
}

/* ---------------------------------------------------------------- the verb */

static assay_code report(const assay_invocation *in, assay_store *s, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK_CHOICE c = {0};
	ASSAY_AUTO_CAUSES found = {0};
	uint64_t limit;
	assay_code rc;

	ASSAY_TRY(assay_opt_uint(in, "limit", in->json ? 0 : COMPANIONS, 0, UINT32_MAX, &limit, err));
	ASSAY_TRY(assay_feedback_choose(&c, in, s, err));
	ASSAY_TRY(assay_causes_find(&found, s, &c.version, &c.set, c.judged, err));
	if (in->json)
		ASSAY_TRY(print_json(&c, &found, limit, err));
	else
		print(&c, &found, limit);
fail:
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc = assay_open_store_whole(in, &s, err);

	if (rc == ASSAY_OK)
		rc = report(in, s, err);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_feedback_report = {
    .name = "report",
    .operands = "",
    .summary = "what failing samples have in common beyond chance",
    .help =
	"Samples that failed are compared with those that passed: by parameter, stage, engine, model, remedy and\n"
	"recipe of what made them, metadata, folder, source, run, kind, and ranges of what was measured. The first "
	"cause\n"
	"is what is least likely to be chance (Fisher's exact test); each further one is tested within the groups "
	"that\n"
	"those before it make, so that nothing is told twice. 'same': the very same samples have this too. 'seen': "
	"looks\n"
	"guilty alone, and does no more beside the cause. p is corrected for the number of hypotheses (Bonferroni).\n",
    .example = "  assay feedback report\n"
	       "  assay feedback report --eval vqa --fail-below 0.5 --json | jq '.causes[0]'\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .see_also = "feedback import, feedback open, lineage",
    .run = run,
};
