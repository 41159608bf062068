/* Lineage for people: what was asked for, then what it came from and what came of it, a paragraph per type of thing. */
#include "graph.h"
#include "tell_recipe.h"

#include "assay/sample.h"
#include "assay/sandbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef void say_fn(const assay_graph *g, size_t at);

static void say_digest(const assay_node *n)
{
	char hex[ASSAY_DIGEST_HEX];

	if (!assay_digest_is_zero(&n->digest))
		assay_say("          sha256:%s\n", assay_digest_hex(&n->digest, hex));
}

static void say_head(const assay_node *n)
{
	assay_say("%-9s %s", assay_node_type_name(n->type), n->label);
}

static void say_source(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];

	say_head(n);
	if (n->text != NULL)
		assay_say(": in its place %s%s\n", n->is_past ? "stood " : "", n->text);
	else
		assay_say("%s\n", n->missing ? " (missing now)" : n->is_past ? " (as it was before)" : "");
	say_digest(n);
}

static void say_sidecar(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];

	assay_say("sidecar   %s%s%s\n", n->role, n->path != NULL ? " " : "", n->path != NULL ? n->path : "");
	say_digest(n);
}

static void say_recipe(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];

	say_head(n);
	assay_say("\n");
	say_digest(n);
	for (size_t i = 0; i < n->recipe->step_count; i++)
		assay_say_step("", &n->recipe->steps[i]);
}

static void say_file(const assay_graph *g, size_t at)
{
	assay_say("%-9s %s\n", g->nodes[at].role, g->nodes[at].label);
	say_digest(&g->nodes[at]);
}

static void say_cost(const assay_unit *u)
{
	assay_say("          %" PRIu64 ".%02" PRIu64 " s CPU, %" PRIu64 ".%02" PRIu64 " s, %" PRIu64 " MiB, %" PRIu32
		  " attempt%s\n",
		  u->cpu_us / 1000000, u->cpu_us / 10000 % 100, u->wall_us / 1000000, u->wall_us / 10000 % 100,
		  u->max_rss_kib >> 10, u->attempts, u->attempts == 1 ? "" : "s");
}

static void say_unit(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at], *run, *used;
	size_t edge = 0;
	char hex[ASSAY_DIGEST_HEX];

	if (n->is_past) {
		assay_say("tried     sha256:%.12s by %s, which counts no more\n", assay_digest_hex(&n->digest, hex),
			  n->text);
		return;
	}
	assay_say("unit      sha256:%s\n", assay_digest_hex(&n->digest, hex));
	assay_say("          %s", n->label);
	while ((used = assay_graph_next(g, at, ASSAY_USED, &edge)) != NULL)
		if (used->type == ASSAY_NODE_SOURCE)
			assay_say(" of %s", used->label);
	if (n->unit->result.failure != ASSAY_FAILURE_NONE)
		assay_say(", failed: %s", assay_failure_name(n->unit->result.failure));
	edge = 0;
	run = assay_graph_next(g, at, ASSAY_ASSOCIATED, &edge);
	assay_say(", done by run %s\n", run != NULL ? run->label : "-");
	say_cost(n->unit);
}

static void say_run(const assay_graph *g, size_t at)
{
	const assay_run *r = g->nodes[at].run;
	char time[32], layers[96];

	say_head(&g->nodes[at]);
	if (r == NULL) {
		assay_say("\n");
		return;
	}
	assay_say(", %s\n", assay_tell_time(r->started_ns, time));
	assay_say("          assay %s on %s, %zu libraries recorded\n", r->program, r->host, r->library_count);
	if (!assay_run_had_workers(r))
		return;
	assay_say("          cpu %s\n", r->cpu_features);
	assay_say("          sandbox %s\n", assay_sandbox_layers_text(r->sandbox, layers, sizeof layers));
}

static void say_sample(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at], *unit;
	const char *outcome = assay_outcome_name(n->outcome);
	size_t edge = 0;
	char hex[ASSAY_DIGEST_HEX];

	say_head(n);
	assay_say(" (%s), %s\n", assay_sample_kind_name(n->kind),
		  n->is_past        ? "as it was before"
		  : n->missing      ? "no longer part of the dataset"
		  : outcome != NULL ? outcome
				    : "not judged");
	unit = assay_graph_next(g, at, ASSAY_GENERATED_BY, &edge);
	if (unit != NULL)
		assay_say("          by unit sha256:%.12s\n", assay_digest_hex(&unit->digest, hex));
}

static void say_artifact(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at], *sample;
	size_t edge = 0;

	say_head(n);
	assay_say(" (%s, %" PRIu64 " bytes) by %s\n", n->media, n->size, n->stage);
	say_digest(n);
	while ((sample = assay_graph_next(g, at, ASSAY_DERIVED_FROM, &edge)) != NULL)
		assay_say("          of %s\n", sample->label);
}

static void say_ticket(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];

	say_head(n);
	assay_say(" %s\n", n->text);
}

static void say_contract(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];

	say_head(n);
	assay_say(" version %s\n", n->text);
	say_digest(n);
}

static void say_decision(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];
	char time[32];

	say_head(n);
	assay_say(" %s\n", n->text);
	if (n->reason != NULL && n->reason[0] != '\0')
		assay_say("          %s\n", n->reason);
	assay_say("          %s\n", assay_tell_time(n->at_ns, time));
}

static void say_version(const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];
	char hex[ASSAY_DIGEST_HEX], time[32];
	size_t edge = 0, members = 0;

	assay_say("version   sha256:%s\n", assay_digest_hex(&n->digest, hex));
	assay_say("          made %s; %s\n", assay_tell_time(n->at_ns, time), n->text);
	while (assay_graph_next(g, at, ASSAY_HAD_MEMBER, &edge) != NULL)
		members++;
	edge = 0;
	/* Of one sample it is clear which; of several it is said. */
	for (const assay_node *m; members > 0 && (m = assay_graph_next(g, at, ASSAY_HAD_MEMBER, &edge)) != NULL;)
		assay_say("          holds %s%s\n", m->label, m->is_past ? " as it was before" : "");
}

static say_fn *const says[ASSAY_NODE_TYPES] = {
    [ASSAY_NODE_SOURCE] = say_source,     [ASSAY_NODE_SIDECAR] = say_sidecar,   [ASSAY_NODE_RECIPE] = say_recipe,
    [ASSAY_NODE_FILE] = say_file,         [ASSAY_NODE_UNIT] = say_unit,         [ASSAY_NODE_RUN] = say_run,
    [ASSAY_NODE_SAMPLE] = say_sample,     [ASSAY_NODE_ARTIFACT] = say_artifact, [ASSAY_NODE_TICKET] = say_ticket,
    [ASSAY_NODE_CONTRACT] = say_contract, [ASSAY_NODE_VERSION] = say_version,   [ASSAY_NODE_DECISION] = say_decision,
};

void assay_graph_say(const assay_graph *g)
{
	for (size_t i = 0; i < g->node_count; i++)
		if (g->nodes[i].is_subject)
			says[g->nodes[i].type](g, i);
	for (unsigned type = 1; type < ASSAY_NODE_TYPES; type++)
		for (size_t i = 0; i < g->node_count; i++)
			if (g->nodes[i].type == type && type != ASSAY_NODE_FILE && says[type] != NULL &&
			    !g->nodes[i].is_subject)
				says[type](g, i); /* files stand with their recipe, people with what they decided */
}
