#include "verbs.h"

#include "graph.h"
#include "trace.h"

#include "assay/suggest.h"

#include <string.h>

static const assay_option options[] = {
    {"upstream", 0, NULL, "only what it came from"},
    {"downstream", 0, NULL, "only what came of it, past versions included"},
    {"format", 0, "text|json|dot|prov", "dot is for Graphviz, prov is W3C PROV-JSON"},
    {NULL, 0, NULL, NULL},
};

typedef assay_code tell_fn(const assay_graph *g, assay_err *err);

static assay_code tell_text(const assay_graph *g, assay_err *err)
{
	(void)err;
	assay_graph_say(g);
	return ASSAY_OK;
}

static assay_code tell_json(const assay_graph *g, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	assay_graph_json(g, &r.json);
	return assay_report_print(&r, err);
}

static assay_code tell_prov(const assay_graph *g, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	assay_graph_prov(g, &r.json);
	return assay_report_print(&r, err);
}

static assay_code tell_dot(const assay_graph *g, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	assay_graph_dot(g, &r.text);
	return assay_report_flush(&r, err);
}

static const struct {
	const char *name;
	tell_fn *tell;
} formats[] = {{"text", tell_text}, {"json", tell_json}, {"dot", tell_dot}, {"prov", tell_prov}};

static assay_code parse_format(const assay_invocation *in, tell_fn **out, assay_err *err)
{
	const char *name = assay_opt(in, "format");
	assay_suggest near;
	char hint[80];

	*out = in->json ? tell_json : tell_text;
	if (name == NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, name);
	for (size_t i = 0; i < ASSAY_COUNT(formats); i++) {
		assay_suggest_offer(&near, formats[i].name);
		if (strcmp(formats[i].name, name) != 0)
			continue;
		*out = formats[i].tell;
		if (in->json && *out != tell_json)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "lineage: --json and --format %s do not go together",
					   name);
		return ASSAY_OK;
	}
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "lineage: --format: '%s' is none of text, json, dot, prov%s", name,
			   assay_suggest_text(&near, hint, sizeof hint));
}

static int run(const assay_invocation *in, assay_err *err)
{
	const bool up = assay_opt(in, "upstream") != NULL, down = assay_opt(in, "downstream") != NULL;
	const assay_trace_opts o = {.upstream = up || !down, .downstream = down || !up};
	ASSAY_AUTO_STORE s = NULL;
	ASSAY_AUTO_GRAPH g = {0};
	tell_fn *tell;
	assay_code rc;

	ASSAY_TRY(parse_format(in, &tell, err));
	ASSAY_TRY(assay_open_store(in, &s, false, false, err));
	ASSAY_TRY(assay_trace(&g, s, in->args[0], &o, err));
	ASSAY_TRY(tell(&g, err));
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_lineage = {
    .name = "lineage",
    .group = ASSAY_GROUP_ASK,
    .operands = "ENTITY",
    .min_args = 1,
    .max_args = 1,
    .summary = "what it was made from, and what was made of it",
    .help =
	"ENTITY is a sample, the path of a source, a version (or its tag), or a digest (8 digits or more of it, with\n"
	"or without 'sha256:') of an artifact, recipe, contract, source, sidecar or model file, or a work key.\n"
	"Past states and versions are included, and sources that are no longer there.\n"
	"json is an object of nodes and edges; every edge leads from what came later to what it came from and is\n"
	"named as in W3C PROV.\n",
    .example =
	"  assay lineage scans/a.tif#page=3 --upstream\n"
	"  assay lineage scans/a.tif --downstream --format json | jq -r '.nodes[] | select(.type==\"version\").id'\n"
	"  assay lineage sha256:1f3870be --format dot | dot -Tsvg > lineage.svg\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .see_also = "why, show",
    .run = run,
};
