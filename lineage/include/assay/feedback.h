/**
 * Feedback: what the evaluation of a model said of the samples of a version. An evaluation is an immutable object that
 * names the version and each sample once; a row beside it says what people call it, and who brought it when. Nothing
 * of it is part of a version's identity.
 */
#ifndef ASSAY_FEEDBACK_H
#define ASSAY_FEEDBACK_H

#include "assay/arena.h"
#include "assay/buf.h"
#include "assay/digest.h"
#include "assay/store.h"

#define ASSAY_FEEDBACK_SCALE     9 /* scores are in units of 10^-9 */
#define ASSAY_FEEDBACK_LABEL_MAX 64
#define ASSAY_FEEDBACK_PASS      "pass"
#define ASSAY_FEEDBACK_FAIL      "fail"

/** What was said of a sample: a score, a label or both. */
typedef struct assay_feedback_result {
	const char *key; /* of the sample */
	bool has_score;
	int64_t score;     /* in units of 10^-9 */
	const char *label; /* NULL for none; 1 to ASSAY_FEEDBACK_LABEL_MAX bytes */
	const char *note;  /* NULL for none */
} assay_feedback_result;

/** What the object holds. */
typedef struct assay_feedback_set {
	assay_digest version;
	assay_feedback_result *items; /* ascending by key, each key once */
	size_t count, cap;            /* cap is the writer's */
	assay_arena texts;            /* and, of one that was read, the items */
	bool read;
} assay_feedback_set;

void assay_feedback_set_release(assay_feedback_set *f);
#define ASSAY_AUTO_FEEDBACK_SET ASSAY_CLEANUP(assay_feedback_set_release) assay_feedback_set

/** Append; the texts are copied. Keys may come in any order until assay_feedback_set_sort. */
ASSAY_NODISCARD assay_code assay_feedback_set_add(assay_feedback_set *f, const assay_feedback_result *r,
						  assay_err *err);
/** Put them into the order of their keys. */
void assay_feedback_set_sort(assay_feedback_set *f);
void assay_feedback_set_encode(assay_buf *out, const assay_feedback_set *f);
ASSAY_NODISCARD assay_code assay_feedback_set_decode(assay_feedback_set *out, const void *p, size_t n, assay_err *err);
ASSAY_NODISCARD assay_code assay_feedback_set_load(assay_feedback_set *out, assay_store *s, const assay_digest *object,
						   assay_err *err);

/** A row: an evaluation as the store knows it. */
typedef struct assay_feedback {
	uint64_t id;          /* 1, 2, 3… in the order they came */
	char *name;           /* several may have one: the newest of a version is meant */
	assay_digest version; /* as the object says */
	assay_digest object;
	uint64_t results;
	/* Beside the identity: */
	char *file; /* that it was read from, as it was named */
	char *actor;
	int64_t at_ns; /* since 1970 UTC */
} assay_feedback;

void assay_feedback_release(assay_feedback *f);
#define ASSAY_AUTO_FEEDBACK ASSAY_CLEANUP(assay_feedback_release) assay_feedback

/** Names are as those of tags (assay/tag.h), but that "latest" and hex digits are names too. NULL when it is one. */
const char *assay_feedback_name_fault(const char *name);

/**
 * Keep an evaluation, in the present group. One of that name with the same results is there already: it is found, and
 * nothing is written.
 *
 * @param set   sorted
 * @param row   [in, out] name, file, actor and at_ns are given, the rest is set
 * @param fresh [out] false: it was there, and *row is its row
 * @return ASSAY_OK
 *         ASSAY_EUSAGE  the name cannot be one, or stands for other results of the version and replace is not set
 *         ASSAY_EINVAL  there is no such version, or no result
 *         and what writing to a store may return
 */
ASSAY_NODISCARD assay_code assay_feedback_put(assay_store *s, const assay_feedback_set *set, assay_feedback *row,
					      bool replace, bool *fresh, assay_err *err);
/** ASSAY_ENOENT without a message when there is none of that number. */
ASSAY_NODISCARD assay_code assay_feedback_get(assay_store *s, uint64_t id, assay_feedback *out, assay_err *err);
/**
 * The newest of that name and version.
 * @param name, version  [optional] NULL: any
 * @return ASSAY_ENOENT without a message when there is none
 */
ASSAY_NODISCARD assay_code assay_feedback_find(assay_store *s, const char *name, const assay_digest *version,
					       assay_feedback *out, assay_err *err);
typedef assay_code assay_feedback_fn(void *ctx, const assay_feedback *f, assay_err *err);
/** In the order they came. */
ASSAY_NODISCARD assay_code assay_feedback_each(assay_store *s, assay_feedback_fn *fn, void *ctx, assay_err *err);

#endif
