#include "queue_select.h"

#include "queue_ended.h"
#include "queue_lane.h"
#include "queue_ticket.h"
#include "subject.h"

#include "assay/config.h"
#include "assay/file.h"
#include "assay/log.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)

/* Values of a filter, one after the other; none of an option that the verb means otherwise. */
static const char *filter_next(const assay_selection *sel, const char *name, int *at)
{
	return sel->own != NULL && strcmp(sel->own, name) == 0 ? NULL : assay_opt_next(sel->in, name, at);
}

static bool is_asked(const assay_selection *sel, const char *name)
{
	return filter_next(sel, name, &(int){0}) != NULL;
}

/* ---------------------------------------------------------------- words of filters */

typedef const char *name_fn(unsigned n);

static const char *failure_name(unsigned n)
{
	return n > 0 ? assay_failure_name(n) : NULL;
}

static const char *kind_name(unsigned n)
{
	return n == 0 ? "source" : assay_sample_kind_name(n);
}

/* A filter whose words are names of numbers up to `max`. */
typedef struct words {
	const char *option, *noun;
	name_fn *name;
	unsigned max;
} words;

static const words of_failure = {"failure", "class of failure", failure_name, ASSAY_FAILURE_PROTOCOL};
static const words of_state = {"state", "state of a ticket", assay_ticket_state_name, ASSAY_TICKET_STATES};
static const words of_origin = {"origin", "origin of a ticket", assay_ticket_origin_name, ASSAY_TICKET_FEEDBACK};
static const words of_modality = {"modality", "modality", assay_modality_name, ASSAY_MODALITY_MAX};
static const words of_kind = {"kind", "kind of sample", kind_name, ASSAY_SAMPLE_KIND_MAX};

static assay_code parse_word(uint64_t *mask, const assay_invocation *in, const words *w, const char *text, size_t size,
			     assay_err *err)
{
	char word[64], hint[80];
	assay_suggest near;

	(void)snprintf(word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), text);
	assay_suggest_init(&near, word);
	for (unsigned n = 0; n <= w->max; n++) {
		const char *name = w->name(n);

		if (name != NULL && strcmp(name, word) == 0) {
			*mask |= UINT64_C(1) << n;
			return ASSAY_OK;
		}
		if (name != NULL)
			assay_suggest_offer(&near, name);
	}
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s: '%s' is no %s%s", in->title, w->option, word, w->noun,
			   assay_suggest_text(&near, hint, sizeof hint));
}

static assay_code parse_words(uint64_t *mask, const assay_invocation *in, const words *w, assay_err *err)
{
	const char *text;

	*mask = 0;
	for (int at = 0; (text = assay_opt_next(in, w->option, &at)) != NULL;)
		for (bool more = true; more;) {
			const size_t size = strcspn(text, ",");
			const assay_code rc = parse_word(mask, in, w, text, size, err);

			if (rc != ASSAY_OK)
				return rc;
			more = text[size] == ',';
			text += size + 1;
		}
	return ASSAY_OK;
}

/* A lane that there is not is a mistake, and not one without tickets. */
static assay_code parse_lane(const assay_config *config, const assay_invocation *in, const char *name, size_t size,
			     assay_err *err)
{
	char lane[80];

	(void)snprintf(lane, sizeof lane, "%.*s", (int)(size < sizeof lane ? size : sizeof lane - 1), name);
	if (size < sizeof lane && assay_lane_exists(&config->lanes, lane))
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --lane: '%s' has no lane '%s'", in->title, config->file, lane);
}

static assay_code parse_lanes(assay_selection *sel, assay_err *err)
{
	ASSAY_AUTO_FD rootfd = -1;
	const char *name;
	assay_code rc = is_asked(sel, "lane") ? assay_load_config(sel->in, &sel->lanes, &rootfd, err) : ASSAY_OK;

	for (int at = 0; rc == ASSAY_OK && (name = filter_next(sel, "lane", &at)) != NULL;)
		for (bool more = true; more && rc == ASSAY_OK;) {
			const size_t size = strcspn(name, ",");

			rc = parse_lane(sel->lanes, sel->in, name, size, err);
			more = name[size] == ',';
			name += size + 1;
		}
	return rc;
}

/* "3d": seconds of an age; false when it is none. */
static bool parse_age(int64_t *ns, const char *text)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno != 0 || !isdigit((unsigned char)text[0]) || end[0] == '\0' || end[1] != '\0')
		return false;
	for (size_t i = 0; i < ASSAY_COUNT(units); i++)
		if (units[i].unit == *end)
			return assay_mul_i64(ns, n, units[i].seconds) && assay_mul_i64(ns, *ns, SECOND);
	return false;
}

/* The shell makes an empty value of a variable that is not set: that must not be everything. */
static assay_code refuse_empty(const assay_selection *sel, assay_err *err)
{
	static const assay_option rows[] = {
	    ASSAY_SELECTION_OPTIONS, ASSAY_SELECTION_BY_METADATA, ASSAY_SELECTION_BY_REMEDY, {NULL, 0, NULL, NULL}};
	const char *value;

	for (const assay_option *o = rows; o->name != NULL; o++)
		for (int at = 0; (value = filter_next(sel, o->name, &at)) != NULL;)
			if (o->value != NULL && value[0] == '\0')
				return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s: is empty, which is no selection",
						   sel->in->title, o->name);
	return ASSAY_OK;
}

static assay_code parse_filters(assay_selection *sel, assay_err *err)
{
	const assay_invocation *in = sel->in;
	const char *age = assay_opt(in, "age"), *pair;
	uint64_t states, modalities, kinds, origins;
	int64_t ns = 0;
	assay_code rc;

	ASSAY_TRY(refuse_empty(sel, err));
	ASSAY_TRY(parse_words(&sel->failures, in, &of_failure, err));
	ASSAY_TRY(parse_words(&states, in, &of_state, err));
	ASSAY_TRY(parse_words(&modalities, in, &of_modality, err));
	ASSAY_TRY(parse_words(&kinds, in, &of_kind, err));
	ASSAY_TRY(parse_words(&origins, in, &of_origin, err));
	sel->origins = (uint32_t)origins;
	sel->states = (uint32_t)states;
	sel->modalities = (uint32_t)modalities;
	sel->kinds = (uint32_t)kinds;
	sel->opened_until_ns = INT64_MAX;
	if (age != NULL && !parse_age(&ns, age))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --age: '%s' is no age such as 90s, 15m, 12h, 3d or 2w",
				   in->title, age);
	if (age != NULL)
		sel->opened_until_ns = assay_now_ns() - ns;
	for (int at = 0; (pair = filter_next(sel, "metadata", &at)) != NULL;)
		if (strchr(pair, '=') == NULL)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --metadata: '%s' is not NAME=VALUE", in->title,
					   pair);
	ASSAY_TRY(parse_lanes(sel, err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- tickets by name */

bool assay_ticket_parse(const char *name, uint64_t *id)
{
	char *end;

	if ((name[0] != 'T' && name[0] != 't') || !isdigit((unsigned char)name[1]))
		return false;
	errno = 0;
	*id = strtoull(name + 1, &end, 10);
	return errno == 0 && *end == '\0';
}

static assay_code is_in_the_way(bool *out, const assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF why = ASSAY_BUF_INIT;
	const assay_code rc = sel->obstacle != NULL && !t->damaged ? sel->obstacle(&why, sel->store, t, err) : ASSAY_OK;

	*out = why.len > 0;
	return rc;
}

static assay_code leave(assay_selection *sel, uint64_t id, assay_err *err)
{
	const assay_code rc = assay_grow(&sel->left, &sel->left_cap, sel->left_count, sizeof *sel->left, err);

	if (rc == ASSAY_OK)
		sel->left[sel->left_count++] = id;
	return rc;
}

static assay_code add_id(assay_selection *sel, uint64_t id, assay_err *err)
{
	const assay_code rc = assay_grow(&sel->ids, &sel->id_cap, sel->id_count, sizeof *sel->ids, err);

	if (rc == ASSAY_OK)
		sel->ids[sel->id_count++] = id;
	return rc;
}

/* The ticket of a sample or source, if it ever had one. */
static assay_code add_key(assay_selection *sel, const char *key, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_code rc = assay_ticket_peek_on(sel->store, key, &t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return add_id(sel, t.id, err);
}

static assay_code add_sample(void *ctx, const assay_sample_row *row, assay_err *err)
{
	return add_key(ctx, row->key, err);
}

/* Of those from `first` on the ones that nothing is in the way of, if there are any; the others are told. */
static assay_code keep_possible(assay_selection *sel, size_t first, assay_err *err)
{
	const size_t left = sel->left_count;
	size_t kept = first;
	assay_code rc = ASSAY_OK;

	for (size_t i = first; i < sel->id_count && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_TICKET t = {0};
		bool blocked = false;

		rc = assay_ticket_peek(sel->store, sel->ids[i], &t, err);
		if (rc == ASSAY_OK)
			rc = is_in_the_way(&blocked, sel, &t, err);
		if (rc == ASSAY_OK && blocked) {
			rc = leave(sel, sel->ids[i], err);
		} else {
			const uint64_t other = sel->ids[kept];

			sel->ids[kept++] = sel->ids[i];
			sel->ids[i] = other;
		}
	}
	if (kept > first)
		sel->id_count = kept;
	else
		sel->left_count = left;
	return rc;
}

static assay_code belongs(bool *out, assay_selection *sel, const assay_ticket *t, assay_err *err);

/* Of those from `first` on, which a path has, the ones that filters ask for: what can be done is asked of these alone. */
static assay_code keep_asked(assay_selection *sel, size_t first, assay_err *err)
{
	size_t kept = first;

	for (size_t i = first; i < sel->id_count; i++) {
		ASSAY_AUTO_TICKET t = {0};
		bool asked = true; /* for all that is known of one that cannot be read */
		assay_code rc = assay_ticket_peek(sel->store, sel->ids[i], &t, err);

		if (rc == ASSAY_OK && !t.damaged)
			rc = belongs(&asked, sel, &t, err);
		if (rc != ASSAY_OK)
			return rc;
		if (asked)
			sel->ids[kept++] = sel->ids[i];
	}
	sel->id_count = kept;
	return ASSAY_OK;
}

/* Of those from `first` on, which a path has, the ones that something can be done to, if there are any. */
static assay_code keep_live(assay_selection *sel, size_t first, assay_err *err)
{
	size_t kept = first;

	for (size_t i = first; i < sel->id_count; i++) {
		ASSAY_AUTO_TICKET t = {0};
		const assay_code rc = assay_ticket_peek(sel->store, sel->ids[i], &t, err);

		if (rc != ASSAY_OK)
			return rc;
		if (t.damaged || (t.state != ASSAY_TICKET_PASSED && t.state != ASSAY_TICKET_GONE)) {
			const uint64_t other = sel->ids[kept];

			sel->ids[kept++] = sel->ids[i];
			sel->ids[i] = other;
		}
	}
	if (kept > first)
		sel->id_count = kept;
	return keep_possible(sel, first, err);
}

static assay_code add_subject(assay_selection *sel, const char *name, assay_err *err)
{
	ASSAY_AUTO_SUBJECT subject = {0};
	const size_t before = sel->id_count;
	assay_code rc = assay_subject_find(&subject, sel->store, name, err);

	if (rc == ASSAY_OK)
		rc = add_key(sel, subject.name, err);
	if (rc == ASSAY_OK && subject.is_path)
		rc = assay_samples_of(sel->store, subject.source.id, add_sample, sel, err);
	if (rc == ASSAY_OK && sel->id_count == before)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "'%s' never had a ticket; see 'assay why %s'", subject.name,
				   subject.name);
	if (rc != ASSAY_OK || !subject.is_path || !sel->acts || sel->states != 0 || sel->ended)
		return rc;
	rc = keep_asked(sel, before, err);
	return rc == ASSAY_OK ? keep_live(sel, before, err) : rc;
}

/* A sample may be called T12 too: a ticket goes before it. */
static assay_code add_name(assay_selection *sel, const char *name, assay_err *err)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_SUBJECT subject = {0};
	uint64_t id;
	assay_code rc;

	if (!assay_ticket_parse(name, &id))
		return add_subject(sel, name, err);
	rc = assay_ticket_peek(sel->store, id, &t, err);
	if (rc == ASSAY_OK)
		return add_id(sel, id, err);
	if (rc == ASSAY_ENOENT)
		rc = assay_subject_try(&subject, sel->store, name, err);
	if (rc == ASSAY_OK)
		return add_subject(sel, name, err);
	return rc == ASSAY_ENOENT
		   ? ASSAY_RAISE(err, ASSAY_ENOENT, "there is no ticket '%s'; see 'assay queue list --all'", name)
		   : rc;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort_ids(uint64_t *ids, size_t *count)
{
	size_t kept = 0;

	if (*count == 0)
		return;
	qsort(ids, *count, sizeof *ids, by_number);
	for (size_t i = 1; i < *count; i++)
		if (ids[i] != ids[kept])
			ids[++kept] = ids[i];
	*count = kept + 1;
}

static assay_code read_selection(assay_selection *sel, assay_err *err)
{
	const assay_invocation *in = sel->in;
	assay_code rc;

	sel->stages.store = sel->store;
	sel->ended = assay_opt(in, "ended") != NULL;
	sel->named = in->arg_count > 0;
	rc = parse_filters(sel, err);
	for (int i = 0; rc == ASSAY_OK && i < in->arg_count; i++)
		rc = add_name(sel, in->args[i], err);
	sort_ids(sel->ids, &sel->id_count);
	sort_ids(sel->left, &sel->left_count);
	return rc;
}

assay_code assay_selection_init(assay_selection *out, const assay_invocation *in, assay_store *s, assay_err *err)
{
	*out = (assay_selection){.in = in, .store = s};
	return read_selection(out, err);
}

assay_code assay_selection_init_to_act(assay_selection *out, const assay_invocation *in, const char *own,
				       assay_obstacle_fn *obstacle, assay_store *s, assay_err *err)
{
	*out = (assay_selection){.in = in, .own = own, .acts = true, .obstacle = obstacle, .store = s};
	return read_selection(out, err);
}

void assay_selection_release(assay_selection *sel)
{
	free(sel->ids);
	free(sel->left);
	assay_ticket_stages_release(&sel->stages);
	assay_config_close(sel->lanes);
	*sel = (assay_selection){0};
}

bool assay_selection_is_narrow(const assay_selection *sel)
{
	static const assay_option rows[] = {
	    ASSAY_SELECTION_OPTIONS, ASSAY_SELECTION_BY_METADATA, ASSAY_SELECTION_BY_REMEDY, {NULL, 0, NULL, NULL}};

	for (const assay_option *o = rows; o->name != NULL; o++)
		if (is_asked(sel, o->name))
			return true;
	return sel->named || sel->ended;
}

/* ---------------------------------------------------------------- does a ticket belong to it? */

static bool is_in(uint64_t mask, unsigned n)
{
	return mask == 0 || (mask >> n & 1) != 0;
}

typedef bool has_fn(const assay_ticket *t, const char *name, size_t size);

static bool is_name(const char *text, const char *name, size_t size)
{
	return text != NULL && strlen(text) == size && memcmp(text, name, size) == 0;
}

static bool has_check(const assay_ticket *t, const char *id, size_t size)
{
	for (size_t i = 0; i < t->check_count; i++)
		if (is_name(t->checks[i].check_id, id, size))
			return true;
	return false;
}

/* Has it one of the names that the option gives? */
static bool passes_names(const assay_selection *sel, const assay_ticket *t, const char *option, has_fn *has)
{
	const char *name;
	bool asked = false;

	for (int at = 0; (name = filter_next(sel, option, &at)) != NULL; asked = true)
		for (bool more = true; more;) {
			const size_t size = strcspn(name, ",");

			if (has(t, name, size))
				return true;
			more = name[size] == ',';
			name += size + 1;
		}
	return !asked;
}

typedef struct remedies {
	const assay_selection *sel;
	bool found;
} remedies;

static bool has_remedy(const assay_ticket *t, const char *name, size_t size)
{
	return is_name(t->attempts[0].remedy, name, size);
}

static assay_code look_at_attempt(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	remedies *r = ctx;
	const assay_ticket one = {.attempts = (assay_ticket_attempt *)(uintptr_t)x->attempt, .attempt_count = 1};

	(void)err;
	r->found = passes_names(r->sel, &one, "remedy", has_remedy);
	return r->found ? ASSAY_ESTOP : ASSAY_OK;
}

/* Also one that counts no more. */
static assay_code passes_remedy(bool *out, const assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	remedies r = {.sel = sel};
	const assay_code rc = assay_ticket_tried_each(sel->store, t, look_at_attempt, &r, err);

	*out = r.found;
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}

static bool is_below(const char *path, const char *pattern)
{
	return strncmp(path, pattern, strlen(pattern)) == 0 || assay_glob_match(pattern, path);
}

/* A source is named as its file is, and as lists show it, with "#" and "%" escaped. */
static assay_code passes_path(bool *out, const assay_selection *sel, const char *path, assay_err *err)
{
	ASSAY_AUTO_BUF name = ASSAY_BUF_INIT;
	const char *pattern;
	bool asked = false;
	assay_code rc;

	if (!assay_path_unescape(&name, path))
		assay_buf_reset(&name);
	rc = assay_buf_check(&name, err);
	if (rc != ASSAY_OK)
		return rc;
	for (int at = 0; (pattern = filter_next(sel, "source", &at)) != NULL; asked = true)
		if (is_below(path, pattern) || is_below(assay_buf_str(&name), pattern)) {
			*out = true;
			return ASSAY_OK;
		}
	*out = !asked;
	return ASSAY_OK;
}

/* As the pipeline makes it, or as it stands. */
static assay_code passes_check(bool *out, const assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW row = {0};
	assay_code rc = ASSAY_OK;

	*out = passes_names(sel, t, "check", has_check);
	if (!*out)
		rc = assay_ticket_standing(&row, sel->store, t, err);
	if (row.id != 0) {
		const assay_ticket stands = {.checks = row.checks, .check_count = row.check_count};

		*out = passes_names(sel, &stands, "check", has_check);
	}
	return rc;
}

static bool is_said(const assay_source *src, const char *pair)
{
	const size_t key = strcspn(pair, "=");

	for (size_t i = 0; i < src->metadata_count; i++)
		if (strncmp(src->metadata_keys[i], pair, key) == 0 && src->metadata_keys[i][key] == '\0' &&
		    strcmp(src->metadata_values[i], pair + key + 1) == 0)
			return true;
	return false;
}

/* For each name that is asked for, one of the values that are asked for it. */
static bool passes_metadata(const assay_selection *sel, const assay_source *src)
{
	const char *pair, *other;

	for (int at = 0; (pair = filter_next(sel, "metadata", &at)) != NULL;) {
		const size_t key = strcspn(pair, "=") + 1;
		bool said = false;

		for (int k = 0; !said && (other = filter_next(sel, "metadata", &k)) != NULL;)
			said = strncmp(other, pair, key) == 0 && is_said(src, other);
		if (!said)
			return false;
	}
	return true;
}

static assay_code passes_source(bool *out, const assay_selection *sel, const char *path, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc;

	if (sel->modalities == 0 && !is_asked(sel, "metadata"))
		return ASSAY_OK;
	rc = assay_source_find(sel->store, path, &src, err);
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	*out = rc == ASSAY_OK && is_in(sel->modalities, src.modality) && passes_metadata(sel, &src);
	return ASSAY_OK;
}

static assay_code passes_kind(bool *out, const assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	const char *kind;
	assay_code rc;

	if (sel->kinds == 0)
		return ASSAY_OK;
	rc = assay_ticket_kind(&kind, sel->store, t, err);
	if (rc == ASSAY_OK)
		*out = kind != NULL && is_in(sel->kinds, t->is_source ? 0 : assay_sample_kind_parse(kind));
	return rc;
}

/* ---------------------------------------------------------------- stages */

typedef struct stage_query {
	const assay_invocation *in;
	bool found;
} stage_query;

static assay_code is_asked_stage(void *ctx, const char *stage, assay_err *err)
{
	stage_query *q = ctx;
	const char *asked;

	(void)err;
	for (int at = 0; (asked = assay_opt_next(q->in, "stage", &at)) != NULL;)
		for (bool more = true; more;) {
			const size_t size = strcspn(asked, ",");

			q->found |= is_name(stage, asked, size);
			more = asked[size] == ',';
			asked += size + 1;
		}
	return ASSAY_OK;
}

static assay_code passes_lane(bool *out, assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	const char *lane, *asked;
	assay_code rc;

	if (sel->lanes == NULL)
		return ASSAY_OK;
	rc = assay_ticket_lane(&lane, sel->lanes, &sel->stages, t, err);
	*out = false;
	for (int at = 0; rc == ASSAY_OK && (asked = filter_next(sel, "lane", &at)) != NULL;)
		for (bool more = true; more;) {
			const size_t size = strcspn(asked, ",");

			*out |= is_name(lane, asked, size);
			more = asked[size] == ',';
			asked += size + 1;
		}
	return rc;
}

/* ---------------------------------------------------------------- walking */

static assay_code belongs(bool *out, assay_selection *sel, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	stage_query q = {.in = sel->in};
	assay_code rc;

	*out = is_in(sel->states, t->state) && is_in(sel->failures, t->failure) && is_in(sel->origins, t->origin) &&
	       t->opened_ns <= sel->opened_until_ns;
	if (*out)
		ASSAY_TRY(passes_check(out, sel, t, err));
	if (!*out)
		return ASSAY_OK;
	ASSAY_TRY(assay_ticket_path(&path, t, err));
	ASSAY_TRY(passes_path(out, sel, path, err));
	if (*out)
		ASSAY_TRY(passes_source(out, sel, path, err));
	if (*out)
		ASSAY_TRY(passes_kind(out, sel, t, err));
	if (*out && is_asked(sel, "remedy"))
		ASSAY_TRY(passes_remedy(out, sel, t, err));
	if (*out && is_asked(sel, "stage")) {
		ASSAY_TRY(assay_ticket_stages_each(&sel->stages, t, is_asked_stage, &q, err));
		*out = q.found;
	}
	if (*out)
		ASSAY_TRY(passes_lane(out, sel, t, err));
	if (*out && sel->ended)
		ASSAY_TRY(assay_ticket_has_ended(out, sel->store, t, err));
fail:
	return rc;
}

typedef struct walk {
	assay_selection *sel;
	assay_ticket_fn *fn;
	void *ctx;
} walk;

static assay_code visit(void *ctx, const assay_ticket *t, assay_err *err)
{
	const walk *w = ctx;
	bool wanted;
	const assay_code rc = belongs(&wanted, w->sel, t, err);

	return rc == ASSAY_OK && wanted ? w->fn(w->ctx, t, err) : rc;
}

static assay_code visit_damaged(const walk *w, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (w->sel->damaged != NULL)
		return w->sel->damaged(w->ctx, t, err);
	assay_tell_damaged_ticket(&text, t);
	assay_log(ASSAY_LOG_WARNING, "left out: %s", assay_buf_str(&text));
	return assay_buf_check(&text, err);
}

static assay_code each_named(assay_selection *sel, uint64_t after, walk *w, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; rc == ASSAY_OK && i < sel->id_count; i++) {
		ASSAY_AUTO_TICKET t = {0};

		if (sel->ids[i] <= after)
			continue;
		rc = assay_ticket_peek(sel->store, sel->ids[i], &t, err);
		if (rc == ASSAY_OK)
			rc = t.damaged ? visit_damaged(w, &t, err) : visit(w, &t, err);
	}
	return rc;
}

assay_code assay_selection_each(assay_selection *sel, uint64_t after, assay_ticket_fn *fn, void *ctx, assay_err *err)
{
	walk w = {.sel = sel, .fn = fn, .ctx = ctx};
	const uint32_t states =
	    sel->states != 0 || sel->ended || assay_opt(sel->in, "all") != NULL ? sel->states : ASSAY_TICKETS_OPEN;
	const assay_code rc =
	    sel->named ? each_named(sel, after, &w, err) : assay_tickets_in(sel->store, states, after, visit, &w, err);

	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}

assay_code assay_selection_each_left(assay_selection *sel, assay_ticket_fn *fn, void *ctx, assay_err *err)
{
	walk w = {.sel = sel, .fn = fn, .ctx = ctx};
	assay_selection left = *sel; /* borrows; filters are the same */
	assay_code rc;

	left.ids = sel->left;
	left.id_count = sel->left_count;
	w.sel = &left;
	rc = each_named(&left, 0, &w, err);
	sel->stages = left.stages; /* what it came to know on the way */
	return rc == ASSAY_ESTOP ? ASSAY_OK : rc;
}
