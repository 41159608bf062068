#include "graph.h"

#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

const char *assay_node_type_name(assay_node_type t)
{
	static const char *const names[ASSAY_NODE_TYPES] = {
	    [ASSAY_NODE_SOURCE] = "source",     [ASSAY_NODE_SIDECAR] = "sidecar", [ASSAY_NODE_RECIPE] = "recipe",
	    [ASSAY_NODE_FILE] = "file",         [ASSAY_NODE_UNIT] = "unit",       [ASSAY_NODE_SAMPLE] = "sample",
	    [ASSAY_NODE_ARTIFACT] = "artifact", [ASSAY_NODE_TICKET] = "ticket",   [ASSAY_NODE_CONTRACT] = "contract",
	    [ASSAY_NODE_VERSION] = "version",   [ASSAY_NODE_RUN] = "run",         [ASSAY_NODE_DECISION] = "decision",
	    [ASSAY_NODE_PERSON] = "person",
	};

	return names[t];
}

const char *assay_relation_name(assay_relation r)
{
	static const char *const names[ASSAY_RELATIONS] = {
	    [ASSAY_USED] = "used",
	    [ASSAY_GENERATED_BY] = "wasGeneratedBy",
	    [ASSAY_DERIVED_FROM] = "wasDerivedFrom",
	    [ASSAY_HAD_MEMBER] = "hadMember",
	    [ASSAY_ASSOCIATED] = "wasAssociatedWith",
	    [ASSAY_ATTRIBUTED] = "wasAttributedTo",
	    [ASSAY_INFORMED_BY] = "wasInformedBy",
	    [ASSAY_INFLUENCED_BY] = "wasInfluencedBy",
	};

	return names[r];
}

static void node_release(assay_node *n)
{
	char *const texts[] = {n->id, n->label, n->path, n->role, n->media, n->stage, n->text, n->reason};

	for (size_t i = 0; i < ASSAY_COUNT(texts); i++)
		free(texts[i]);
	assay_recipe_close(n->recipe);
	if (n->unit != NULL)
		assay_unit_release(n->unit);
	if (n->run != NULL)
		assay_run_release(n->run);
	free(n->unit);
	free(n->run);
}

void assay_graph_release(assay_graph *g)
{
	for (size_t i = 0; i < g->node_count; i++)
		node_release(&g->nodes[i]);
	free(g->nodes);
	free(g->edges);
	free(g->slots);
	free(g->edge_slots);
	*g = (assay_graph){0};
}

/* ---------------------------------------------------------------- finding */

/* FNV-1a (Fowler, Noll, Vo): these tables live for one command and hold no hostile keys in number. */
static size_t hash_bytes(const void *p, size_t n)
{
	const unsigned char *b = p;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29);
}

static size_t *node_slot(const assay_graph *g, size_t *slots, size_t count, const char *id)
{
	size_t at = hash_bytes(id, strlen(id)) & (count - 1);

	while (slots[at] != 0 && strcmp(g->nodes[slots[at] - 1].id, id) != 0)
		at = (at + 1) & (count - 1);
	return &slots[at];
}

static bool same_edge(const assay_edge *a, const assay_edge *b)
{
	return a->from == b->from && a->to == b->to && a->relation == b->relation;
}

static size_t *edge_slot(const assay_graph *g, size_t *slots, size_t count, const assay_edge *e)
{
	const size_t key[] = {e->from, e->to, (size_t)e->relation};
	size_t at = hash_bytes(key, sizeof key) & (count - 1);

	while (slots[at] != 0 && !same_edge(&g->edges[slots[at] - 1], e))
		at = (at + 1) & (count - 1);
	return &slots[at];
}

static assay_code more_slots(size_t count, size_t **next, size_t *next_count, assay_err *err)
{
	*next_count = count > 0 ? 2 * count : 64;
	*next = assay_alloc(*next_count, sizeof **next);
	return *next == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "graph") : ASSAY_OK;
}

static assay_code grow_nodes(assay_graph *g, assay_err *err)
{
	size_t *next, count;
	assay_code rc;

	if (2 * (g->node_count + 1) <= g->slot_count)
		return ASSAY_OK;
	rc = more_slots(g->slot_count, &next, &count, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < g->node_count; i++)
		*node_slot(g, next, count, g->nodes[i].id) = i + 1;
	free(g->slots);
	g->slots = next;
	g->slot_count = count;
	return ASSAY_OK;
}

static assay_code grow_edges(assay_graph *g, assay_err *err)
{
	size_t *next, count;
	assay_code rc;

	if (2 * (g->edge_count + 1) <= g->edge_slot_count)
		return ASSAY_OK;
	rc = more_slots(g->edge_slot_count, &next, &count, err);
	if (rc != ASSAY_OK)
		return rc;
	for (size_t i = 0; i < g->edge_count; i++)
		*edge_slot(g, next, count, &g->edges[i]) = i + 1;
	free(g->edge_slots);
	g->edge_slots = next;
	g->edge_slot_count = count;
	return ASSAY_OK;
}

size_t assay_graph_find(const assay_graph *g, const char *id)
{
	return g->slot_count > 0 ? *node_slot(g, g->slots, g->slot_count, id) - 1 : SIZE_MAX;
}

static int by_ends(const void *a, const void *b)
{
	const assay_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->relation != y->relation)
		return x->relation < y->relation ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

void assay_graph_sort(assay_graph *g)
{
	size_t at = 0;

	if (g->edge_count > 1)
		qsort(g->edges, g->edge_count, sizeof *g->edges, by_ends);
	for (size_t i = 0; i < g->node_count; i++) {
		g->nodes[i].edge_first = at;
		while (at < g->edge_count && g->edges[at].from == i)
			at++;
	}
}

const assay_node *assay_graph_next(const assay_graph *g, size_t from, assay_relation relation, size_t *edge)
{
	for (size_t i = g->nodes[from].edge_first + *edge; i < g->edge_count && g->edges[i].from == from; i++) {
		++*edge;
		if (g->edges[i].relation == relation)
			return &g->nodes[g->edges[i].to];
	}
	return NULL;
}

/* ---------------------------------------------------------------- adding */

assay_code assay_graph_node(assay_graph *g, assay_node_type type, const char *id, size_t *at, bool *fresh,
			    assay_err *err)
{
	size_t *slot;
	assay_code rc = grow_nodes(g, err);

	if (rc != ASSAY_OK)
		return rc;
	slot = node_slot(g, g->slots, g->slot_count, id);
	*fresh = *slot == 0;
	*at = *slot - 1;
	if (!*fresh)
		return ASSAY_OK;
	rc = assay_grow(&g->nodes, &g->node_cap, g->node_count, sizeof *g->nodes, err);
	if (rc != ASSAY_OK)
		return rc;
	g->nodes[g->node_count] = (assay_node){.type = type, .id = assay_strdup(id)};
	if (g->nodes[g->node_count].id == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	*at = g->node_count++;
	*slot = *at + 1;
	return ASSAY_OK;
}

assay_code assay_graph_edge(assay_graph *g, size_t from, assay_relation relation, size_t to, assay_err *err)
{
	const assay_edge e = {.from = from, .to = to, .relation = relation};
	size_t *slot;
	assay_code rc = grow_edges(g, err);

	if (rc != ASSAY_OK)
		return rc;
	slot = edge_slot(g, g->edge_slots, g->edge_slot_count, &e);
	if (*slot != 0)
		return ASSAY_OK;
	rc = assay_grow(&g->edges, &g->edge_cap, g->edge_count, sizeof *g->edges, err);
	if (rc != ASSAY_OK)
		return rc;
	g->edges[g->edge_count++] = e;
	*slot = g->edge_count;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- taking out */

assay_code assay_graph_keep(assay_graph *g, const bool *keep, assay_err *err)
{
	ASSAY_AUTO_FREE size_t *moved = assay_alloc(g->node_count, sizeof *moved);
	size_t nodes = 0, edges = 0;

	if (moved == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "graph");
	for (size_t i = 0; i < g->node_count; i++) {
		moved[i] = nodes;
		if (keep[i])
			g->nodes[nodes++] = g->nodes[i];
		else
			node_release(&g->nodes[i]);
	}
	for (size_t i = 0; i < g->edge_count; i++) {
		const assay_edge *e = &g->edges[i];

		if (keep[e->from] && keep[e->to])
			g->edges[edges++] = (assay_edge){moved[e->from], moved[e->to], e->relation};
	}
	g->node_count = nodes;
	g->edge_count = edges;
	return ASSAY_OK;
}
