/** What a delivery says of itself as a whole: version.json and README.md. */
#ifndef ASSAY_DELIVERY_CARD_H
#define ASSAY_DELIVERY_CARD_H

#include "assay/version_results.h"

#include "distribution.h"
#include "sample.h"

#define CARD_VALUES_MAX 20 /* keys with more distinct values are not counted by value */

typedef struct card_value {
	char *text;
	uint64_t samples;
} card_value;

/** One key of the samples' metadata. */
typedef struct card_metadata {
	char *key, *value;                  /* value of the first sample that has it */
	uint64_t samples;                   /* that have the key */
	bool uniform;                       /* all of those have that value */
	card_value values[CARD_VALUES_MAX]; /* sorted by bytes */
	size_t value_count;
	bool many; /* there are more */
} card_metadata;

typedef struct card {
	const assay_version *version;              /* borrowed */
	const sample_reader *reader;               /* borrowed: recipes and contracts */
	assay_counts counts;                       /* as its tries have it */
	uint64_t kinds[ASSAY_SAMPLE_KIND_MAX + 1]; /* delivered samples */
	uint64_t ways[ASSAY_WAY_REPLACED + 1];     /* delivered samples, by how they came to what they are */
	uint64_t artifacts, stale;
	card_metadata *metadata; /* sorted by key */
	size_t metadata_count, metadata_cap;
	distributions distributions;
	assay_dataset_results checks; /* of the whole dataset, as they were when the version was made */
} card;

void card_release(card *c);
ASSAY_NODISCARD assay_code card_add(card *c, const sample *s, assay_err *err);
void card_count(assay_counts *c, const assay_trie_entry *e);
void card_version_json(assay_buf *out, card *c);
void card_readme(assay_buf *out, card *c);

#endif
