#include "dataset_tell.h"

#include "tell.h"

#include <inttypes.h>

void assay_tell_dataset_totals(assay_buf *out, const assay_dataset_results *r)
{
	const assay_dataset_totals t = assay_dataset_count(r);
	const struct {
		uint64_t n;
		const char *what;
	} rows[] = {{t.passed, "passed"}, {t.failed, "failed"}, {t.warned, "warned"}, {t.skipped, "skipped"}};
	const char *comma = "";

	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		if (rows[i].n == 0)
			continue;
		assay_buf_printf(out, "%s%" PRIu64 " %s", comma, rows[i].n, rows[i].what);
		comma = ", ";
	}
}

/* How it stands in front of a line: what prevents a version stands out. */
static const char *label(const assay_dataset_result *r)
{
	if (r->verdict != ASSAY_DATASET_FAILED)
		return assay_dataset_verdict_name(r->verdict);
	return r->severity == ASSAY_SEVERITY_ERROR ? "FAILED" : assay_severity_name(r->severity);
}

static void say_result(const char *indent, const assay_dataset_result *r)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT, safe = ASSAY_BUF_INIT;

	assay_dataset_result_text(&text, r);
	assay_tell_safe(&safe, assay_buf_str(&text));
	assay_say("%s%-8s%s\n", indent, label(r), assay_buf_str(&safe));
}

void assay_say_dataset_checks(const assay_dataset_results *r, bool all)
{
	ASSAY_AUTO_BUF totals = ASSAY_BUF_INIT;

	if (r->count == 0)
		return;
	assay_tell_dataset_totals(&totals, r);
	assay_say("checks    %s\n", assay_buf_str(&totals));
	for (size_t i = 0; i < r->count; i++)
		if (all || r->items[i].verdict != ASSAY_DATASET_PASSED)
			say_result("          ", &r->items[i]);
}

static bool prevents(const assay_dataset_result *r)
{
	return r->verdict == ASSAY_DATASET_FAILED && r->severity == ASSAY_SEVERITY_ERROR;
}

void assay_tell_refusal(assay_buf *out, const assay_dataset_results *r)
{
	const uint64_t failed = assay_dataset_count(r).failed;
	const char *comma = ": ";

	assay_buf_printf(out, "%" PRIu64 " check%s of the dataset failed", failed, failed == 1 ? "" : "s");
	for (size_t i = 0; i < r->count; i++) {
		if (!prevents(&r->items[i]))
			continue;
		assay_buf_printf(out, "%s%s", comma, r->items[i].check);
		comma = ", ";
	}
}

void assay_say_refusal(const assay_dataset_results *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (prevents(&r->items[i]))
			say_result("  ", &r->items[i]);
}

void assay_json_dataset_checks(assay_json *j, const char *key, const assay_dataset_results *r)
{
	const assay_dataset_totals t = assay_dataset_count(r);

	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kuint(j, "passed", t.passed);
	assay_json_kuint(j, "failed", t.failed);
	assay_json_kuint(j, "warned", t.warned);
	assay_json_kuint(j, "skipped", t.skipped);
	assay_json_key(j, "checks");
	assay_dataset_results_json(j, r);
	assay_json_end(j);
}
