#include "verbs.h"

#include "changes.h"
#include "lint.h"
#include "tell.h"

#include "assay/diagnostic.h"
#include "assay/file.h"
#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const assay_option options[] = {
    {"exit-code", 0, NULL, "exit 80 when there is a difference"},
    {NULL, 0, NULL, NULL},
};

/* One contract from a file, checked against every metric of this build; findings go to standard error. */
static assay_code load_file(assay_contract_set *out, const char *path, assay_err *err)
{
	ASSAY_CLEANUP(assay_vocabulary_release) assay_vocabulary v = {0};
	ASSAY_AUTO_BUF folder = ASSAY_BUF_INIT, text = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD dirfd = -1;
	assay_diagnostics d = {0};
	const char *name;
	assay_code rc = assay_lint_folder(path, &dirfd, &name, &folder, err);

	if (rc == ASSAY_OK)
		rc = assay_lint_all_metrics(&v, err);
	if (rc == ASSAY_OK && (out->items = assay_alloc(1, sizeof(assay_contract *))) == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "contract");
	if (rc == ASSAY_OK)
		rc = assay_contract_load(&out->items[0], dirfd, name, path, &v, &d, err);
	out->count = rc == ASSAY_OK;
	assay_diagnostics_text(&d, &text);
	if (rc == ASSAY_ECONFIG)
		(void)fputs(assay_buf_str(&text), stderr);
	assay_diagnostics_release(&d);
	return rc;
}

/* A file where there is one of that name, else the contracts of a version. */
static assay_code load_side(const assay_invocation *in, assay_contract_set *out, const char *name, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_AUTO_VERSION v = {0};
	assay_code rc;

	if (access(name, F_OK) == 0)
		return load_file(out, name, err);
	rc = assay_open_store(in, &s, false, false, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT,
				   "there is no file '%s', and no store '%s' with a version of that name", name,
				   in->store);
	if (rc == ASSAY_OK)
		rc = assay_version_resolve(s, name, &v, err);
	return rc == ASSAY_OK ? assay_contract_set_of(out, s, v.contracts, v.contract_count, err) : rc;
}

static bool is_in(const assay_contract_set *set, const assay_contract *like)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i]->id, like->id) == 0)
			return true;
	return false;
}

/* A file is one contract: beside it the other contracts of a version were not asked about. */
static void keep_like(assay_contract_set *version, const assay_contract_set *file)
{
	size_t kept = 0;

	for (size_t i = 0; i < version->count; i++) {
		if (!is_in(file, version->items[i])) {
			assay_contract_close(version->items[i]);
			continue;
		}
		version->digests[kept] = version->digests[i];
		version->items[kept++] = version->items[i];
	}
	version->count = kept;
}

static void keep_same(assay_contract_set *a, assay_contract_set *b)
{
	const bool a_is_file = a->digests == NULL, b_is_file = b->digests == NULL;

	if (a_is_file && !b_is_file)
		keep_like(b, a);
	else if (b_is_file && !a_is_file)
		keep_like(a, b);
}

static void print(const assay_changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const assay_change *x = &c->items[i];

		assay_say("%-9s %s\n", x->effect != NULL ? x->effect : x->what, x->text);
	}
	if (c->count == 0)
		assay_say("no difference\n");
}

static size_t count(const assay_changes *c, const char *effect)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += c->items[i].effect != NULL && strcmp(c->items[i].effect, effect) == 0;
	return n;
}

static assay_code tell(const assay_invocation *in, const assay_changes *c, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	if (!in->json) {
		print(c);
		return ASSAY_OK;
	}
	assay_json_object(&r.json);
	assay_json_kbool(&r.json, "differ", c->count > 0);
	assay_json_kuint(&r.json, "loosened", count(c, "loosened"));
	assay_json_kuint(&r.json, "tightened", count(c, "tightened"));
	assay_json_kuint(&r.json, "altered", count(c, "altered"));
	assay_json_changes(&r.json, "changes", c);
	assay_json_end(&r.json);
	return assay_report_print(&r, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_CONTRACT_SET a = {0};
	ASSAY_AUTO_CONTRACT_SET b = {0};
	ASSAY_AUTO_CHANGES c = {0};
	assay_code rc;

	ASSAY_TRY(load_side(in, &a, in->args[0], err));
	ASSAY_TRY(load_side(in, &b, in->args[1], err));
	keep_same(&a, &b);
	ASSAY_TRY(assay_changes_contracts(&c, &a, &b, 0, err));
	ASSAY_TRY(tell(in, &c, err));
	return assay_opt(in, "exit-code") != NULL && c.count > 0 ? ASSAY_EXIT_DIFFERENCE : ASSAY_EXIT_OK;
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_CONFIG, "a contract has errors"},
    {ASSAY_EXIT_DIFFERENCE, "with --exit-code: there is a difference"},
    {0, NULL},
};

const assay_verb assay_verb_contract_diff = {
    .name = "diff",
    .operands = "FILE|VERSION FILE|VERSION",
    .min_args = 2,
    .max_args = 2,
    .summary = "which checks were added, removed, loosened or tightened",
    .help =
	"Each side is a contract file, or the contracts of a version; contracts are the same when their id is, and\n"
	"beside a file only that contract of a version is looked at. A check is loosened when all that passed it\n"
	"passes still and more may, tightened when it is the other way round, altered when neither holds. Exits 0\n"
	"whether or not there is a difference, unless --exit-code is given.\n",
    .example = "  assay contract diff latest contracts/page.odcs.yaml\n"
	       "  assay contract diff v1.0 v2.0 --json | jq .loosened\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .exits = exits,
    .see_also = "contract lint, diff, judge",
    .run = run,
};
