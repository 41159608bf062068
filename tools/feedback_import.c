#include "verbs.h"

#include "feedback_choice.h"
#include "handed.h"
#include "tell.h"

#include "assay/evaluation.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/tag.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIPE_MAX ((uint64_t)1 << 30) /* bytes: a file may be longer, it is read as it goes */

static const assay_option options[] = {
    {"version", 0, "VERSION", "the version that was evaluated; default: latest"},
    {"eval", 0, "TEXT", "its name; default: that of the file, without its suffix"},
    {"replace", 0, NULL, "take the place of other results that have this name"},
    {NULL, 0, NULL, NULL},
};

/* ---------------------------------------------------------------- what was wrong */

static assay_code tell_wrong(const assay_invocation *in, const assay_evaluation *e, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	ASSAY_AUTO_REPORT r;
	assay_code rc = ASSAY_OK;

	assay_report_init(&r);
	assay_diagnostics_text(&e->findings, &text);
	(void)fputs(assay_buf_str(&text), stderr);
	if (in->json) {
		assay_json_object(&r.json);
		assay_json_kbool(&r.json, "imported", false);
		assay_json_kuint(&r.json, "lines", e->lines);
		assay_json_kuint(&r.json, "wrong", e->wrong);
		assay_json_key(&r.json, "findings");
		assay_diagnostics_json(&e->findings, &r.json);
		assay_json_end(&r.json);
		rc = assay_report_print(&r, err);
	}
	if (rc != ASSAY_OK)
		return rc;
	return ASSAY_RAISE(err, ASSAY_ECORRUPT,
			   "'%s': %" PRIu64 " of %" PRIu64 " lines %s wrong%s; nothing was imported", in->args[0],
			   e->wrong, e->lines, e->wrong == 1 ? "is" : "are",
			   e->wrong > e->findings.count ? ", of which the first are told" : "");
}

/* ---------------------------------------------------------------- what was done */

static assay_code tell_done(const assay_invocation *in, const assay_feedback *row, bool fresh, assay_err *err)
{
	ASSAY_AUTO_BUF title = ASSAY_BUF_INIT;
	ASSAY_AUTO_REPORT r;
	char hex[ASSAY_DIGEST_HEX];

	assay_report_init(&r);
	assay_feedback_title(&title, row);
	if (in->json) {
		assay_json_object(&r.json);
		assay_json_kbool(&r.json, "imported", fresh);
		assay_json_feedback(&r.json, row);
		assay_json_end(&r.json);
		return assay_report_print(&r, err);
	}
	if (fresh)
		assay_say("%" PRIu64 " results are %s\n", row->results, assay_buf_str(&title));
	else
		assay_say("the same %" PRIu64 " results are there already: %s\n", row->results, assay_buf_str(&title));
	assay_say("digest sha256:%s\n", assay_digest_hex(&row->object, hex));
	return assay_buf_check(&title, err);
}

/* The name of the file, made one that an evaluation can have. */
static char *name_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t n = dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base);
	char *name = assay_strndup(base, n < ASSAY_TAG_NAME_MAX ? n : ASSAY_TAG_NAME_MAX);

	for (char *p = name; p != NULL && *p != '\0'; p++)
		if (strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == 0)
			*p = '-';
	return name;
}

static assay_code fill_row(assay_feedback *row, const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_BUF who = ASSAY_BUF_INIT;
	const char *given = assay_opt(in, "eval"), *fault;
	assay_code rc;

	assay_tell_actor(&who);
	rc = assay_buf_check(&who, err);
	if (rc != ASSAY_OK)
		return rc;
	row->name = given != NULL ? assay_strdup(given) : name_of_file(in->args[0]);
	row->file = assay_strdup(in->args[0]);
	row->actor = assay_buf_steal(&who);
	row->at_ns = assay_now_ns();
	if (row->name == NULL || row->file == NULL || row->actor == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "evaluation");
	fault = assay_feedback_name_fault(row->name); /* before a long file is read */
	return fault == NULL
		   ? ASSAY_OK
		   : ASSAY_RAISE(err, ASSAY_EUSAGE, "the name '%s' %s: --eval NAME gives it another", row->name, fault);
}

static assay_code import(const assay_invocation *in, assay_store *s, int fd, assay_err *err)
{
	ASSAY_AUTO_EVALUATION e = {0};
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_FEEDBACK row = {0};
	const char *of = assay_opt(in, "version");
	bool fresh = false;
	assay_code rc;

	ASSAY_TRY(fill_row(&row, in, err));
	ASSAY_TRY(assay_version_resolve(s, of != NULL ? of : "latest", &v, err));
	ASSAY_TRY(assay_evaluation_read(&e, s, &v, fd, in->args[0], err));
	if (e.wrong > 0)
		return tell_wrong(in, &e, err);
	if (e.results.count == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "'%s' has no results: a line for each sample is expected",
				   in->args[0]);
	ASSAY_TRY(assay_feedback_put(s, &e.results, &row, assay_opt(in, "replace") != NULL, &fresh, err));
	ASSAY_TRY(assay_store_commit(s, err));
	ASSAY_TRY(tell_done(in, &row, fresh, err));
fail:
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_AUTO_HANDED h = ASSAY_HANDED_INIT;
	/* The whole path is kept. */
	assay_code rc = assay_check_words(in, "FILE", "its path", in->args[0], err);

	if (rc == ASSAY_OK)
		rc = assay_handed_open(&h, in, "FILE", in->args[0], PIPE_MAX, err);
	if (rc == ASSAY_OK)
		rc = assay_open_store(in, &s, true, false, err);
	if (rc == ASSAY_OK)
		rc = import(in, s, h.fd, err);
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_BAD_INPUT, "lines of the file are wrong: each of the first hundred is told, and nothing is imported"},
    {0, NULL},
};

const assay_verb assay_verb_feedback_import = {
    .name = "import",
    .operands = "FILE",
    .min_args = 1,
    .max_args = 1,
    .summary = "attach the results of an evaluation to the samples of a version",
    .help =
	"FILE is JSON Lines: an object for each sample, which is named by \"key\", as manifest.jsonl has it, or by\n"
	"\"member\", a file of the delivery or a path that is one sample. It has a \"score\", a \"label\" (pass or "
	"fail,\n"
	"true or false, or any word), or both, and may have a \"note\". Other names for these are taken too, and "
	"what\n"
	"else an object has is passed over.\n"
	"Either all lines are imported or none. The same results again are found to be there. FILE may be a pipe, or\n"
	"- for standard input.\n",
    .example = "  assay feedback import eval.jsonl\n"
	       "  assay feedback import runs/vqa.jsonl --version v1.0 --eval vqa/model-7\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK,
    .exits = exits,
    .see_also = "feedback report, export",
    .run = run,
};
