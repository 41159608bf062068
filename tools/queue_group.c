#include "queue_group.h"

#include "queue_lane.h"
#include "queue_ticket.h"

#include "assay/config.h"
#include "assay/file.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tickets that have a name in common; NULL: those that have none of the kind. */
typedef struct group {
	char *name;
	uint64_t tickets, oldest, seen; /* seen: the ticket that was counted last */
	int64_t oldest_ns;
} group;

typedef struct grouping {
	assay_selection *sel;
	const char *key;      /* of metadata */
	assay_config *config; /* of lanes; NULL: they are not asked for */
	group *groups;        /* open hashing: `room` places, a power of two */
	size_t count, room;
	const assay_ticket *ticket; /* that is being counted */
	bool counted;
} grouping;

static void grouping_release(grouping *g)
{
	for (size_t i = 0; i < g->room; i++)
		free(g->groups[i].name);
	free(g->groups);
	assay_config_close(g->config);
}

/* FNV-1a: names of groups are those of one store, and nothing but the time to look them up comes of it. */
static size_t place(const group *groups, size_t room, const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);
	size_t at;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	for (at = (size_t)h & (room - 1); groups[at].name != NULL && strcmp(groups[at].name, name) != 0;)
		at = (at + 1) & (room - 1);
	return at;
}

static assay_code make_room(grouping *g, assay_err *err)
{
	const size_t room = g->room > 0 ? 2 * g->room : 64;
	group *wider;

	if (2 * g->count < g->room)
		return ASSAY_OK;
	wider = assay_alloc(room, sizeof *wider);
	if (wider == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "groups");
	for (size_t i = 0; i < g->room; i++)
		if (g->groups[i].name != NULL)
			wider[place(wider, room, g->groups[i].name)] = g->groups[i];
	free(g->groups);
	g->groups = wider;
	g->room = room;
	return ASSAY_OK;
}

/* "" is the group of those that have no name: no name is empty. */
static assay_code count_in(void *ctx, const char *name, assay_err *err)
{
	grouping *g = ctx;
	const assay_ticket *t = g->ticket;
	group *at;
	assay_code rc = make_room(g, err);

	g->counted = true;
	if (rc != ASSAY_OK)
		return rc;
	at = &g->groups[place(g->groups, g->room, name)];
	if (at->name == NULL) {
		*at = (group){.name = assay_strdup(name)};
		if (at->name == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "group");
		g->count++;
	}
	if (at->seen == t->id) /* two of its checks share a name */
		return ASSAY_OK;
	at->seen = t->id;
	if (at->tickets++ == 0 || t->opened_ns < at->oldest_ns) {
		at->oldest = t->id;
		at->oldest_ns = t->opened_ns;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- what a ticket is counted under */

static assay_code by_check(grouping *g, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SAMPLE_ROW stands = {0};
	assay_code rc = assay_ticket_standing(&stands, g->sel->store, t, err);

	for (size_t i = 0; rc == ASSAY_OK && i < t->check_count; i++)
		rc = count_in(g, t->checks[i].check_id, err);
	for (size_t i = 0; rc == ASSAY_OK && i < stands.check_count; i++)
		rc = count_in(g, stands.checks[i].check_id, err);
	return rc;
}

static assay_code by_stage(grouping *g, const assay_ticket *t, assay_err *err)
{
	return assay_ticket_stages_each(&g->sel->stages, t, count_in, g, err);
}

static assay_code count_name(grouping *g, const char *name, assay_err *err)
{
	return name != NULL ? count_in(g, name, err) : ASSAY_OK;
}

static assay_code by_failure(grouping *g, const assay_ticket *t, assay_err *err)
{
	return t->failure != ASSAY_FAILURE_NONE ? count_name(g, assay_failure_name(t->failure), err) : ASSAY_OK;
}

static assay_code by_state(grouping *g, const assay_ticket *t, assay_err *err)
{
	return count_name(g, assay_ticket_state_name(t->state), err);
}

static assay_code by_origin(grouping *g, const assay_ticket *t, assay_err *err)
{
	return count_name(g, assay_ticket_origin_name(t->origin), err);
}

static assay_code count_tried(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	return count_name(ctx, x->attempt->remedy, err);
}

static assay_code by_remedy(grouping *g, const assay_ticket *t, assay_err *err)
{
	return assay_ticket_tried_each(g->sel->store, t, count_tried, g, err);
}

static assay_code by_kind(grouping *g, const assay_ticket *t, assay_err *err)
{
	const char *kind;
	const assay_code rc = assay_ticket_kind(&kind, g->sel->store, t, err);

	return rc == ASSAY_OK ? count_name(g, kind, err) : rc;
}

static assay_code by_source(grouping *g, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	const assay_code rc = assay_ticket_path(&path, t, err);

	return rc == ASSAY_OK ? count_in(g, path, err) : rc;
}

static assay_code find_source(assay_source *out, grouping *g, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	const assay_code rc = assay_ticket_path(&path, t, err);

	return rc == ASSAY_OK ? assay_source_find(g->sel->store, path, out, err) : rc;
}

static assay_code by_modality(grouping *g, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = find_source(&src, g, t, err);

	if (rc != ASSAY_OK)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	return count_name(g, assay_modality_name((unsigned)src.modality), err);
}

static assay_code by_lane(grouping *g, const assay_ticket *t, assay_err *err)
{
	const char *lane;
	const assay_code rc = assay_ticket_lane(&lane, g->config, &g->sel->stages, t, err);

	return rc == ASSAY_OK ? count_name(g, lane, err) : rc;
}

static assay_code by_metadata(grouping *g, const assay_ticket *t, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_code rc = find_source(&src, g, t, err);

	for (size_t i = 0; rc == ASSAY_OK && i < src.metadata_count; i++)
		if (strcmp(src.metadata_keys[i], g->key) == 0)
			rc = count_in(g, src.metadata_values[i], err);
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

typedef assay_code by_fn(grouping *g, const assay_ticket *t, assay_err *err);

static const struct {
	const char *name;
	by_fn *by;
} ways[] = {{"check", by_check},   {"stage", by_stage}, {"failure", by_failure},   {"modality", by_modality},
	    {"kind", by_kind},     {"state", by_state}, {"source", by_source},     {"origin", by_origin},
	    {"remedy", by_remedy}, {"lane", by_lane},   {"metadata:", by_metadata}};

static assay_code choose(by_fn **out, grouping *g, const char *by, assay_err *err)
{
	static const char metadata[] = "metadata:";
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, by);
	for (size_t i = 0; i < ASSAY_COUNT(ways); i++) {
		const bool named = ways[i].by == by_metadata && strncmp(by, metadata, strlen(metadata)) == 0 &&
				   by[strlen(metadata)] != '\0';

		if (named)
			g->key = by + strlen(metadata);
		if (named || (strcmp(ways[i].name, by) == 0 && ways[i].by != by_metadata)) {
			*out = ways[i].by;
			return ASSAY_OK;
		}
		if (strcmp(ways[i].name, by) != 0) /* "metadata:" lacks its name */
			assay_suggest_offer(&near, ways[i].name);
	}
	return ASSAY_RAISE(err, ASSAY_EUSAGE,
			   "%s: --group: '%s' is not check, stage, failure, modality, kind, state, origin, remedy, "
			   "lane, source or metadata:NAME%s",
			   g->sel->in->title, by, assay_suggest_text(&near, hint, sizeof hint));
}

/* ---------------------------------------------------------------- counting and telling */

typedef struct counting {
	grouping *g;
	by_fn *by;
} counting;

static assay_code count_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	const counting *c = ctx;
	assay_code rc;

	c->g->ticket = t;
	c->g->counted = false;
	rc = c->by(c->g, t, err);
	return rc == ASSAY_OK && !c->g->counted ? count_in(c->g, "", err) : rc;
}

/* The largest first; names that are not there last among equals. */
static int cmp_groups(const void *x, const void *y)
{
	const group *a = x, *b = y;

	if (a->name == NULL || b->name == NULL)
		return (a->name == NULL) - (b->name == NULL);
	if (a->tickets != b->tickets)
		return a->tickets > b->tickets ? -1 : 1;
	if ((a->name[0] == '\0') != (b->name[0] == '\0'))
		return a->name[0] == '\0' ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void tell_group(assay_report *r, const group *at, bool json)
{
	char id[24], oldest[32];

	(void)snprintf(id, sizeof id, "T%" PRIu64, at->oldest);
	if (!json) {
		assay_say("%7" PRIu64 "  %-40s  oldest %s %s\n", at->tickets, at->name[0] != '\0' ? at->name : "-", id,
			  assay_tell_time(at->oldest_ns, oldest));
		return;
	}
	assay_json_object(&r->json);
	assay_json_kstr(&r->json, "group", at->name[0] != '\0' ? at->name : NULL);
	assay_json_kuint(&r->json, "tickets", at->tickets);
	assay_json_key(&r->json, "oldest");
	assay_json_object(&r->json);
	assay_json_kstr(&r->json, "id", id);
	assay_json_ktime(&r->json, "opened", at->oldest_ns);
	assay_json_end(&r->json);
	assay_json_end(&r->json);
}

assay_code assay_selection_group(assay_selection *sel, const char *by, assay_err *err)
{
	ASSAY_CLEANUP(grouping_release) grouping g = {.sel = sel};
	ASSAY_AUTO_REPORT r;
	counting c = {.g = &g};
	ASSAY_AUTO_FD rootfd = -1;
	assay_code rc;

	assay_report_init(&r);
	rc = choose(&c.by, &g, by, err);
	if (rc == ASSAY_OK && c.by == by_lane)
		rc = assay_load_config(sel->in, &g.config, &rootfd, err);
	if (rc == ASSAY_OK)
		rc = assay_selection_each(sel, 0, count_ticket, &c, err);
	if (rc != ASSAY_OK)
		return rc;
	if (g.room > 0)
		qsort(g.groups, g.room, sizeof *g.groups, cmp_groups);
	assay_json_array(&r.json);
	for (size_t i = 0; i < g.count; i++)
		tell_group(&r, &g.groups[i], sel->in->json);
	assay_json_end(&r.json);
	if (sel->in->json)
		return assay_report_print(&r, err);
	if (g.count == 0)
		(void)fputs("assay: no ticket matches\n", stderr);
	return ASSAY_OK;
}
