/*
 * {"nodes": [{"id", "type", "label", "digest", "subject", ...}], "edges": [{"from", "relation", "to"}]}
 *
 * Every edge leads from what came later to what it came from; relations are named as in W3C PROV. By type a node has:
 *   source    path, missing, past          sidecar   role, path            recipe    modality, steps
 *   file      role, name                   contract  version               ticket    ticket, opened, text
 *   unit      work_key, part, failure, finished, cpu_us, wall_us, max_rss_kib, attempts, past, tried (of a past one)
 *   run       verb, started, ended, program, host, cpu_features, sandbox, libraries
 *   sample    key, kind, outcome, missing, past
 *   artifact  role, media, size, stage     version   at, counts
 *   decision  decision, kind, at, text, reason                             person    label alone
 * Of a file that stands in place of a source `in_place` is its name.
 * Members are added over time, never renamed or taken away.
 */
#include "graph.h"
#include "tell_recipe.h"

#include "assay/sandbox.h"

#include <inttypes.h>
#include <stdio.h>

typedef void json_fn(assay_json *j, const assay_node *n);

static void json_source(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "path", n->path);
	assay_json_kbool(j, "missing", n->missing);
	assay_json_kbool(j, "past", n->is_past);
	if (n->text != NULL)
		assay_json_kstr(j, "in_place", n->text);
}

static void json_sidecar(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "role", n->role);
	assay_json_kstr(j, "path", n->path);
}

static void json_recipe(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "modality", assay_modality_name(n->recipe->modality));
	assay_json_steps(j, "steps", n->recipe);
}

static void json_file(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "role", n->role);
	assay_json_kstr(j, "name", n->label);
}

static void json_unit(assay_json *j, const assay_node *n)
{
	const assay_unit *u = n->unit;

	assay_json_kdigest(j, "work_key", &u->work_key);
	assay_json_kstr(j, "part", u->part);
	assay_json_kstr(j, "failure",
			u->result.failure != ASSAY_FAILURE_NONE ? assay_failure_name(u->result.failure) : NULL);
	assay_json_ktime(j, "finished", u->finished_ns);
	assay_json_kuint(j, "cpu_us", u->cpu_us);
	assay_json_kuint(j, "wall_us", u->wall_us);
	assay_json_kuint(j, "max_rss_kib", u->max_rss_kib);
	assay_json_kuint(j, "attempts", u->attempts);
	assay_json_kbool(j, "past", n->is_past);
	assay_json_kstr(j, "tried", n->text);
}

static void json_run(assay_json *j, const assay_node *n)
{
	const assay_run *r = n->run;
	char layers[96];

	if (r == NULL)
		return;
	assay_json_kstr(j, "verb", r->verb);
	assay_json_ktime(j, "started", r->started_ns);
	assay_json_ktime(j, "ended", r->ended_ns);
	assay_json_kstr(j, "program", r->program);
	assay_json_kstr(j, "host", r->host);
	assay_json_kstr(j, "cpu_features", r->cpu_features);
	assay_json_kstr(j, "sandbox",
			assay_run_had_workers(r) ? assay_sandbox_layers_text(r->sandbox, layers, sizeof layers) : NULL);
	assay_json_key(j, "libraries");
	assay_json_array(j);
	for (size_t i = 0; i < r->library_count; i++)
		assay_json_str(j, r->libraries[i]);
	assay_json_end(j);
}

static void json_sample(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "key", n->path);
	assay_json_kstr(j, "kind", assay_sample_kind_name(n->kind));
	assay_json_kstr(j, "outcome", assay_outcome_name(n->outcome));
	assay_json_kbool(j, "missing", n->missing);
	assay_json_kbool(j, "past", n->is_past);
}

static void json_artifact(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "role", n->role);
	assay_json_kstr(j, "media", n->media);
	assay_json_kuint(j, "size", n->size);
	assay_json_kstr(j, "stage", n->stage);
}

static void json_ticket(assay_json *j, const assay_node *n)
{
	char id[24];

	(void)snprintf(id, sizeof id, "T%" PRIu64, n->number);
	assay_json_kstr(j, "ticket", id);
	assay_json_ktime(j, "opened", n->at_ns);
	assay_json_kstr(j, "text", n->text);
}

static void json_contract(assay_json *j, const assay_node *n)
{
	assay_json_kstr(j, "version", n->text);
}

static void json_version(assay_json *j, const assay_node *n)
{
	assay_json_ktime(j, "at", n->at_ns);
	assay_json_kstr(j, "counts", n->text);
}

static void json_decision(assay_json *j, const assay_node *n)
{
	assay_json_kuint(j, "decision", n->number);
	assay_json_kstr(j, "kind", n->role);
	assay_json_ktime(j, "at", n->at_ns);
	assay_json_kstr(j, "text", n->text);
	assay_json_kstr(j, "reason", n->reason);
}

static void json_person(assay_json *j, const assay_node *n)
{
	(void)j;
	(void)n;
}

static json_fn *const members[ASSAY_NODE_TYPES] = {
    [ASSAY_NODE_SOURCE] = json_source,     [ASSAY_NODE_SIDECAR] = json_sidecar,   [ASSAY_NODE_RECIPE] = json_recipe,
    [ASSAY_NODE_FILE] = json_file,         [ASSAY_NODE_UNIT] = json_unit,         [ASSAY_NODE_RUN] = json_run,
    [ASSAY_NODE_SAMPLE] = json_sample,     [ASSAY_NODE_ARTIFACT] = json_artifact, [ASSAY_NODE_TICKET] = json_ticket,
    [ASSAY_NODE_CONTRACT] = json_contract, [ASSAY_NODE_VERSION] = json_version,   [ASSAY_NODE_DECISION] = json_decision,
    [ASSAY_NODE_PERSON] = json_person,
};

static void json_node(assay_json *j, const assay_node *n)
{
	assay_json_object(j);
	assay_json_kstr(j, "id", n->id);
	assay_json_kstr(j, "type", assay_node_type_name(n->type));
	assay_json_kstr(j, "label", n->label);
	assay_json_kdigest(j, "digest", assay_digest_is_zero(&n->digest) ? NULL : &n->digest);
	assay_json_kbool(j, "subject", n->is_subject);
	members[n->type](j, n);
	assay_json_end(j);
}

void assay_graph_json(const assay_graph *g, assay_json *j)
{
	assay_json_object(j);
	assay_json_key(j, "nodes");
	assay_json_array(j);
	for (size_t i = 0; i < g->node_count; i++)
		json_node(j, &g->nodes[i]);
	assay_json_end(j);
	assay_json_key(j, "edges");
	assay_json_array(j);
	for (size_t i = 0; i < g->edge_count; i++) {
		const assay_edge *e = &g->edges[i];

		assay_json_object(j);
		assay_json_kstr(j, "from", g->nodes[e->from].id);
		assay_json_kstr(j, "relation", assay_relation_name(e->relation));
		assay_json_kstr(j, "to", g->nodes[e->to].id);
		assay_json_end(j);
	}
	assay_json_end(j);
	assay_json_end(j);
}
