#include "verbs.h"

#include "feedback_choice.h"
#include "tell.h"

#include <inttypes.h>
#include <stdio.h>

typedef struct listing {
	const assay_invocation *in;
	assay_report report;
	uint64_t shown;
} listing;

static assay_code list_one(void *ctx, const assay_feedback *f, assay_err *err)
{
	ASSAY_AUTO_BUF from = ASSAY_BUF_INIT;
	listing *l = ctx;
	char hex[ASSAY_DIGEST_HEX], at[32];

	l->shown++;
	if (l->in->json) {
		assay_json_object(&l->report.json);
		assay_json_feedback(&l->report.json, f);
		assay_json_end(&l->report.json);
		return assay_report_flush(&l->report, err);
	}
	assay_tell_safe(&from, f->file);
	assay_say("E%-4" PRIu64 " %-20s %.12s  %8" PRIu64 " results  %s  by %s, from %s\n", f->id, f->name,
		  assay_digest_hex(&f->version, hex), f->results, assay_tell_time(f->at_ns, at), f->actor,
		  assay_buf_str(&from));
	return assay_buf_check(&from, err);
}

static assay_code list(listing *l, assay_store *s, assay_err *err)
{
	assay_code rc;

	if (l->in->json)
		assay_json_array(&l->report.json);
	rc = assay_feedback_each(s, list_one, l, err);
	if (rc == ASSAY_OK && l->shown == 0 && !l->in->json)
		(void)fputs("assay: there is no evaluation yet; 'assay feedback import FILE' brings one\n", stderr);
	if (rc != ASSAY_OK || !l->in->json)
		return rc;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	listing l = {.in = in};
	assay_code rc = assay_open_store(in, &s, false, false, err);

	assay_report_init(&l.report);
	if (rc == ASSAY_OK)
		rc = list(&l, s, err);
	assay_report_release(&l.report);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_feedback_list = {
    .name = "list",
    .operands = "",
    .summary = "the evaluations that were imported, oldest first",
    .help =
	"A line has the number of the evaluation, its name, its version, how many results it has, when it came, who\n"
	"brought it, and from which file.\n",
    .example = "  assay feedback list\n",
    .uses = ASSAY_USES_STORE,
    .see_also = "feedback import, feedback report",
    .run = run,
};
