/** The check of a delivery, in its parts. */
#ifndef ASSAY_DELIVERY_VERIFY_H
#define ASSAY_DELIVERY_VERIFY_H

#include "sums.h"

#include "assay/content.h"
#include "assay/decision.h"
#include "assay/delivery.h"
#include "assay/recipe.h"
#include "assay/trie.h"

#include <jansson.h>

typedef struct verify_entries {
	assay_trie_entry *items; /* key and stage owned */
	size_t count, cap;
	bool complete; /* every line could be read */
} verify_entries;

typedef struct verifier {
	assay_delivery_check *out;
	int fd; /* of the delivery */
	sums sums;
	json_t *card;      /* version.json; NULL where it cannot be read */
	json_int_t format; /* that it says, or the newest */
	/* version.cbor */
	bool has_record;
	bool has_recipe[ASSAY_MODALITY_MAX + 1];
	assay_recipe *recipes[ASSAY_MODALITY_MAX + 1]; /* NULL where the record cannot be read */
	assay_recipe **remedies;                       /* each NULL where its record cannot be read */
	size_t remedy_count, remedy_cap;
	assay_decision *decisions; /* in force, ascending by subject and slot */
	size_t decision_count;
	bool knows_decisions; /* there are none, or their record was read */
	assay_digest accepted, others;
	/* lines */
	verify_entries delivered, kept_back;
	assay_counts counts;
	uint64_t kinds[ASSAY_SAMPLE_KIND_MAX + 1];
	assay_content content; /* of the line being read */
	assay_buf scratch;
} verifier;

/** A difference; file is escaped. line 0: the file as a whole. */
void verify_finding(verifier *v, const char *file, int line, const char *fmt, ...) ASSAY_PRINTF(4, 5);

/** A file that is read: opened only when it is regular and in SHA256SUMS; -1 otherwise, which is a finding already. */
int verify_open_listed(const verifier *v, const char *name);
/** Its bytes, appended; *there is false when it is not listed or not found. */
ASSAY_NODISCARD assay_code verify_read_listed(verifier *v, const char *name, assay_buf *out, bool *there,
					      assay_err *err);
/** A finding when SHA256SUMS does not list it. */
void verify_expect_listed(verifier *v, const char *name);

/** Every file and folder against SHA256SUMS. */
ASSAY_NODISCARD assay_code verify_files(verifier *v, assay_err *err);
/** version.cbor, and the recipes and contracts that it names. */
ASSAY_NODISCARD assay_code verify_record(verifier *v, assay_err *err);
/** version.json: what the lines are to be read by. */
ASSAY_NODISCARD assay_code verify_card(verifier *v, assay_err *err);
/** manifest.jsonl and others.jsonl, line by line. */
ASSAY_NODISCARD assay_code verify_lines(verifier *v, assay_err *err);
/** The entries against the record's roots. */
ASSAY_NODISCARD assay_code verify_roots(verifier *v, assay_err *err);
/** version.json against all of it. */
void verify_version(verifier *v);

/** One line of manifest.jsonl; adds its entry. */
ASSAY_NODISCARD assay_code verify_sample(verifier *v, const json_t *line, int number, assay_err *err);
/** Add an entry, its texts copied. */
ASSAY_NODISCARD assay_code verify_add(verify_entries *to, const assay_trie_entry *e, assay_err *err);

/** Text of a member, NULL when it is none. */
const char *verify_text(const json_t *object, const char *key);
bool verify_digest(const json_t *object, const char *key, assay_digest *out);

#endif
