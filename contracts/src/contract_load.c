#include "contract_loader.h"

#include "assay/memory.h"

#include <stdlib.h>

static assay_code read_quality(contract_loader *l, const assay_yaml_node *element, const contract_scope *s)
{
	const assay_yaml_node *list = assay_yaml_get(element, "quality");
	assay_code rc = ASSAY_OK;

	if (list == NULL || list->type != ASSAY_YAML_SEQUENCE)
		return ASSAY_OK;
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = contract_read_check(l, &list->children[i], s);
	return rc;
}

/* Depth is bounded by what assay_yaml_parse lets through. Metadata are single values: only a property of the entry
 * itself names one. */
static assay_code read_properties(contract_loader *l, const assay_yaml_node *element, const contract_scope *s,
				  bool outermost)
{
	static const char *const customs[] = {"severity", "appliesTo", NULL};
	const assay_yaml_node *list = assay_yaml_get(element, "properties"), *items = assay_yaml_get(element, "items");
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; list != NULL && list->type == ASSAY_YAML_SEQUENCE && i < list->count && rc == ASSAY_OK;
	     i++) {
		const assay_yaml_node *n = &list->children[i];
		contract_scope inner = *s;

		contract_lint_no_applies(l, n);
		contract_lint_customs(l, n, customs, false);
		inner.field = outermost ? contract_text(assay_yaml_get(n, "name")) : NULL;
		if (inner.field != NULL)
			rc = contract_read_property(l, n, &inner);
		if (rc == ASSAY_OK)
			rc = read_quality(l, n, &inner);
		if (rc == ASSAY_OK)
			rc = read_properties(l, n, s, false);
	}
	if (rc != ASSAY_OK || items == NULL)
		return rc;
	contract_lint_no_applies(l, items);
	rc = read_quality(l, items, s);
	return rc == ASSAY_OK ? read_properties(l, items, s, false) : rc;
}

static assay_code read_entry(contract_loader *l, const assay_yaml_node *entry)
{
	contract_applies applies;
	contract_scope s = {.applies = &applies};
	const bool known = contract_lint_entry_kind(l, entry, &s.kind);
	assay_code rc;

	contract_lint_applies(l, entry, &applies);
	if (!known)
		return ASSAY_OK;
	rc = read_quality(l, entry, &s);
	if (rc == ASSAY_OK && s.kind == ASSAY_SAMPLE_TABLE)
		return contract_read_columns(l, entry, &s);
	return rc == ASSAY_OK ? read_properties(l, entry, &s, true) : rc;
}

static assay_code read_schema(contract_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list = assay_yaml_get(root, "schema");
	assay_code rc = ASSAY_OK;

	if (list == NULL || list->type != ASSAY_YAML_SEQUENCE)
		return ASSAY_OK;
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_entry(l, &list->children[i]);
	return rc;
}

static assay_code copy_head(contract_loader *l, const assay_yaml_node *root)
{
	const struct {
		char **out;
		const char *text;
	} rows[] = {
	    {&l->c->file, l->file},
	    {&l->c->id, contract_text(assay_yaml_get(root, "id"))},
	    {&l->c->name, contract_text(assay_yaml_get(root, "name"))},
	    {&l->c->version, contract_text(assay_yaml_get(root, "version"))},
	};

	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		*rows[i].out = assay_strdup(rows[i].text ? rows[i].text : "");
		if (*rows[i].out == NULL)
			return ASSAY_RAISE(l->err, ASSAY_ENOMEM, "contract '%s'", l->file);
	}
	return ASSAY_OK;
}

static assay_code read_document(contract_loader *l, const assay_yaml_node *root)
{
	assay_code rc;

	if (root->type != ASSAY_YAML_MAPPING) {
		CONTRACT_ERROR(l, root,
			       "a contract is a mapping that begins with apiVersion, kind, id, version, status");
		return ASSAY_OK;
	}
	contract_lint_odcs(l, root);
	contract_lint_envelope(l, root);
	rc = copy_head(l, root);
	if (rc == ASSAY_OK)
		rc = read_schema(l, root);
	if (rc == ASSAY_OK)
		rc = contract_read_sla(l, root);
	if (rc == ASSAY_OK)
		rc = contract_lint_ids(l);
	return rc;
}

static void closep(assay_contract **c)
{
	assay_contract_close(*c);
}

assay_code assay_contract_load(assay_contract **out, int dirfd, const char *path, const char *name,
			       const assay_vocabulary *vocabulary, assay_diagnostics *d, assay_err *err)
{
	ASSAY_CLEANUP(assay_yaml_closep) assay_yaml *y = NULL;
	ASSAY_CLEANUP(closep) assay_contract *c = NULL;
	contract_loader l = {.file = name, .vocabulary = vocabulary, .d = d, .err = err};
	const size_t errors = d->errors;
	assay_code rc;

	*out = NULL;
	rc = assay_yaml_load(&y, dirfd, path, name, d, err);
	if (rc != ASSAY_OK)
		return rc;
	l.c = c = assay_alloc(1, sizeof *c);
	if (c == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contract '%s'", name);
	rc = read_document(&l, assay_yaml_root(y));
	if (rc != ASSAY_OK)
		return rc;
	if (d->failed)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contract '%s'", name);
	if (d->errors > errors)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "contract '%s' has %zu errors", name, d->errors - errors);
	contract_sort(c);
	*out = ASSAY_STEAL(&c);
	return ASSAY_OK;
}
