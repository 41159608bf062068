/** What the files that make up config.h share. */
#ifndef ASSAY_CONFIG_LOADER_H
#define ASSAY_CONFIG_LOADER_H

#include "assay/config.h"
#include "assay/yaml.h"

typedef struct config_loader {
	const char *file; /* assay.yaml as given */
	int dirfd;
	assay_diagnostics *d;
	assay_err *err;
	assay_config *c;
	bool pipelines_wrong; /* what builds on them is not to be blamed */
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
 */
ASSAY_NODISCARD assay_code config_read_steps(config_loader *l, const assay_yaml_node *list, assay_modality modality,
					     assay_config_pipeline *out);
void config_pipeline_release(assay_config_pipeline *p);
/** The stage of an item, "stage" or {stage: parameters}; NULL (and a finding) when it is none of this modality. */
const assay_stage *config_item_stage(config_loader *l, const assay_yaml_node *item, assay_modality modality);
/** The parameters of an item over those of its step. */
ASSAY_NODISCARD assay_code config_set_item(config_loader *l, const assay_yaml_node *item,
					   const assay_config_step *step);
/** Put a step with default parameters at a place of a pipeline. ASSAY_EFULL (and a finding) when there is no room. */
ASSAY_NODISCARD assay_code config_insert_step(config_loader *l, const assay_yaml_node *item, assay_config_pipeline *p,
					      size_t at, const assay_stage *stage);
/** Report steps whose input nothing before them makes. */
void config_lint_flow(config_loader *l, const assay_config_pipeline *p);
/** config_rung.c: the pipeline of a modality with the changes of one item of a remedy. */
ASSAY_NODISCARD assay_code config_read_rung(config_loader *l, const assay_yaml_node *item, const char *remedy,
					    assay_modality modality, assay_config_rung *out);
/** Do two pipelines do the same? */
ASSAY_NODISCARD assay_code config_pipelines_same(bool *out, const assay_config_pipeline *a,
						 const assay_config_pipeline *b, assay_err *err);
/** config_pipelines.c */
ASSAY_NODISCARD assay_code config_read_pipelines(config_loader *l, const assay_yaml_node *root);
/** The steps of a pipeline, then, for sources that are videos, those of `sound` after its reader. */
size_t config_chain(assay_modality source, const assay_config_pipeline *p, const assay_config_pipeline *sound,
		    const assay_config_step **steps);
/** config_remedies.c */
ASSAY_NODISCARD assay_code config_read_remedies(config_loader *l, const assay_yaml_node *root);
void config_remedy_release(assay_config_remedy *r);
/** A finding: no stage of this build makes the metric that `n` names; with a hint. */
void config_report_no_metric(config_loader *l, const assay_yaml_node *n);
/** config_when.c: `when` of a remedy, if it has one. */
ASSAY_NODISCARD assay_code config_read_when(config_loader *l, const assay_yaml_node *remedy, assay_config_when *w);
/** What checks say of remedies, once the contracts are read. */
void config_lint_remedies(config_loader *l);
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
/** config_lanes.c */
ASSAY_NODISCARD assay_code config_read_lanes(config_loader *l, const assay_yaml_node *root);
/** What lanes say of checks, once the contracts are read. */
void config_lint_lanes(config_loader *l);
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
