/**
 * The result of one unit of work, as a child of a worker reports it and as the catalog keeps it: a failure, or
 * samples with their measurements and artifacts. It depends on the bytes of the source, its sidecars and the recipe
 * alone. Stages are named by their position in the recipe, metrics and artifact types by their position in the
 * recipe's tables (docs/formats.md, "Result").
 */
#ifndef ASSAY_RESULT_H
#define ASSAY_RESULT_H

#include "assay/cbor.h"
#include "assay/kind.h"
#include "assay/time.h"

#define ASSAY_RESULT_FORMAT 1
#define ASSAY_NO_SAMPLE     UINT32_MAX
/* Shots of a day of video fit many times; a lie of a hostile child does not. */
#define ASSAY_RESULT_SAMPLES_MAX ((size_t)1 << 18)

typedef struct assay_measurement {
	uint32_t metric; /* number in the recipe */
	bool defined;
	int64_t value; /* in the metric's resolution */
	char *reason;  /* why it is undefined; NULL when defined */
} assay_measurement;

typedef struct assay_artifact_ref {
	uint32_t stage; /* step of the recipe that made it */
	uint32_t type;  /* row of that stage's artifact table */
	uint64_t size;
	assay_digest digest;
} assay_artifact_ref;

typedef struct assay_result_sample {
	assay_sample_kind kind;
	char *part;      /* "" when the sample is the whole source */
	uint32_t parent; /* position in the same result, ASSAY_NO_SAMPLE for a root sample */
	bool has_span;
	assay_time start, end;
	assay_failure rejected;          /* NONE, or why it cannot be accepted whatever the contract says */
	uint32_t rejected_by;            /* step */
	char *rejected_why;              /* NULL when not rejected */
	assay_measurement *measurements; /* ascending by metric */
	size_t measurement_count, measurement_cap;
	assay_artifact_ref *artifacts; /* in the order they were made */
	size_t artifact_count, artifact_cap;
} assay_result_sample;

typedef struct assay_drop_count {
	char *reason;
	uint64_t count;
} assay_drop_count;

/** in = consumed + passed + dropped; out counts what the step itself emitted. */
typedef struct assay_step_count {
	uint64_t in, consumed, passed, dropped, out;
	assay_drop_count *drops;
	size_t drop_count, drop_cap;
} assay_step_count;

typedef struct assay_result {
	assay_failure failure; /* when not NONE there are no samples */
	uint32_t failed_step;
	char *message;  /* of the failure; NULL without one; never part of an identity */
	uint32_t pages; /* pages of the whole document, 0 when the source is no document */
	assay_result_sample *samples;
	size_t sample_count, sample_cap;
	assay_step_count *steps; /* one per step of the recipe */
	size_t step_count;
} assay_result;

void assay_result_sample_release(assay_result_sample *s);
void assay_result_release(assay_result *r);
#define ASSAY_AUTO_RESULT ASSAY_CLEANUP(assay_result_release) assay_result

/** Append the record. */
void assay_result_encode(assay_buf *out, const assay_result *r);
/** Read one record; everything is checked to be in range. *out is empty on failure. */
ASSAY_NODISCARD assay_code assay_result_decode(assay_result *out, const void *p, size_t n, assay_err *err);
/** The same into an arena: *out is not released, its parts go with the arena. */
ASSAY_NODISCARD assay_code assay_result_decode_in(assay_result *out, assay_arena *arena, const void *p, size_t n,
						  assay_err *err);

/** Replace the result by a failure without samples. */
ASSAY_NODISCARD assay_code assay_result_fail(assay_result *r, assay_failure failure, uint32_t step, const char *message,
					     assay_err *err);

#endif
