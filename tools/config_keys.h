/** The keys of assay.yaml but for stages and their parameters, whose tables are the stages' own. */
#ifndef ASSAY_CONFIG_KEYS_H
#define ASSAY_CONFIG_KEYS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct assay_config_key {
	const char *parent; /* the key that it stands below, "" for the document */
	const char *name;   /* NULL ends the table */
	bool required;
	/* "string", "integer", "boolean", "map" (names with one value each), "texts", "modality", "pipelines", "remedies",
	 * "fields", "filters", "lanes", or "object" and "list", whose own keys are below this name. */
	const char *type;
	const char *pattern;       /* NULL for any */
	int64_t min, max, initial; /* of an integer */
	const char *example;       /* as a template has it; NULL for an object */
	const char *help;
} assay_config_key;

extern const assay_config_key assay_config_keys[];

#endif
