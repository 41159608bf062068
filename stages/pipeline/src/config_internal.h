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
/** config_contracts.c */
ASSAY_NODISCARD assay_code config_read_contracts(config_loader *l, const assay_yaml_node *root);

/** config_node.c: the value of a key that must be a list or a mapping; NULL (and a finding) otherwise, NULL if not there. */
const assay_yaml_node *config_typed(config_loader *l, const assay_yaml_node *n, const char *key, assay_yaml_type type);

static inline const char *config_text(const assay_yaml_node *n)
{
	return n != NULL && n->type == ASSAY_YAML_SCALAR ? n->text : NULL;
}

#endif
