/**
 * What samples have by name: parameters of their recipe, folders of their source, metadata... Things that many samples
 * share (a recipe, a source, a run) own such traits, so that a sample is a few numbers of owners, however many
 * attributes there are.
 */
#ifndef ASSAY_DELIVERY_TRAITS_H
#define ASSAY_DELIVERY_TRAITS_H

#include "assay/causes.h"

#include "interner.h"

#define TRAIT_ABSENT    UINT32_MAX /* in place of a value: the sample has none of the attribute */
#define TRAIT_NOT_THERE "\x01"     /* a value that says so: of a stage that other recipes have */

typedef struct trait_owner {
	size_t first, count; /* in values of traits */
} trait_owner;

/** An attribute as it is tested. */
typedef struct trait_column {
	uint32_t attribute;
	uint64_t left;       /* samples without a value, while they are counted */
	size_t first, count; /* values by code, in kept of traits */
	uint16_t otherwise;  /* code of samples that have no value which is tested */
	bool absent;         /* the last code is "not there" */
} trait_column;

typedef struct traits {
	assay_arena *texts;  /* borrowed */
	interner attributes; /* scope: assay_attribute_kind */
	interner values;     /* scope: number of the attribute */
	uint32_t *owned;     /* values of owners, one after the other */
	size_t owned_count, owned_cap;
	trait_owner *owners;
	size_t owner_count, owner_cap;
	uint64_t *counts; /* by value: samples that have it; from traits_count_begin on */
	/* When all is counted: */
	trait_column *columns; /* by kind, then in the order of first sight */
	size_t column_count;
	uint32_t *column_of; /* by attribute; UINT32_MAX: it is not tested */
	uint16_t *codes;     /* by value */
	uint32_t *kept;      /* values by column and code; TRAIT_ABSENT */
	size_t kept_count;
} traits;

void traits_release(traits *t);

/** The next owner; what is added from now on is its. */
ASSAY_NODISCARD assay_code traits_owner(traits *t, uint32_t *owner, assay_err *err);
/** @param name  "" where the kind says all */
ASSAY_NODISCARD assay_code traits_add(traits *t, assay_attribute_kind kind, const char *name, const char *value,
				      assay_err *err);

/** All owners are known. */
ASSAY_NODISCARD assay_code traits_count_begin(traits *t, assay_err *err);
/** So many samples have what this owner has. */
void traits_count(traits *t, uint32_t owner, uint64_t samples);
/** All samples are counted: choose what is tested. */
ASSAY_NODISCARD assay_code traits_settle(traits *t, uint64_t samples, assay_err *err);
/** Codes of a sample that has nothing; then, owner by owner, of what it has. By column. */
void traits_clear(const traits *t, uint16_t *codes);
void traits_fill(const traits *t, uint32_t owner, uint16_t *codes);

#endif
