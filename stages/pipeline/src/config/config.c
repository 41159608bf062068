#include "assay/config.h"

#include "assay/memory.h"
#include "config_loader.h"

#include <stdlib.h>
#include <string.h>

void assay_config_close(assay_config *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->source_count; i++)
		config_source_release(&c->sources[i]);
	free(c->sources);
	for (unsigned m = 0; m <= ASSAY_MODALITY_MAX; m++)
		config_pipeline_release(&c->pipelines[m]);
	for (size_t i = 0; i < c->contract_count; i++)
		assay_contract_close(c->contracts[i]);
	free(c->contracts);
	for (size_t i = 0; i < c->remedy_count; i++)
		config_remedy_release(&c->remedies[i]);
	free(c->remedies);
	assay_vocabulary_release(&c->vocabulary);
	assay_fields_release(&c->fields);
	assay_filters_release(&c->filters);
	assay_lanes_release(&c->lanes);
	for (size_t i = 0; i < c->metadata_file_count; i++)
		free(c->metadata_files[i].path);
	free(c->metadata_files);
	assay_metadata_tables_close(c->tables);
	free(c->file);
	free(c->dataset);
	free(c);
}

/* ---------------------------------------------------------------- dataset and limits */

/* Deliveries put the name into file names. */
static bool is_dataset_name(const char *s)
{
	if (*s == '\0' || *s == '.' || *s == '-' || strlen(s) > 128)
		return false;
	for (; *s != '\0'; s++) {
		const bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');

		if (!letter && !(*s >= '0' && *s <= '9') && strchr("._-", *s) == NULL)
			return false;
	}
	return true;
}

static assay_code read_dataset(config_loader *l, const assay_yaml_node *root)
{
	const assay_yaml_node *n = assay_yaml_get(root, "dataset");
	const char *text = config_text(n);

	if (n == NULL)
		CONFIG_ERROR(l, root, "missing key 'dataset': the name of what is made");
	else if (text == NULL)
		CONFIG_ERROR(l, n, "'dataset' must be a name");
	else if (!is_dataset_name(text))
		CONFIG_ERROR(l, n, "dataset '%s' may hold only letters, digits, '.', '-' and '_'", text);
	l->c->dataset = assay_strdup(text ? text : "");
	return l->c->dataset ? ASSAY_OK : CONFIG_ENOMEM(l);
}

static void read_limit(config_loader *l, const assay_yaml_node *n, int64_t min, int64_t max, int64_t *out)
{
	const char *text = config_text(n);
	assay_decimal d;

	if (n == NULL)
		return;
	if (text == NULL || !assay_decimal_parse(&d, text) || d.scale > 0)
		CONFIG_ERROR(l, n, "'%s' must be a whole number", n->key);
	else if (d.units < min || d.units > max)
		CONFIG_ERROR(l, n, "%s: %s is not in %lld..%lld", n->key, text, (long long)min, (long long)max);
	else
		*out = d.units;
}

static void read_limits(config_loader *l, const assay_yaml_node *root)
{
	static const char *const names[] = {"memory_mib", "cpu_s", "wall_s", NULL};
	const int64_t week = 7 * 24 * 3600, tebibyte = 1 << 20;
	const assay_yaml_node *n = config_typed(l, root, "limits", ASSAY_YAML_MAPPING);

	l->c->limits = (assay_config_limits){.memory_mib = 1024, .cpu_s = 600, .wall_s = 900};
	if (n == NULL)
		return;
	assay_yaml_only(n, names, l->file, l->d);
	/* A child has some 200 MiB of libraries before it works. */
	read_limit(l, assay_yaml_get(n, "memory_mib"), 384, tebibyte, &l->c->limits.memory_mib);
	read_limit(l, assay_yaml_get(n, "cpu_s"), 1, week, &l->c->limits.cpu_s);
	read_limit(l, assay_yaml_get(n, "wall_s"), 1, week, &l->c->limits.wall_s);
}

/* ---------------------------------------------------------------- the file */

static assay_code read_document(config_loader *l, const assay_yaml_node *root)
{
	static const char *const names[] = {"dataset",  "sources",       "pipelines", "contracts",
					    "remedies", "lanes",         "limits",    "metadata_files",
					    "fields",   "fields_closed", "filters",   NULL};
	assay_code rc;

	if (root->type != ASSAY_YAML_MAPPING) {
		CONFIG_ERROR(l, root, "a configuration is a mapping of dataset, sources, pipelines and contracts");
		return ASSAY_OK;
	}
	assay_yaml_only(root, names, l->file, l->d);
	read_limits(l, root);
	ASSAY_TRY(read_dataset(l, root));
	ASSAY_TRY(config_read_fields(l, root));
	ASSAY_TRY(config_read_metadata_files(l, root));
	ASSAY_TRY(config_read_sources(l, root)); /* needs the fields that its metadata must obey */
	ASSAY_TRY(config_read_filters(l, root));
	ASSAY_TRY(config_read_pipelines(l, root)); /* needs sources; contracts need the vocabulary that it makes */
	ASSAY_TRY(config_read_remedies(l, root));
	ASSAY_TRY(config_read_lanes(l, root));
	ASSAY_TRY(config_read_contracts(l, root));
	config_lint_remedies(l);
	config_lint_lanes(l);
	return ASSAY_OK;

fail:
	return rc;
}

assay_code assay_config_load(assay_config **out, int dirfd, const char *path, assay_diagnostics *d, assay_err *err)
{
	ASSAY_CLEANUP(assay_yaml_closep) assay_yaml *y = NULL;
	ASSAY_CLEANUP(assay_config_closep) assay_config *c = NULL;
	config_loader l = {.file = path, .dirfd = dirfd, .d = d, .err = err};
	const size_t errors = d->errors;
	assay_code rc;

	*out = NULL;
	rc = assay_yaml_load(&y, dirfd, path, path, d, err);
	if (rc != ASSAY_OK)
		return rc;
	l.c = c = assay_alloc(1, sizeof *c);
	if (c == NULL || (c->file = assay_strdup(path)) == NULL)
		return CONFIG_ENOMEM(&l);
	rc = read_document(&l, assay_yaml_root(y));
	if (rc != ASSAY_OK)
		return rc;
	if (d->failed)
		return CONFIG_ENOMEM(&l);
	if (d->errors > errors)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "configuration '%s' has %zu errors", path, d->errors - errors);
	*out = ASSAY_STEAL(&c);
	return ASSAY_OK;
}
