/* `lanes`: rules that say who gets a ticket. */
#include "config_loader.h"

#include "assay/memory.h"
#include "assay/registry.h"
#include "assay/suggest.h"

#include <stdlib.h>
#include <string.h>

typedef const char *name_fn(unsigned n);

/* The number of a name among 1..max that is the value of a key; 0 when it is not there, or wrong (a finding). */
static unsigned read_name_of(config_loader *l, const assay_yaml_node *n, const char *what, name_fn *name, unsigned max)
{
	const char *text = config_text(n);
	assay_suggest s;
	char hint[160];

	if (n == NULL)
		return 0;
	assay_suggest_init(&s, text ? text : "");
	for (unsigned i = 1; i <= max; i++) {
		if (text != NULL && name(i) != NULL && strcmp(name(i), text) == 0)
			return i;
		if (name(i) != NULL)
			assay_suggest_offer(&s, name(i));
	}
	CONFIG_ERROR(l, n, "there is no %s '%s'%s", what, text ? text : "", assay_suggest_text(&s, hint, sizeof hint));
	return 0;
}

/* One text or a list of them. */
static assay_code read_texts(config_loader *l, const assay_yaml_node *n, char ***out, size_t *count)
{
	const bool is_list = n != NULL && n->type == ASSAY_YAML_SEQUENCE;
	const size_t all = n == NULL ? 0 : is_list ? n->count : 1;

	*out = assay_alloc(all, sizeof **out);
	if (*out == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < all; i++) {
		const assay_yaml_node *at = is_list ? &n->children[i] : n;
		const char *text = config_text(at);

		if (text == NULL || *text == '\0') {
			CONFIG_ERROR(l, at, "'%s' is a name or a list of names", n->key);
			continue;
		}
		(*out)[*count] = assay_strdup(text);
		if ((*out)[*count] == NULL)
			return CONFIG_ENOMEM(l);
		++*count;
	}
	if (is_list && all == 0)
		CONFIG_ERROR(l, n, "'%s' is empty: no ticket fits", n->key);
	return ASSAY_OK;
}

static assay_code read_stages(config_loader *l, const assay_yaml_node *n, assay_lane *out)
{
	const assay_code rc = read_texts(l, n, &out->stages, &out->stage_count);

	for (size_t i = 0; rc == ASSAY_OK && i < out->stage_count; i++) {
		assay_suggest s;
		char hint[160];

		if (assay_stage_find(out->stages[i]) != NULL)
			continue;
		assay_suggest_init(&s, out->stages[i]);
		for (const assay_stage *const *k = assay_stages; *k != NULL; k++)
			assay_suggest_offer(&s, (*k)->name);
		CONFIG_ERROR(l, n, "there is no stage '%s'%s", out->stages[i],
			     assay_suggest_text(&s, hint, sizeof hint));
	}
	return rc;
}

static assay_code read_failures(config_loader *l, const assay_yaml_node *n, assay_lane *out)
{
	const bool is_list = n != NULL && n->type == ASSAY_YAML_SEQUENCE;

	for (size_t i = 0; n != NULL && i < (is_list ? n->count : 1); i++) {
		const unsigned f = read_name_of(l, is_list ? &n->children[i] : n, "class of failure",
						assay_failure_name, ASSAY_FAILURE_PROTOCOL);

		out->failures |= f != 0 ? UINT64_C(1) << f : 0;
	}
	return ASSAY_OK;
}

static const char *severity_name(unsigned n)
{
	return n <= ASSAY_SEVERITY_INFO ? assay_severity_name((assay_severity)n) : "failed";
}

static void read_severity(config_loader *l, const assay_yaml_node *n, assay_lane *out)
{
	const unsigned s = read_name_of(l, n, "severity", severity_name, ASSAY_SEVERITY_INFO + 1);

	out->failed = s > ASSAY_SEVERITY_INFO;
	out->severity = out->failed ? 0 : (assay_severity)s;
}

static void read_least(config_loader *l, const assay_yaml_node *n, assay_lane *out)
{
	const char *text = config_text(n);
	char *end = NULL;
	const unsigned long v = text != NULL ? strtoul(text, &end, 10) : 0;

	if (n == NULL)
		return;
	if (text == NULL || *text < '0' || *text > '9' || *end != '\0' || v < 1 || v > 1000)
		CONFIG_ERROR(l, n, "'least' is a number of checks, 1 to 1000");
	out->least = v;
}

static assay_code read_lane_name(config_loader *l, const assay_yaml_node *n, assay_lane *out)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const assay_yaml_node *name = assay_yaml_get(n, "name");
	const char *text = config_text(name);

	if (name == NULL)
		CONFIG_ERROR(l, n, "a lane needs a name");
	else if (text == NULL || *text == '\0' || strlen(text) > 64 || text[strspn(text, letters)] != '\0')
		CONFIG_ERROR(l, name, "the name of a lane has 1 to 64 letters, digits, '.', '-' and '_'");
	out->name = assay_strdup(text ? text : "");
	return out->name != NULL ? ASSAY_OK : CONFIG_ENOMEM(l);
}

static assay_code read_lane(config_loader *l, const assay_yaml_node *n)
{
	static const char *const names[] = {"name", "checks",   "stages", "failures", "modality",
					    "kind", "severity", "least",  NULL};
	assay_lane *out = &l->c->lanes.items[l->c->lanes.count++];
	assay_code rc;

	*out = (assay_lane){.line = n->line, .column = n->column};
	if (n->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, n, "a lane is a mapping such as {name: specialists, checks: [cer]}");
		return ASSAY_OK;
	}
	assay_yaml_only(n, names, l->file, l->d);
	ASSAY_TRY(read_lane_name(l, n, out));
	ASSAY_TRY(read_texts(l, assay_yaml_get(n, "checks"), &out->checks, &out->check_count));
	ASSAY_TRY(read_stages(l, assay_yaml_get(n, "stages"), out));
	ASSAY_TRY(read_failures(l, assay_yaml_get(n, "failures"), out));
	out->modality = (assay_modality)read_name_of(l, assay_yaml_get(n, "modality"), "modality", assay_modality_name,
						     ASSAY_MODALITY_MAX);
	out->kind = (assay_sample_kind)read_name_of(l, assay_yaml_get(n, "kind"), "kind of sample",
						    assay_sample_kind_name, ASSAY_SAMPLE_KIND_MAX);
	read_severity(l, assay_yaml_get(n, "severity"), out);
	read_least(l, assay_yaml_get(n, "least"), out);
	if (n->count <= 1 && out->name[0] != '\0')
		CONFIG_ERROR(l, n, "lane '%s' would take every ticket: say which (checks, stages, failures...)",
			     out->name);
fail:
	return rc;
}

assay_code config_read_lanes(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list = config_typed(l, root, "lanes", ASSAY_YAML_SEQUENCE);
	assay_code rc = ASSAY_OK;

	if (list == NULL)
		return ASSAY_OK;
	l->c->lanes.items = assay_alloc(list->count, sizeof *l->c->lanes.items);
	if (l->c->lanes.items == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_lane(l, &list->children[i]);
	return rc;
}

static bool has_check(const assay_config *c, const char *id, assay_suggest *s)
{
	for (size_t i = 0; i < c->contract_count; i++)
		for (size_t k = 0; k < c->contracts[i]->check_count; k++) {
			if (strcmp(c->contracts[i]->checks[k].id, id) == 0)
				return true;
			assay_suggest_offer(s, c->contracts[i]->checks[k].id);
		}
	return false;
}

void config_lint_lanes(config_loader *l)
{
	for (size_t i = 0; i < l->c->lanes.count; i++) {
		const assay_lane *lane = &l->c->lanes.items[i];

		for (size_t k = 0; k < lane->check_count; k++) {
			assay_suggest s;
			char hint[160];

			assay_suggest_init(&s, lane->checks[k]);
			if (!has_check(l->c, lane->checks[k], &s))
				assay_diagnostics_add(l->d, false, l->file, lane->line, lane->column,
						      "lane '%s': no contract has a check '%s'%s", lane->name,
						      lane->checks[k], assay_suggest_text(&s, hint, sizeof hint));
		}
	}
}
