/* Graphviz. Arrows lead with time, against the edges: from what was there to what was made of it. */
#include "graph.h"

#include "assay/sample.h"

#include <inttypes.h>

static const char *const shapes[ASSAY_NODE_TYPES] = {
    [ASSAY_NODE_SOURCE] = "note",    [ASSAY_NODE_SIDECAR] = "note",   [ASSAY_NODE_RECIPE] = "component",
    [ASSAY_NODE_FILE] = "component", [ASSAY_NODE_UNIT] = "box",       [ASSAY_NODE_RUN] = "house",
    [ASSAY_NODE_SAMPLE] = "ellipse", [ASSAY_NODE_ARTIFACT] = "note",  [ASSAY_NODE_TICKET] = "octagon",
    [ASSAY_NODE_CONTRACT] = "tab",   [ASSAY_NODE_VERSION] = "folder", [ASSAY_NODE_DECISION] = "diamond",
    [ASSAY_NODE_PERSON] = "egg",
};

/* In a quoted string of DOT only the quote and the backslash mean something. */
static void quote(assay_buf *out, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			assay_buf_putc(out, '\\');
		assay_buf_putc(out, (unsigned char)*text < 0x20 ? ' ' : *text);
	}
}

static void label_stages(assay_buf *out, const assay_recipe *r)
{
	for (size_t i = 0; i < r->step_count; i++) {
		assay_buf_puts(out, "\\n");
		quote(out, r->steps[i].stage);
		assay_buf_printf(out, " v%" PRIu32, r->steps[i].version);
	}
}

static void put_node(assay_buf *out, const assay_graph *g, size_t at)
{
	const assay_node *n = &g->nodes[at];
	char hex[ASSAY_DIGEST_HEX];

	assay_buf_printf(out, "  n%zu [shape=%s%s, label=\"%s ", at, shapes[n->type],
			 n->is_subject ? ", penwidth=2" : "", assay_node_type_name(n->type));
	quote(out, n->label);
	if (n->recipe != NULL)
		label_stages(out, n->recipe);
	if (n->type == ASSAY_NODE_SAMPLE && assay_outcome_name(n->outcome) != NULL)
		assay_buf_printf(out, "\\n%s", assay_outcome_name(n->outcome));
	if (!assay_digest_is_zero(&n->digest) && n->type != ASSAY_NODE_VERSION) /* whose label it is */
		assay_buf_printf(out, "\\nsha256:%.12s", assay_digest_hex(&n->digest, hex));
	assay_buf_puts(out, "\"];\n");
}

void assay_graph_dot(const assay_graph *g, assay_buf *out)
{
	assay_buf_puts(out, "digraph lineage {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n");
	for (size_t i = 0; i < g->node_count; i++)
		put_node(out, g, i);
	for (size_t i = 0; i < g->edge_count; i++)
		assay_buf_printf(out, "  n%zu -> n%zu [tooltip=\"%s\"];\n", g->edges[i].to, g->edges[i].from,
				 assay_relation_name(g->edges[i].relation));
	assay_buf_puts(out, "}\n");
}
