/**
 * What `assay lineage` tells, as a graph of entities and activities; trace.c fills it from a store, and the formats
 * (lineage.c, prov.c) only read it. Nodes stand in the order in which they were found.
 */
#ifndef ASSAY_GRAPH_H
#define ASSAY_GRAPH_H

#include "tell.h"

#include "assay/recipe.h"
#include "assay/run.h"
#include "assay/unit.h"

typedef enum assay_node_type {
	ASSAY_NODE_SOURCE = 1, /* bytes that were found under a path */
	ASSAY_NODE_SIDECAR,    /* bytes that were found beside them */
	ASSAY_NODE_RECIPE,
	ASSAY_NODE_FILE, /* a model or font of a recipe */
	ASSAY_NODE_UNIT, /* the activity: a recipe applied to a source and its sidecars */
	ASSAY_NODE_RUN,  /* the agent: when, where and with what units were done */
	ASSAY_NODE_SAMPLE,
	ASSAY_NODE_ARTIFACT,
	ASSAY_NODE_TICKET,
	ASSAY_NODE_CONTRACT,
	ASSAY_NODE_VERSION,
	ASSAY_NODE_DECISION, /* the activity of a person: what was decided about a sample or source */
	ASSAY_NODE_PERSON,   /* the agent */
	ASSAY_NODE_TYPES
} assay_node_type;

/** "source", "unit"… as JSON and people see them. */
const char *assay_node_type_name(assay_node_type t);

typedef struct assay_node {
	assay_node_type type;
	char *id;            /* unique and stable: "source:scans/a.tif@sha256:…" */
	char *label;         /* short, for people */
	assay_digest digest; /* of the bytes or the record; zero where there is none */
	bool is_subject;     /* it is what was asked for */
	size_t edge_first;   /* after assay_graph_sort: where its edges begin */
	/* By type: */
	char *path;           /* SOURCE, SIDECAR: escaped path, NULL when it is not known; SAMPLE: its key */
	char *role, *media;   /* SIDECAR, FILE, ARTIFACT; DECISION: its kind */
	bool missing;         /* SOURCE: not there at the last run. SAMPLE: not part of the dataset now */
	bool is_past;         /* SOURCE, SAMPLE: the path has other bytes now, the sample was made anew since; UNIT: an
				   attempt that counts no more */
	assay_recipe *recipe; /* RECIPE */
	assay_unit *unit;     /* UNIT; its samples' measurements are there too */
	assay_run *run;       /* RUN; NULL when its record is not there */
	uint32_t kind, outcome; /* SAMPLE; outcome 0 when it stands no more */
	uint64_t size;          /* ARTIFACT */
	char *stage;            /* ARTIFACT: that made it */
	uint64_t number;        /* TICKET, RUN, DECISION */
	char *text;    /* TICKET: state and what is wrong. CONTRACT: its version. VERSION: its counts. DECISION:
				   what it says. SOURCE: name of the file that stands in its place, or stood there
				   (is_past), else NULL. UNIT: of
				   a past attempt the way that was tried and its outcome, else NULL */
	char *reason;  /* DECISION: "" when none was given */
	int64_t at_ns; /* VERSION, TICKET, DECISION */
} assay_node;

/** What one node has to do with another; the names are W3C PROV's. */
typedef enum assay_relation {
	ASSAY_USED = 1,      /* unit -> source, sidecar, recipe; recipe -> file; version -> recipe, contract */
	ASSAY_GENERATED_BY,  /* sample, artifact, ticket -> unit; what a person handed in -> decision */
	ASSAY_DERIVED_FROM,  /* sample -> source; artifact -> sample; version -> the version before it */
	ASSAY_HAD_MEMBER,    /* version -> sample */
	ASSAY_ASSOCIATED,    /* unit -> run; decision -> person */
	ASSAY_ATTRIBUTED,    /* version -> run */
	ASSAY_INFORMED_BY,   /* attempt at repair -> unit that failed; unit -> decision that it took in */
	ASSAY_INFLUENCED_BY, /* sample, ticket -> decision */
	ASSAY_RELATIONS
} assay_relation;

const char *assay_relation_name(assay_relation r);

typedef struct assay_edge {
	size_t from, to; /* positions of nodes */
	assay_relation relation;
} assay_edge;

typedef struct assay_graph {
	assay_node *nodes;
	size_t node_count, node_cap;
	assay_edge *edges;
	size_t edge_count, edge_cap;
	size_t *slots; /* positions + 1 by hash of the id; slot_count is a power of two */
	size_t slot_count;
	size_t *edge_slots; /* the same for edges */
	size_t edge_slot_count;
} assay_graph;

void assay_graph_release(assay_graph *g);
#define ASSAY_AUTO_GRAPH ASSAY_CLEANUP(assay_graph_release) assay_graph

/**
 * The node of that id, made when it is not there.
 * @param at    [out] its position; pointers into g->nodes last until the next node is made
 * @param fresh [out] it was made now: the caller fills it
 */
ASSAY_NODISCARD assay_code assay_graph_node(assay_graph *g, assay_node_type type, const char *id, size_t *at,
					    bool *fresh, assay_err *err);
/** An edge; the same one again changes nothing. */
ASSAY_NODISCARD assay_code assay_graph_edge(assay_graph *g, size_t from, assay_relation relation, size_t to,
					    assay_err *err);
/** Position of the node of that id, SIZE_MAX when there is none. */
size_t assay_graph_find(const assay_graph *g, const char *id);
/** Keep the nodes for which keep is true, and the edges between them. Nothing is added after. */
ASSAY_NODISCARD assay_code assay_graph_keep(assay_graph *g, const bool *keep, assay_err *err);
/** Bring the edges into the order of the nodes that they leave, then of those that they reach. Nothing is added after. */
void assay_graph_sort(assay_graph *g);
/** The next node that `from` leads to by that relation, *edge counting on from 0; NULL when there is none left. */
const assay_node *assay_graph_next(const assay_graph *g, size_t from, assay_relation relation, size_t *edge);

/* Formats; the graph is sorted. */
void assay_graph_say(const assay_graph *g);
void assay_graph_json(const assay_graph *g, assay_json *j);
void assay_graph_dot(const assay_graph *g, assay_buf *out);
void assay_graph_prov(const assay_graph *g, assay_json *j);

#endif
