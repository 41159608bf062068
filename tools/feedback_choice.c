#include "feedback_choice.h"

#include "assay/memory.h"
#include "tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABELS_TOLD 5

void assay_feedback_choice_release(assay_feedback_choice *c)
{
	assay_feedback_release(&c->row);
	assay_version_release(&c->version);
	assay_feedback_set_release(&c->set);
	free(c->judged);
	free(c->measure);
	*c = (assay_feedback_choice){0};
}

void assay_feedback_title(assay_buf *out, const assay_feedback *f)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_buf_printf(out, "E%" PRIu64 " %s, of version %.12s", f->id, f->name, assay_digest_hex(&f->version, hex));
}

void assay_json_feedback(assay_json *j, const assay_feedback *f)
{
	char number[24];

	(void)snprintf(number, sizeof number, "E%" PRIu64, f->id);
	assay_json_kstr(j, "evaluation", number);
	assay_json_kstr(j, "name", f->name);
	assay_json_kdigest(j, "version", &f->version);
	assay_json_kdigest(j, "digest", &f->object);
	assay_json_kuint(j, "results", f->results);
	assay_json_kstr(j, "file", f->file);
	assay_json_ktime(j, "at", f->at_ns);
	assay_json_kstr(j, "actor", f->actor);
}

/* ---------------------------------------------------------------- which evaluation */

static bool read_number(const char *text, uint64_t *number)
{
	char *end;

	if ((text[0] != 'E' && text[0] != 'e') || text[1] < '0' || text[1] > '9')
		return false;
	*number = strtoull(text + 1, &end, 10);
	return *end == '\0';
}

static assay_code find_row(assay_feedback_choice *out, assay_store *s, const char *name, const assay_digest *version,
			   assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX] = "";
	uint64_t number;
	assay_code rc = assay_feedback_find(s, name, version, &out->row, err);

	if (rc == ASSAY_ENOENT && name != NULL && read_number(name, &number)) {
		rc = assay_feedback_get(s, number, &out->row, err);
		if (rc == ASSAY_OK && version != NULL && !assay_digest_eq(version, &out->row.version))
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s is of another version: leave out --version", name);
	}
	if (rc != ASSAY_ENOENT)
		return rc;
	if (version != NULL)
		(void)assay_digest_hex(version, hex);
	return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no evaluation%s%s%s%s%.12s; see 'assay feedback list'",
			   name != NULL ? " '" : "", name != NULL ? name : "", name != NULL ? "'" : "",
			   version != NULL ? " of version " : "", hex);
}

static assay_code load(assay_feedback_choice *out, const assay_invocation *in, assay_store *s, assay_err *err)
{
	const char *of = assay_opt(in, "version");
	assay_code rc;

	if (of != NULL)
		ASSAY_TRY(assay_version_resolve(s, of, &out->version, err));
	ASSAY_TRY(find_row(out, s, assay_opt(in, "eval"), of != NULL ? &out->version.id : NULL, err));
	if (of == NULL)
		ASSAY_TRY(assay_version_get(s, &out->row.version, &out->version, err));
	ASSAY_TRY(assay_feedback_set_load(&out->set, s, &out->row.object, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- which results */

typedef struct measure {
	const char *label; /* NULL: by score */
	bool above;
	assay_decimal bound;
} measure;

static assay_code read_measure(measure *m, assay_feedback_choice *out, const assay_invocation *in, assay_err *err)
{
	const char *below = assay_opt(in, "fail-below"), *above = assay_opt(in, "fail-above");
	const char *label = assay_opt(in, "label"), *bound = below != NULL ? below : above;

	*m = (measure){.label = label, .above = above != NULL};
	if ((below != NULL) + (above != NULL) + (label != NULL) > 1)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "give one of --fail-below, --fail-above and --label");
	if (bound != NULL && !assay_decimal_parse(&m->bound, bound))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--fail-%s: '%s' is not a number",
				   above != NULL ? "above" : "below", bound);
	if (bound == NULL && label == NULL)
		m->label = ASSAY_FEEDBACK_FAIL;
	out->measure = bound != NULL ? assay_asprintf("score %s %s", m->above ? ">" : "<", bound)
				     : assay_asprintf("label %s", m->label);
	return out->measure != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "measure");
}

static assay_judged judge(const measure *m, const assay_feedback_result *r)
{
	int order;

	if (m->label != NULL && r->label == NULL)
		return ASSAY_JUDGED_NOT;
	if (m->label != NULL)
		return strcmp(m->label, r->label) == 0 ? ASSAY_JUDGED_FAIL : ASSAY_JUDGED_PASS;
	if (!r->has_score)
		return ASSAY_JUDGED_NOT;
	order = assay_decimal_cmp((assay_decimal){r->score, ASSAY_FEEDBACK_SCALE}, m->bound);
	return (m->above ? order > 0 : order < 0) ? ASSAY_JUDGED_FAIL : ASSAY_JUDGED_PASS;
}

/* Labels that there are, the first few in the order of their samples. */
static void list_labels(assay_buf *out, const assay_feedback_set *set)
{
	const char *told[LABELS_TOLD];
	size_t n = 0;

	for (size_t i = 0; i < set->count && n < LABELS_TOLD; i++) {
		const char *label = set->items[i].label;
		size_t k = 0;

		while (label != NULL && k < n && strcmp(told[k], label) != 0)
			k++;
		if (label == NULL || k < n)
			continue;
		assay_buf_puts(out, n > 0 ? ", '" : "'");
		assay_tell_safe(out, label);
		assay_buf_puts(out, "'");
		told[n++] = label;
	}
	if (n == LABELS_TOLD)
		assay_buf_puts(out, "...");
}

/* A label that nothing has is a slip, unless it is the one that nobody named and some are said to pass. */
static assay_code refuse_label(const assay_feedback_choice *c, const measure *m, bool given, assay_err *err)
{
	ASSAY_AUTO_BUF labels = ASSAY_BUF_INIT;

	for (size_t i = 0; i < c->set.count && !given; i++)
		if (c->set.items[i].label != NULL && strcmp(c->set.items[i].label, ASSAY_FEEDBACK_PASS) == 0)
			return ASSAY_OK;
	list_labels(&labels, &c->set);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "no result has the label '%s'; there are %s%s", m->label,
			   assay_buf_str(&labels), given ? "" : ": say which is a failure by --label");
}

static assay_code judge_all(assay_feedback_choice *out, const measure *m, bool given, assay_err *err)
{
	out->judged = assay_alloc(out->set.count, 1);
	if (out->judged == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "results");
	for (size_t i = 0; i < out->set.count; i++) {
		out->judged[i] = (unsigned char)judge(m, &out->set.items[i]);
		out->failed += out->judged[i] == ASSAY_JUDGED_FAIL;
		out->passed += out->judged[i] == ASSAY_JUDGED_PASS;
		out->open += out->judged[i] == ASSAY_JUDGED_NOT;
	}
	if (out->failed + out->passed > 0)
		return m->label != NULL && out->failed == 0 ? refuse_label(out, m, given, err) : ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "none of the %zu results has a %s: judge them by %s", out->set.count,
			   m->label != NULL ? "label" : "score",
			   m->label != NULL ? "--fail-below SCORE or --fail-above SCORE" : "--label LABEL");
}

assay_code assay_feedback_choose(assay_feedback_choice *out, const assay_invocation *in, assay_store *s, assay_err *err)
{
	measure m;
	assay_code rc;

	*out = (assay_feedback_choice){0};
	ASSAY_TRY(read_measure(&m, out, in, err));
	ASSAY_TRY(load(out, in, s, err));
	ASSAY_TRY(judge_all(out, &m, assay_opt(in, "label") != NULL, err));
fail:
	return rc;
}
