/** assay.yaml: what to read, how to process it, and which contracts it must meet. */
#ifndef ASSAY_CONFIG_H
#define ASSAY_CONFIG_H

#include "assay/contract.h"
#include "assay/diagnostic.h"
#include "assay/fields.h"
#include "assay/lanes.h"
#include "assay/metadata_table.h"
#include "assay/stage.h"

#define ASSAY_CONFIG_STEPS_MAX 32

/** The role of the sidecar that holds metadata: no stage reads it, so it is no part of a work key. */
#define ASSAY_SIDECAR_METADATA "metadata"

typedef struct assay_config_source {
	char *pattern; /* glob relative to assay.yaml: '*', '?' and {name} within a component, '**' over components */
	assay_modality modality;
	char **metadata_keys, **metadata_values; /* parallel, sorted by key */
	size_t metadata_count;
	char **sidecar_roles, **sidecar_templates; /* parallel, sorted by role; templates hold {stem}, {name}, {dir} */
	size_t sidecar_count;
	int line, column;
	int pattern_line, pattern_column;
} assay_config_source;

typedef struct assay_config_step {
	const assay_stage *stage;
	void *params; /* owned; assay_params_free */
	int line, column;
} assay_config_step;

typedef struct assay_config_pipeline {
	assay_config_step steps[ASSAY_CONFIG_STEPS_MAX]; /* steps[0] is the modality's reader, written or implied */
	size_t count;
	bool used; /* some source has this modality (audio: or video) */
} assay_config_pipeline;

#define ASSAY_CONFIG_RUNGS_MAX 16

/** After so many attempts at one sample or source no further remedy is begun; one that is begun goes to its end. */
#define ASSAY_CONFIG_TRIES_ENOUGH 16

/** One attempt of a remedy: the pipeline with some of its steps changed. */
typedef struct assay_config_rung {
	assay_config_pipeline *pipeline; /* owned; whole, as it is run; `used` says nothing */
	int line, column;
} assay_config_rung;

/** What must have been measured of a sample for a ladder to be climbed. What was not measured keeps none from it. */
typedef struct assay_config_when {
	char *metric; /* "": nothing */
	bool has_above, has_below;
	assay_decimal above, below; /* both exclusive */
} assay_config_when;

/** A ladder of attempts that may help what a check refuses. */
typedef struct assay_config_remedy {
	char *name;
	assay_modality modality;  /* of its stages. One for audio changes the sound of videos too */
	assay_config_rung *rungs; /* in the order in which they are tried */
	size_t rung_count;        /* 1..ASSAY_CONFIG_RUNGS_MAX */
	bool best;                /* choose: best; false: the first attempt that passes is taken */
	bool high;                /* want: high */
	char *by;                 /* the metric to choose by; "" unless best */
	assay_config_when when;   /* checks of other samples do not get to it */
	uint64_t failures; /* classes of failure of whole sources that it is for, as 1 << assay_failure; 0: none */
	int line, column;  /* of its name */
} assay_config_remedy;

typedef struct assay_config_limits {
	int64_t memory_mib; /* address space of a child, default 1024 */
	int64_t cpu_s;      /* CPU seconds of a unit, default 600 */
	int64_t wall_s;     /* wall-clock seconds of a unit, default 900 */
} assay_config_limits;

typedef struct assay_config {
	char *file;    /* as given */
	char *dataset; /* name */
	assay_config_source *sources;
	size_t source_count;
	assay_config_pipeline pipelines[ASSAY_MODALITY_MAX + 1]; /* by modality; [0] unused */
	assay_contract **contracts;                              /* in file order */
	size_t contract_count;
	assay_config_remedy *remedies; /* in file order */
	size_t remedy_count;
	assay_vocabulary vocabulary; /* all metrics of this build, `made` where a used pipeline makes them */
	assay_config_limits limits;
	assay_fields fields;
	assay_filters filters;
	assay_lanes lanes;
	assay_metadata_file *metadata_files;
	size_t metadata_file_count;
	assay_metadata_tables *tables; /* NULL until assay_config_read_tables */
} assay_config;

/**
 * Load assay.yaml below dirfd with the contracts it names (paths relative to it) and lint all of it.
 *
 * @param d  every finding, errors and warnings; *out is set only when there is no error
 * @return ASSAY_OK, ASSAY_ECONFIG (see d), ASSAY_ENOENT (no such file), ASSAY_EIO, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_config_load(assay_config **out, int dirfd, const char *path, assay_diagnostics *d,
					     assay_err *err);
/**
 * Read the tables that metadata_files names, and look for names in appliesTo and in filters that nothing gives a
 * value. Only who finds sources needs it: verdicts are given by the metadata that the store keeps.
 *
 * @return ASSAY_OK, ASSAY_ECORRUPT (a table is not there or wrong, see d), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_config_read_tables(assay_config *c, int dirfd, assay_diagnostics *d, assay_err *err);
/** Warn of rows of the tables that speak of no source: no file is there, or no pattern takes it. Looks at each file. */
void assay_config_lint_rows(const assay_config *c, int dirfd, assay_diagnostics *d);
void assay_config_close(assay_config *c); /* NULL is fine */
static inline void assay_config_closep(assay_config **c)
{
	assay_config_close(*c);
}

/**
 * The steps that a source of this modality runs through: its pipeline; for video also the steps of pipelines.audio
 * after its reader, since the sound of a video is judged in the same unit.
 * @param steps [out] array of at least 2 * ASSAY_CONFIG_STEPS_MAX
 * @return number of steps
 */
size_t assay_config_chain(const assay_config *c, assay_modality modality, const assay_config_step **steps);

/** The remedy of that name, NULL if there is none. */
const assay_config_remedy *assay_config_remedy_find(const assay_config *c, const char *name);
/** Does a measured value lie where `when` wants it? */
bool assay_config_when_holds(const assay_config_when *w, assay_decimal value);
/** May a remedy be for this class of failure? Not for what keeps a source from being read at all. */
bool assay_config_remedy_helps(unsigned failure);
/** Does a check of some contract name this remedy, or is it for failures of sources? */
bool assay_config_remedy_is_bound(const assay_config *c, const char *remedy);
/** The same for any remedy. */
bool assay_config_has_bound_remedy(const assay_config *c);
/**
 * The steps that a source of this modality runs through in one attempt of a remedy: assay_config_chain with the
 * attempt's pipeline in the place of the configured one.
 * @param rung   0-based
 * @param steps  [out] array of at least 2 * ASSAY_CONFIG_STEPS_MAX
 * @return number of steps; 0 when the remedy changes nothing for sources of this modality
 */
size_t assay_config_rung_chain(const assay_config *c, assay_modality source, const assay_config_remedy *r, size_t rung,
			       const assay_config_step **steps);

/** The first of `sources` whose pattern a path matches; NULL when none takes it. */
const assay_config_source *assay_config_rule_of(const assay_config *c, const char *path);
/** Does a path relative to assay.yaml match a source pattern? Hidden components match only explicit dots. */
bool assay_glob_match(const char *pattern, const char *path);

/** What a {name} of a pattern stands for: one or more characters of one component. All borrowed from its arguments. */
typedef struct assay_glob_capture {
	const char *name, *text;
	size_t name_size, size;
} assay_glob_capture;
#define ASSAY_GLOB_CAPTURES_MAX 16 /* more in one pattern are a finding */
/** The same as assay_glob_match, and where it matches what each {name} took: the shortest that lets the rest match. */
bool assay_glob_capture_all(const char *pattern, const char *path, assay_glob_capture out[ASSAY_GLOB_CAPTURES_MAX],
			    size_t *count);
/** Sidecar path for a source path: {dir} with trailing slash or empty, {name} last component, {stem} path without its last extension, for templates with {stem} alone beside the file. Appends to out. */
void assay_sidecar_path(assay_buf *out, const char *template_text, const char *source_path);

#endif
