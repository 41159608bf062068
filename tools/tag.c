#include "verbs.h"

#include "tell.h"

#include "assay/file.h"
#include "assay/tag.h"
#include "assay/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    {"force", 'f', NULL, "move a tag that stands for another version"},
    {"delete", 'd', NULL, "take the tag away; its history stays"},
    {"history", 0, NULL, "every change of every tag, or of NAME alone, oldest first"},
    {"reason", 0, "TEXT", "why, kept with the change"},
    {NULL, 0, NULL, NULL},
};

typedef struct listing {
	const assay_invocation *in;
	assay_report report;
	uint64_t shown;
} listing;

/* ---------------------------------------------------------------- lists */

static void json_event(assay_json *j, const assay_tag_event *e, bool history)
{
	assay_json_object(j);
	assay_json_kstr(j, "tag", e->name);
	if (history)
		assay_json_kdigest(j, "from", assay_digest_is_zero(&e->from) ? NULL : &e->from);
	assay_json_kdigest(j, history ? "to" : "version", assay_digest_is_zero(&e->to) ? NULL : &e->to);
	assay_json_ktime(j, "at", e->at_ns);
	assay_json_kstr(j, "actor", e->actor);
	assay_json_kstr(j, "reason", e->reason);
	if (history)
		assay_json_kstr(j, "damaged", e->damage);
	assay_json_end(j);
}

static void print_maker(const assay_tag_event *e)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char at[32];

	assay_tell_safe(&text, e->actor);
	if (e->reason != NULL) {
		assay_buf_puts(&text, ": ");
		assay_tell_safe(&text, e->reason);
	}
	assay_say("  %s  by %s\n", assay_tell_time(e->at_ns, at), assay_buf_str(&text));
}

static void print_change(const assay_tag_event *e)
{
	char from[ASSAY_DIGEST_HEX], to[ASSAY_DIGEST_HEX];

	if (e->damage != NULL) {
		assay_say("event %" PRIu64 " cannot be read: %s ('assay check' says more)\n", e->number, e->damage);
		return;
	}
	assay_say("%-20s ", e->name);
	if (assay_digest_is_zero(&e->to))
		assay_say("%.12s -> taken away  ", assay_digest_hex(&e->from, from));
	else if (assay_digest_is_zero(&e->from))
		assay_say("made -> %.12s        ", assay_digest_hex(&e->to, to));
	else
		assay_say("%.12s -> %.12s", assay_digest_hex(&e->from, from), assay_digest_hex(&e->to, to));
	print_maker(e);
}

static assay_code list_event(void *ctx, const assay_tag_event *e, assay_err *err)
{
	listing *l = ctx;
	const bool history = assay_opt(l->in, "history") != NULL;
	char hex[ASSAY_DIGEST_HEX];

	l->shown++;
	if (l->in->json) {
		json_event(&l->report.json, e, history);
		return assay_report_flush(&l->report, err);
	}
	if (history) {
		print_change(e);
		return ASSAY_OK;
	}
	assay_say("%-20s %.12s", e->name, assay_digest_hex(&e->to, hex));
	print_maker(e);
	return ASSAY_OK;
}

static assay_code list(listing *l, assay_store *s, assay_err *err)
{
	const char *name = l->in->args[0]; /* NULL for all */
	const bool history = assay_opt(l->in, "history") != NULL;
	assay_code rc;

	if (l->in->json)
		assay_json_array(&l->report.json);
	rc = history ? assay_tag_events_each(s, name, list_event, l, err) : assay_tags_each(s, list_event, l, err);
	if (rc == ASSAY_OK && l->shown == 0 && name != NULL)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there never was a tag '%s'", name);
	if (rc == ASSAY_OK && l->shown == 0 && !l->in->json)
		(void)fputs("assay: there is no tag yet; 'assay tag NAME latest' makes one\n", stderr);
	if (rc != ASSAY_OK || !l->in->json)
		return rc;
	assay_json_end(&l->report.json);
	return assay_report_print(&l->report, err);
}

static assay_code run_list(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	listing l = {.in = in};
	assay_code rc;

	assay_report_init(&l.report);
	rc = assay_open_store(in, &s, false, false, err);
	if (rc == ASSAY_OK)
		rc = list(&l, s, err);
	assay_report_release(&l.report);
	return rc;
}

/* ---------------------------------------------------------------- a change */

static void print_done(const char *name, const assay_digest *from, const assay_digest *to, bool changed)
{
	char a[ASSAY_DIGEST_HEX], b[ASSAY_DIGEST_HEX];

	if (!changed)
		assay_say("%s stands for %.12s already\n", name, assay_digest_hex(to, b));
	else if (to == NULL)
		assay_say("%s no longer stands for %.12s\n", name, assay_digest_hex(from, a));
	else if (assay_digest_is_zero(from))
		assay_say("%s stands for %.12s\n", name, assay_digest_hex(to, b));
	else
		assay_say("%s stands for %.12s, no longer for %.12s\n", name, assay_digest_hex(to, b),
			  assay_digest_hex(from, a));
}

static assay_code tell_done(const assay_invocation *in, const assay_digest *from, const assay_digest *to, bool changed,
			    assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	if (!in->json) {
		print_done(in->args[0], from, to, changed);
		return ASSAY_OK;
	}
	assay_json_object(&r.json);
	assay_json_kstr(&r.json, "tag", in->args[0]);
	assay_json_kdigest(&r.json, "from", assay_digest_is_zero(from) ? NULL : from);
	assay_json_kdigest(&r.json, "to", to);
	assay_json_kbool(&r.json, "changed", changed);
	assay_json_end(&r.json);
	return assay_report_print(&r, err);
}

/* What the tag stands for now; zero for nothing. */
static assay_code read_now(assay_store *s, const char *name, assay_digest *now, assay_err *err)
{
	const assay_code rc = assay_tag_version(s, name, now, err);

	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code change(const assay_invocation *in, assay_store *s, assay_err *err)
{
	const bool away = assay_opt(in, "delete") != NULL;
	ASSAY_AUTO_VERSION v = {0};
	ASSAY_AUTO_BUF who = ASSAY_BUF_INIT;
	assay_tag_change c = {.name = in->args[0],
			      .version = away ? NULL : &v.id,
			      .move = assay_opt(in, "force") != NULL,
			      .at_ns = assay_now_ns(),
			      .reason = assay_opt(in, "reason")};
	assay_digest before;
	bool changed;
	assay_code rc;

	assay_tell_actor(&who);
	c.actor = assay_buf_str(&who);
	ASSAY_TRY(assay_buf_check(&who, err));
	if (!away)
		ASSAY_TRY(assay_version_resolve(s, in->args[1], &v, err));
	ASSAY_TRY(read_now(s, c.name, &before, err));
	ASSAY_TRY(assay_tag_put(s, &c, &changed, err));
	ASSAY_TRY(assay_store_commit(s, err));
	ASSAY_TRY(tell_done(in, &before, c.version, changed, err));
fail:
	return rc;
}

static assay_code run_change(const assay_invocation *in, assay_err *err)
{
	const char *fault = assay_tag_name_fault(in->args[0]);
	ASSAY_AUTO_STORE s = NULL;
	assay_code rc;

	if (fault != NULL) /* before what is wrong with the version is told */
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the tag '%s' %s", in->args[0], fault);
	rc = assay_open_store(in, &s, true, false, err);
	return rc == ASSAY_OK ? change(in, s, err) : rc;
}

/* ---------------------------------------------------------------- the verb */

static int run(const assay_invocation *in, assay_err *err)
{
	const bool history = assay_opt(in, "history") != NULL, away = assay_opt(in, "delete") != NULL;
	const bool changes = away || assay_opt(in, "force") != NULL || assay_opt(in, "reason") != NULL;

	if (history ? changes || in->arg_count > 1 : changes && in->arg_count == 0)
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_EUSAGE, "tag: %s",
						 history ? "--history takes one name at most, and changes nothing"
							 : "say the name of the tag"));
	if (history || in->arg_count == 0)
		return assay_exit_of(run_list(in, err));
	if (away && in->arg_count == 2)
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_EUSAGE, "tag: --delete takes a name and no version"));
	if (!away && in->arg_count == 1)
		return assay_exit_of(ASSAY_RAISE(
		    err, ASSAY_EUSAGE, "tag: say which version: 'assay tag %s latest', for example", in->args[0]));
	return assay_exit_of(run_change(in, err));
}

const assay_verb assay_verb_tag = {
    .name = "tag",
    .group = ASSAY_GROUP_KEEP,
    .operands = "[TAG [VERSION]]",
    .max_args = 2,
    .summary = "give a name to a version; without operands, the names there are",
    .help =
	"Wherever a version is asked for, a tag may stand. A name has 1 to 64 of A-Z a-z 0-9 . _ - / and begins with "
	"a\n"
	"letter or a digit; it cannot be 'latest', or 4 or more hex digits alone, which could be an id. Where a file\n"
	"has the same name, 'tag:NAME' says what is meant.\n"
	"A tag is moved with --force and taken away with --delete. What it stood for before, since when, who changed "
	"it\n"
	"and why stays in the store; --history tells it. Tags are part of no version: its id does not depend on "
	"them.\n",
    .example = "  assay tag v1.0 latest --reason 'first delivery'\n"
	       "  assay tag release/current v1.0 --force\n"
	       "  assay show v1.0\n"
	       "  assay tag --history release/current\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK,
    .see_also = "log, show, diff",
    .run = run,
};
