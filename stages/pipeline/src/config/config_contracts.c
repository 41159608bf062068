#include "config_loader.h"

#include "assay/memory.h"

#include <string.h>

/* A contract's path is relative to assay.yaml, as its directory is to dirfd. */
static char *beside(const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL || path[0] == '/')
		return assay_strdup(path);
	return assay_asprintf("%.*s%s", (int)(slash - file + 1), file, path);
}

static void lint_contract(config_loader *l, const assay_yaml_node *n, const assay_contract *c)
{
	for (size_t i = 0; i < l->c->contract_count; i++)
		if (strcmp(l->c->contracts[i]->id, c->id) == 0)
			CONFIG_ERROR(l, n, "contract '%s' has the id '%s' of contract '%s'", c->file, c->id,
				     l->c->contracts[i]->file);
}

/* What is wrong inside a contract is among the findings already; that it cannot be read is one of ours. */
static assay_code load(config_loader *l, const assay_yaml_node *n, const char *path)
{
	assay_err why = ASSAY_ERR_INIT;
	assay_contract *c;
	const assay_code rc = assay_contract_load(&c, l->dirfd, path, path, &l->c->vocabulary, l->d, &why);

	if (rc == ASSAY_ECONFIG)
		return ASSAY_OK;
	if (rc == ASSAY_ENOENT) {
		CONFIG_ERROR(l, n, "contract '%s' does not exist", path);
		return ASSAY_OK;
	}
	if (rc != ASSAY_OK) {
		if (l->err != NULL)
			*l->err = why;
		return rc;
	}
	lint_contract(l, n, c);
	l->c->contracts[l->c->contract_count++] = c;
	return ASSAY_OK;
}

static bool is_listed_before(const assay_yaml_node *list, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		const char *text = config_text(&list->children[i]);

		if (text != NULL && strcmp(text, list->children[at].text) == 0)
			return true;
	}
	return false;
}

static assay_code read_contract(config_loader *l, const assay_yaml_node *list, size_t i)
{
	const assay_yaml_node *n = &list->children[i];
	ASSAY_AUTO_FREE char *path = NULL;

	if (config_text(n) == NULL || n->text[0] == '\0') {
		CONFIG_ERROR(l, n, "a contract is named by the path of its file");
		return ASSAY_OK;
	}
	if (is_listed_before(list, i)) {
		CONFIG_ERROR(l, n, "contract '%s' stands here twice", n->text);
		return ASSAY_OK;
	}
	path = beside(l->file, n->text);
	return path ? load(l, n, path) : CONFIG_ENOMEM(l);
}

assay_code config_read_contracts(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *list = config_typed(l, root, "contracts", ASSAY_YAML_SEQUENCE);
	assay_code rc = ASSAY_OK;

	if (list == NULL || list->count == 0) {
		if (assay_yaml_get(root, "contracts") == NULL || list != NULL)
			CONFIG_WARN(l, list ? list : root, "no contracts: every sample that can be read is accepted");
		return ASSAY_OK;
	}
	l->c->contracts = assay_alloc(list->count, sizeof *l->c->contracts);
	if (l->c->contracts == NULL)
		return CONFIG_ENOMEM(l);
	for (size_t i = 0; i < list->count && rc == ASSAY_OK; i++)
		rc = read_contract(l, list, i);
	return rc;
}
