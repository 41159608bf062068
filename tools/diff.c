#include "verbs.h"

#include "diff_walk.h"

#include "assay/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    {"summary", 0, NULL, "the counts, recipes and contracts alone"},
    {"change", 0, "added|removed|outcome|content|remade", "list only these"},
    {"kind", 0, "KIND", "list only samples of this kind, or 'source' for failed sources"},
    {"outcome", 0, "OUTCOME", "list only those that have it in either version"},
    {"path", 0, "PREFIX", "list only those whose path starts with this"},
    {"limit", 0, "N", "list at most N"},
    {"exit-code", 0, NULL, "exit 80 when there is a difference"},
    {NULL, 0, NULL, NULL},
};

typedef struct comparison {
	const assay_invocation *in;
	assay_store *s;
	assay_diff_side a, b;
	assay_changes recipes[ASSAY_MODALITY_MAX + 1], contracts, filters, decisions;
	int change, kind; /* filters, -1 for any */
	unsigned outcome; /* 0 for any */
	const char *prefix;
	uint64_t limit;
	uint64_t counts[ASSAY_DIFF_CLASSES]; /* of all differences, whatever is listed */
	uint64_t matched;
	assay_report report;
} comparison;

static void comparison_release(comparison *c)
{
	assay_diff_side_release(&c->a);
	assay_diff_side_release(&c->b);
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		assay_changes_release(&c->recipes[m]);
	assay_changes_release(&c->contracts);
	assay_changes_release(&c->filters);
	assay_changes_release(&c->decisions);
	assay_report_release(&c->report);
}

/* ---------------------------------------------------------------- filters */

typedef const char *name_fn(unsigned n);

static const char *change_name(unsigned n)
{
	return assay_diff_class_name((assay_diff_class)n);
}

static const char *kind_name(unsigned n)
{
	return n == 0 ? "source" : assay_sample_kind_name((assay_sample_kind)n);
}

/* Which of the names from..to an option says; left alone when it is not given. */
static assay_code parse_name(const assay_invocation *in, const char *option, name_fn *name, unsigned from, unsigned to,
			     int *out, assay_err *err)
{
	const char *given = assay_opt(in, option);
	ASSAY_AUTO_BUF all = ASSAY_BUF_INIT;
	assay_suggest near;
	char hint[80];

	if (given == NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, given);
	for (unsigned n = from; n <= to; n++) {
		const char *is = name(n);

		if (strcmp(is, given) == 0) {
			*out = (int)n;
			return ASSAY_OK;
		}
		assay_suggest_offer(&near, is);
		assay_buf_printf(&all, "%s%s", n > from ? ", " : "", is);
	}
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "diff: --%s: '%s' is none of %s%s", option, given, assay_buf_str(&all),
			   assay_suggest_text(&near, hint, sizeof hint));
}

static assay_code parse_filters(comparison *c, assay_err *err)
{
	const assay_invocation *in = c->in;
	int outcome = 0;
	assay_code rc;

	c->change = c->kind = -1;
	c->prefix = assay_opt(in, "path");
	ASSAY_TRY(parse_name(in, "change", change_name, 0, ASSAY_DIFF_CLASSES - 1, &c->change, err));
	ASSAY_TRY(parse_name(in, "kind", kind_name, 0, ASSAY_SAMPLE_KIND_MAX, &c->kind, err));
	ASSAY_TRY(
	    parse_name(in, "outcome", assay_outcome_name, ASSAY_OUTCOME_ACCEPTED, ASSAY_OUTCOME_FAILED, &outcome, err));
	c->outcome = (unsigned)outcome;
	ASSAY_TRY(assay_opt_uint(in, "limit", UINT64_MAX, 0, UINT64_MAX, &c->limit, err));
fail:
	return rc;
}

static bool has_filter(const comparison *c)
{
	return c->change >= 0 || c->kind >= 0 || c->outcome != 0 || c->prefix != NULL;
}

static bool matches(const comparison *c, const assay_trie_entry *a, const assay_trie_entry *b)
{
	const assay_trie_entry *any = b != NULL ? b : a;

	return (c->change < 0 || (int)assay_diff_class_of(a, b) == c->change) &&
	       (c->kind < 0 || any->kind == (uint32_t)c->kind) &&
	       (c->outcome == 0 || (a != NULL && a->outcome == c->outcome) ||
		(b != NULL && b->outcome == c->outcome)) &&
	       (c->prefix == NULL || strncmp(any->key, c->prefix, strlen(c->prefix)) == 0);
}

/* ---------------------------------------------------------------- a sample */

/* Its entry has the filter's name where others have a stage. */
static bool is_filtered(const assay_trie_entry *e)
{
	return e->outcome == ASSAY_OUTCOME_FILTERED && e->stage != NULL;
}

static void tell_outcome(assay_buf *out, const assay_trie_entry *e)
{
	assay_buf_puts(out, assay_outcome_name(e->outcome));
	if (is_filtered(e))
		assay_buf_printf(out, " by '%s'", e->stage);
	if (e->failure != 0)
		assay_buf_printf(out, " (%s%s%s)", e->stage != NULL ? e->stage : "", e->stage != NULL ? " " : "",
				 assay_failure_name(e->failure));
}

static void print_sample(const assay_trie_entry *a, const assay_trie_entry *b, const assay_diff_reasons *r)
{
	static const char marks[] = {'+', '-', '~', '~', '='};
	const assay_diff_class class = assay_diff_class_of(a, b);
	const assay_trie_entry *any = b != NULL ? b : a;
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	tell_outcome(&line, any);
	if (class == ASSAY_DIFF_OUTCOME) {
		assay_buf_puts(&line, ", was ");
		tell_outcome(&line, a);
	} else if (class == ASSAY_DIFF_REMADE) {
		assay_buf_puts(&line, ", made anew with the same content");
	}
	assay_say("%c %s  %s %s\n", marks[class], any->key, kind_name(any->kind), assay_buf_str(&line));
	for (size_t i = 0; i < r->row.check_count; i++) {
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		assay_tell_check(&text, &r->row.checks[i]);
		assay_say("    %s %s\n", assay_severity_name((assay_severity)r->row.checks[i].severity),
			  assay_buf_str(&text));
	}
	assay_say_changes("    ", "", &r->changes);
	if (class == ASSAY_DIFF_OUTCOME && any->kind != 0 && !r->known)
		assay_say("    what it was made from before is not known any more\n");
}

static void json_state(assay_json *j, const char *key, const assay_trie_entry *e)
{
	assay_json_key(j, key);
	if (e == NULL) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "outcome", assay_outcome_name(e->outcome));
	assay_json_kdigest(j, "content", assay_digest_is_zero(&e->content) ? NULL : &e->content);
	assay_json_kdigest(j, "work_key", assay_digest_is_zero(&e->work_key) ? NULL : &e->work_key);
	assay_json_kstr(j, "stage", is_filtered(e) ? NULL : e->stage);
	assay_json_kstr(j, "filter", is_filtered(e) ? e->stage : NULL);
	assay_json_kstr(j, "failure", e->failure != 0 ? assay_failure_name(e->failure) : NULL);
	assay_json_end(j);
}

static void json_sample(assay_json *j, const assay_trie_entry *a, const assay_trie_entry *b,
			const assay_diff_reasons *r)
{
	const assay_trie_entry *any = b != NULL ? b : a;

	assay_json_object(j);
	assay_json_kstr(j, "change", assay_diff_class_name(assay_diff_class_of(a, b)));
	assay_json_kstr(j, any->kind != 0 ? "sample" : "source", any->key);
	assay_json_kstr(j, "kind", kind_name(any->kind));
	json_state(j, "from", a);
	json_state(j, "to", b);
	assay_json_known_changes(j, "changes", &r->changes, r->known || r->changes.count > 0);
	assay_json_checks(j, "checks", r->row.checks, r->row.check_count);
	assay_json_end(j);
}

static assay_code on_difference(void *ctx, const assay_trie_entry *a, const assay_trie_entry *b, assay_err *err)
{
	comparison *c = ctx;
	ASSAY_CLEANUP(assay_diff_reasons_release) assay_diff_reasons r = {0};
	assay_code rc;

	c->counts[assay_diff_class_of(a, b)]++;
	if (!matches(c, a, b) || c->matched++ >= c->limit || assay_opt(c->in, "summary") != NULL)
		return ASSAY_OK;
	rc = assay_diff_explain(&r, c->s, &c->a, a, &c->b, b, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!c->in->json) {
		print_sample(a, b, &r);
		return ASSAY_OK;
	}
	json_sample(&c->report.json, a, b, &r);
	return assay_report_flush(&c->report, err);
}

/* ---------------------------------------------------------------- the versions as a whole */

static bool filters_known(const comparison *c)
{
	return c->a.filters_known && c->b.filters_known;
}

static assay_code is_told(void *ctx, const char *key, bool *out, assay_err *err)
{
	const comparison *c = ctx;

	return assay_diff_has(out, c->s, &c->a.x.version, &c->b.x.version, key, err);
}

static assay_code compare_wholes(comparison *c, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		if (c->a.x.recipes[m] != NULL && c->b.x.recipes[m] != NULL)
			rc = assay_changes_recipe(&c->recipes[m], c->a.x.recipes[m], c->b.x.recipes[m], err);
	if (rc == ASSAY_OK && filters_known(c))
		rc = assay_changes_filters(&c->filters, &c->a.filters, &c->b.filters, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_changes_decided(&c->decisions, c->s, &c->a.x.decisions, &c->b.x.decisions, is_told, c, err);
	if (rc != ASSAY_OK)
		return rc;
	return assay_changes_contracts(&c->contracts, &c->a.x.contracts, &c->b.x.contracts, 0, err);
}

static void print_side(const char *word, const assay_diff_side *d)
{
	const assay_version *v = &d->x.version;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], at[32];

	assay_tell_counts(&text, &v->counts);
	assay_say("%-9s %.12s  %s  %s", word, assay_digest_hex(&v->id, hex), assay_tell_time(v->made_ns, at),
		  assay_buf_str(&text));
	assay_buf_reset(&text);
	assay_tags_text(&text, &d->x.tags, &v->id);
	assay_say("%s%s\n", text.len > 0 ? ", tagged " : "", assay_buf_str(&text));
}

static void print_wholes(const comparison *c)
{
	print_side("from", &c->a);
	print_side("to", &c->b);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		if ((c->a.x.recipes[m] == NULL) != (c->b.x.recipes[m] == NULL))
			assay_say("recipe    %s: %s\n", assay_modality_name(m),
				  c->a.x.recipes[m] == NULL ? "there was none" : "there is none any more");
		for (size_t i = 0; i < c->recipes[m].count; i++)
			assay_say("recipe    %s: %s\n", assay_modality_name(m), c->recipes[m].items[i].text);
	}
	for (size_t i = 0; i < c->contracts.count; i++) {
		const assay_change *x = &c->contracts.items[i];

		assay_say("contract  %s%s%s%s\n", x->text, x->effect != NULL ? " (" : "",
			  x->effect != NULL ? x->effect : "", x->effect != NULL ? ")" : "");
	}
	assay_say_changes("filters   ", "", &c->filters);
	assay_say_changes("decision  ", "", &c->decisions);
}

static void json_side(assay_json *j, const char *key, const assay_diff_side *d)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kdigest(j, "version", &d->x.version.id);
	assay_json_tags(j, "tags", &d->x.tags, &d->x.version.id);
	assay_json_ktime(j, "at", d->x.version.made_ns);
	assay_json_counts(j, "samples", &d->x.version.counts);
	assay_json_end(j);
}

static void json_recipes(assay_json *j, const comparison *c)
{
	assay_json_key(j, "recipes");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const assay_recipe *a = c->a.x.recipes[m], *b = c->b.x.recipes[m];

		if (a == NULL && b == NULL)
			continue;
		assay_json_key(j, assay_modality_name(m));
		assay_json_object(j);
		assay_json_kdigest(j, "from", a != NULL ? &a->digest : NULL);
		assay_json_kdigest(j, "to", b != NULL ? &b->digest : NULL);
		assay_json_changes(j, "changes", &c->recipes[m]);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static void json_wholes(assay_json *j, const comparison *c)
{
	json_side(j, "from", &c->a);
	json_side(j, "to", &c->b);
	json_recipes(j, c);
	assay_json_changes(j, "contracts", &c->contracts);
	assay_json_known_changes(j, "filters", &c->filters, filters_known(c));
	assay_json_changes(j, "decisions", &c->decisions);
}

/* ---------------------------------------------------------------- counts */

static uint64_t unchanged(const comparison *c)
{
	const uint64_t *n = c->counts;

	return c->b.x.delivered + c->b.x.others - n[ASSAY_DIFF_ADDED] - n[ASSAY_DIFF_OUTCOME] - n[ASSAY_DIFF_CONTENT] -
	       n[ASSAY_DIFF_REMADE];
}

static void print_counts(const comparison *c)
{
	const uint64_t *n = c->counts;

	assay_say("samples   %" PRIu64 " added, %" PRIu64 " removed, %" PRIu64 " with another outcome, %" PRIu64
		  " with another content, %" PRIu64 " made anew the same, %" PRIu64 " unchanged\n",
		  n[ASSAY_DIFF_ADDED], n[ASSAY_DIFF_REMOVED], n[ASSAY_DIFF_OUTCOME], n[ASSAY_DIFF_CONTENT],
		  n[ASSAY_DIFF_REMADE], unchanged(c));
	if (c->matched > c->limit && assay_opt(c->in, "summary") == NULL)
		assay_say("          %" PRIu64 " more were not listed (--limit)\n", c->matched - c->limit);
}

static void json_counts(assay_json *j, const comparison *c)
{
	assay_json_key(j, "counts");
	assay_json_object(j);
	for (unsigned i = 0; i < ASSAY_DIFF_CLASSES; i++)
		assay_json_kuint(j, assay_diff_class_name((assay_diff_class)i), c->counts[i]);
	assay_json_kuint(j, "unchanged", unchanged(c));
	assay_json_kuint(j, "matched", c->matched);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- the verb */

static bool differ(const comparison *c)
{
	return has_filter(c) ? c->matched > 0 : !assay_digest_eq(&c->a.x.version.id, &c->b.x.version.id);
}

static assay_code tell(comparison *c, assay_err *err)
{
	assay_json *j = &c->report.json;
	assay_code rc;

	if (c->in->json) {
		assay_json_object(j);
		json_wholes(j, c);
		assay_json_key(j, "samples");
		assay_json_array(j);
	} else {
		print_wholes(c);
	}
	rc = assay_diff_walk(c->s, &c->a.x.version, &c->b.x.version, on_difference, c, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!c->in->json) {
		print_counts(c);
		return ASSAY_OK;
	}
	assay_json_end(j);
	json_counts(j, c);
	assay_json_kbool(j, "differ", differ(c));
	assay_json_end(j);
	return assay_report_print(&c->report, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_CLEANUP(comparison_release) comparison c = {.in = in};
	assay_code rc;

	assay_report_init(&c.report);
	ASSAY_TRY(parse_filters(&c, err));
	ASSAY_TRY(assay_open_store(in, &s, false, false, err));
	c.s = s;
	ASSAY_TRY(assay_diff_side_load(&c.a, s, in->args[0], err));
	ASSAY_TRY(assay_diff_side_load(&c.b, s, in->args[1] != NULL ? in->args[1] : "latest", err));
	ASSAY_TRY(compare_wholes(&c, err));
	ASSAY_TRY(tell(&c, err));
	return assay_opt(in, "exit-code") != NULL && differ(&c) ? ASSAY_EXIT_DIFFERENCE : ASSAY_EXIT_OK;
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_DIFFERENCE, "with --exit-code: there is a difference"},
    {0, NULL},
};

const assay_verb assay_verb_diff = {
    .name = "diff",
    .group = ASSAY_GROUP_ASK,
    .operands = "VERSION [VERSION]",
    .min_args = 1,
    .max_args = 2,
    .summary = "what differs between two versions, and why",
    .help =
	"A version is 'latest' (the second, where there is one only), a tag, or the start of an id. Told are the "
	"terms\n"
	"of the recipes, the checks of the contracts and the filters that differ, and each sample that was added (+),\n"
	"removed (-), has another outcome or content (~), or was made anew with the same content (=): with the input\n"
	"that changed (content, sidecar, recipe, metadata, filter), every measurement that came out differently, and\n"
	"the artifacts.\n"
	"What people decided is told with the samples that differ by it, and before them where it is about a whole "
	"source\n"
	"or changes no sample.\n"
	"Of a sample that was not delivered a version keeps the outcome alone; what it was made from is then told as\n"
	"far as the store still knows. Samples come in the order of the hashes of their keys, so that any number of\n"
	"them needs no memory. Exits 0 whether or not there is a difference, unless --exit-code is given.\n",
    .example = "  assay diff v1.0 latest --summary\n"
	       "  assay diff v1.0 --change outcome --outcome quarantined\n"
	       "  assay diff v1.0 --json | jq -r '.samples[] | select(.change == \"removed\").sample'\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .exits = exits,
    .see_also = "log, why, contract",
    .run = run,
};
