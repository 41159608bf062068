/** What the files that make up config.h share. */
#ifndef ASSAY_CONFIG_INTERNAL_H
#define ASSAY_CONFIG_INTERNAL_H

#include "assay/config.h"
#include "assay/yaml.h"

typedef struct config_loader {
	const char *file; /* assay.yaml as given */
	int dirfd;
	assay_diagnostics *d;
	assay_err *err;
	assay_config *c;
	const assay_yaml_node *remedies; /* mapping of names, NULL if none */
} config_loader;

#define CONFIG_ERROR(l, node, ...)                                                                                     \
	assay_diagnostics_add((l)->d, true, (l)->file, (node)->line, (node)->column, __VA_ARGS__)
#define CONFIG_ERROR_AT_KEY(l, node, ...)                                                                              \
	assay_diagnostics_add((l)->d, true, (l)->file, (node)->key_line, (node)->key_column, __VA_ARGS__)
#define CONFIG_WARN(l, node, ...)                                                                                      \
	assay_diagnostics_add((l)->d, false, (l)->file, (node)->line, (node)->column, __VA_ARGS__)
#define CONFIG_WARN_AT_KEY(l, node, ...)                                                                               \
	assay_diagnostics_add((l)->d, false, (l)->file, (node)->key_line, (node)->key_column, __VA_ARGS__)
#define CONFIG_ENOMEM(l) ASSAY_RAISE((l)->err, ASSAY_ENOMEM, "configuration '%s'", (l)->file)

/** config_sources.c */
ASSAY_NODISCARD assay_code config_read_sources(config_loader *l, const assay_yaml_node *root);
void config_source_release(assay_config_source *s);
/** config_sidecar.c: *fault is NULL when the template is good, else what is wrong with it (static text). */
ASSAY_NODISCARD assay_code config_sidecar_fault(const char **fault, const char *template_text, assay_err *err);

/**
 * config_steps.c: a list of stages with their parameters, checked for order and kinds of value. The reader is put
 * first where it is not written.
 * @param modality  0: that of the first stage in the list
 */
ASSAY_NODISCARD assay_code config_read_steps(config_loader *l, const assay_yaml_node *list, assay_modality modality,
					     assay_config_pipeline *out);
void config_pipeline_release(assay_config_pipeline *p);
/** config_pipelines.c */
ASSAY_NODISCARD assay_code config_read_pipelines(config_loader *l, const assay_yaml_node *root);
ASSAY_NODISCARD assay_code config_read_remedies(config_loader *l, const assay_yaml_node *root);
/** config_fields.c */
ASSAY_NODISCARD assay_code config_read_fields(config_loader *l, const assay_yaml_node *root);
/** Keys values, min and max of a mapping, fit for a type; `what` names it in findings. */
ASSAY_NODISCARD assay_code config_read_range(config_loader *l, const assay_yaml_node *n, assay_field_type type,
					     const char *what, assay_field_range *out);
/** One value or a list of them, fit for a type. */
ASSAY_NODISCARD assay_code config_read_values(config_loader *l, const assay_yaml_node *n, assay_field_type type,
					      const char *what, assay_field_range *out);
/** ", did you mean 'x'?" among the fields, or "". */
const char *config_field_hint(const config_loader *l, const char *name, char out[160]);
/** config_filters.c */
ASSAY_NODISCARD assay_code config_read_filters(config_loader *l, const assay_yaml_node *root);
/** config_metadata.c */
ASSAY_NODISCARD assay_code config_read_metadata_files(config_loader *l, const assay_yaml_node *root);
/** What a source says of its metadata against the fields. n is the source, path its pattern (NULL if it is wrong). */
ASSAY_NODISCARD assay_code config_lint_metadata(config_loader *l, const assay_yaml_node *n,
						const assay_config_source *s);
/** The names in a pattern, checked. */
void config_lint_captures(config_loader *l, const assay_yaml_node *path);
/** config_contracts.c */
ASSAY_NODISCARD assay_code config_read_contracts(config_loader *l, const assay_yaml_node *root);

/** config_node.c: the value of a key that must be a list or a mapping; NULL (and a finding) otherwise, NULL if not there. */
const assay_yaml_node *config_typed(config_loader *l, const assay_yaml_node *n, const char *key, assay_yaml_type type);

static inline const char *config_text(const assay_yaml_node *n)
{
	return n != NULL && n->type == ASSAY_YAML_SCALAR ? n->text : NULL;
}

#endif
