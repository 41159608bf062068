/**
 * Slots: the words that stand for operands and values in the tables of verbs, and what can be put there. A pattern is
 * a list of operands, "[TAG [VERSION]]", "FILE...", each of which may be one of several, "VERSION|SAMPLE". Capital
 * letters are slots of the table; lower case is said as it stands ("text|json").
 */
#ifndef ASSAY_SLOTS_H
#define ASSAY_SLOTS_H

#include "assay/buf.h"

#include <stdbool.h>
#include <stddef.h>

/** Where what can be put into a slot comes from. */
typedef enum assay_slot_source {
	ASSAY_SLOT_NOTHING, /* numbers, free text */
	ASSAY_SLOT_FILES,
	ASSAY_SLOT_DIRS,
	ASSAY_SLOT_FIXED, /* names that this build knows: stages, kinds, outcomes… */
	ASSAY_SLOT_STORE, /* names that a store knows: versions, samples, tickets… */
} assay_slot_source;

typedef struct assay_slot {
	const char *name;
	assay_slot_source from;
	const char *meaning; /* for the man page */
	/* FIXED: the n-th (from 0), NULL when there are no more */
	const char *(*fixed)(size_t n);
} assay_slot;

/** NULL when it is no such word. size bytes of name. */
const assay_slot *assay_slot_find(const char *name, size_t size);
/** Row n (from 0); NULL when there are no more. */
const assay_slot *assay_slot_at(size_t n);

/**
 * Operand n (from 0) of a pattern: "VERSION|SAMPLE" in out. The last one is repeated when "..." follows it.
 * False when the pattern has none.
 */
bool assay_pattern_operand(const char *pattern, size_t n, char *out, size_t size);
/** Alternative n of an operand; its length, 0 when there are no more. */
size_t assay_pattern_choice(const char *operand, size_t n, const char **out);

#endif
