/** Samples by key, and what became of them. */
#ifndef ASSAY_SAMPLE_H
#define ASSAY_SAMPLE_H

#include "assay/cbor.h"
#include "assay/decimal.h"
#include "assay/kind.h"
#include "assay/store.h"

/** What became of a sample or source. Stored in tries: never renumber. */
typedef enum assay_outcome {
	ASSAY_OUTCOME_ACCEPTED = 1,
	ASSAY_OUTCOME_QUARANTINED = 2,
	ASSAY_OUTCOME_WAIVED = 3,
	ASSAY_OUTCOME_DUPLICATE = 4,
	ASSAY_OUTCOME_FILTERED = 5,
	ASSAY_OUTCOME_FAILED = 6, /* a source that gave no samples */
} assay_outcome;

const char *assay_outcome_name(unsigned outcome);
/** Is a sample with this outcome part of what a version delivers: accepted, waived? */
static inline bool assay_outcome_is_delivered(unsigned outcome)
{
	return outcome == ASSAY_OUTCOME_ACCEPTED || outcome == ASSAY_OUTCOME_WAIVED;
}

/** Severity of a check that quarantines: ASSAY_SEVERITY_ERROR of contracts/. */
#define ASSAY_REFUSING 1

/** A check that was not passed, self-contained so that it can be told when the contract is long gone. */
typedef struct assay_failed_check {
	assay_digest contract;
	char *contract_id, *contract_version;
	char *check_id, *metric, *unit;
	uint32_t op, severity; /* assay_operator, assay_severity of contracts/ */
	assay_decimal low, high;
	bool defined;
	assay_decimal value;
	char *reason; /* why it is undefined; NULL when defined */
} assay_failed_check;

void assay_failed_checks_free(assay_failed_check *f, size_t count);
void assay_failed_checks_encode(assay_buf *out, const assay_failed_check *f, size_t count);
/** Those that quarantine, without digest and version of their contracts: what a decision is made upon. */
void assay_failed_checks_encode_refusing(assay_buf *out, const assay_failed_check *f, size_t count);
/**
 * Do they say the same: the same checks of the same contracts, with the same bounds and values? In which version of the
 * contract the check stood does not count, so that an edit elsewhere in it leaves a finding as it was.
 */
bool assay_failed_checks_same(const assay_failed_check *a, size_t a_count, const assay_failed_check *b, size_t b_count);
/** Reads the array; *out is to be freed with assay_failed_checks_free. */
void assay_failed_checks_decode(assay_cbor_reader *r, assay_failed_check **out, size_t *count);

/** Where the result comes from that a sample's verdict is about. Stored: never renumber. */
typedef enum assay_sample_way {
	ASSAY_WAY_PLAIN = 0,     /* the pipeline */
	ASSAY_WAY_REMEDY = 1,    /* the pipeline as a remedy changes it */
	ASSAY_WAY_CORRECTED = 2, /* the pipeline, with people's correction */
	ASSAY_WAY_REPLACED = 3,  /* the pipeline, on a file that stands in place of the source */
} assay_sample_way;

/** A sample as it stands. */
typedef struct assay_sample_row {
	uint64_t id;
	char *key; /* source path + part: "scans/a.tif#page=3" */
	uint64_t source, unit;
	uint32_t position; /* in the unit's result */
	bool missing;      /* its source or it itself is no longer there */
	/* The verdict: outcome 0 when it was never judged. */
	assay_outcome outcome;
	assay_digest contracts; /* set by which it was first given this verdict; later ones may have come to the same */
	uint64_t judged_unit, judged_run; /* in which run that was */
	assay_failed_check *checks;       /* every check not passed, any severity */
	size_t check_count;
	assay_failure failure; /* of the stage that rejected it, NONE otherwise */
	char *failed_stage;    /* NULL without a failure; of a filtered sample the name of the filter */
	char *original;        /* key of which it is a duplicate, NULL otherwise */
	/* How it came to what is judged: as the pipeline makes it, or otherwise: */
	assay_sample_way way;
	char *remedy;        /* WAY_REMEDY: its name; NULL otherwise */
	uint32_t rung;       /* of the remedy, from 0 */
	uint64_t decision;   /* number of the decision that made it so, 0: none */
	uint64_t plain_unit; /* that the way was taken from: what the pipeline made; the unit itself of a sample that
				was found on a page or in a stream which stands so; 0 with WAY_PLAIN */
	bool has_before;     /* the verdict before: */
	assay_outcome before_outcome;
	assay_digest before_contracts;
	uint64_t before_unit;
} assay_sample_row;

void assay_sample_row_release(assay_sample_row *r);
#define ASSAY_AUTO_SAMPLE_ROW ASSAY_CLEANUP(assay_sample_row_release) assay_sample_row

/** Insert (id 0) or replace; id is set. */
ASSAY_NODISCARD assay_code assay_sample_put(assay_store *s, assay_sample_row *r, assay_err *err);
/** ASSAY_ENOENT without a message when there never was such a sample. */
ASSAY_NODISCARD assay_code assay_sample_find(assay_store *s, const char *key, assay_sample_row *out, assay_err *err);
/**
 * The same into an arena, for who asks for very many: *out is not released, its parts go with the arena. Number `hint`
 * is tried first, which in the order that samples were made in is the one after the last.
 */
ASSAY_NODISCARD assay_code assay_sample_find_near(assay_store *s, const char *key, uint64_t hint, assay_arena *arena,
						  assay_sample_row *out, assay_err *err);
ASSAY_NODISCARD assay_code assay_sample_get(assay_store *s, uint64_t id, assay_sample_row *out, assay_err *err);
typedef assay_code assay_sample_fn(void *ctx, const assay_sample_row *r, assay_err *err);
/** Every sample that ever was, in the order they were first made. */
ASSAY_NODISCARD assay_code assay_samples_each(assay_store *s, assay_sample_fn *fn, void *ctx, assay_err *err);
/** Samples of a source, present and past. */
ASSAY_NODISCARD assay_code assay_samples_of(assay_store *s, uint64_t source, assay_sample_fn *fn, void *ctx,
					    assay_err *err);

/**
 * The unit behind a sample that some version has with this outcome; 0 when the row cannot say. The row keeps the verdict
 * as it stands and the one before: one that has the outcome, and was given under the contracts of the version, is taken
 * for the version's. Of the latest version the outcome is enough.
 *
 * @param contracts  set of the version (assay_version_contract_set)
 */
uint64_t assay_sample_row_unit(const assay_sample_row *r, assay_outcome outcome, const assay_digest *contracts,
			       bool is_latest);

/** source path + '#' + part, or the path alone when part is "". */
void assay_sample_key(assay_buf *out, const char *path, const char *part);

#endif
