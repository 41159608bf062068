/**
 * Objects: bytes named by their SHA-256. Small ones are records of packs, large ones files of their own. Every read
 * verifies the digest. Putting what is there already writes nothing.
 */
#ifndef ASSAY_OBJECT_H
#define ASSAY_OBJECT_H

#include "assay/buf.h"
#include "assay/digest.h"
#include "assay/store.h"

/** Objects larger than this are files under objects/. */
#define ASSAY_OBJECT_LARGE ((size_t)4 << 20)

/** What an object is; stored in pack records: never renumber. */
typedef enum assay_object_type {
	ASSAY_OBJECT_ARTIFACT = 1,
	ASSAY_OBJECT_RECIPE = 2,
	ASSAY_OBJECT_CONTRACT = 3,
	ASSAY_OBJECT_TRIE = 4,
	ASSAY_OBJECT_VERSION = 5,
	ASSAY_OBJECT_RESULTS = 6,   /* of the dataset's checks */
	ASSAY_OBJECT_FILTERS = 7,   /* that a run judged with (assay/filter_set.h) */
	ASSAY_OBJECT_DECISIONS = 8, /* of people, as they are in force in a version (assay/decision.h) */
	ASSAY_OBJECT_PAYLOAD = 9,   /* of a decision: a correction, or a file in place of another */
	ASSAY_OBJECT_FEEDBACK = 10, /* of the evaluation of a model (assay/feedback.h) */
} assay_object_type;

const char *assay_object_type_name(unsigned type);

/** Where an object lies. */
typedef struct assay_object_info {
	uint64_t id; /* internal number, for edges */
	assay_object_type type;
	assay_digest digest;
	uint64_t size;
	uint32_t pack;   /* 0: a file under objects/ */
	uint64_t offset; /* of the record header in its pack */
} assay_object_info;

/**
 * Store bytes.
 * @param digest [in, optional] known digest of the bytes; computed when NULL
 * @param out    [out, optional] digest
 * @param id     [out, optional] internal number
 */
ASSAY_NODISCARD assay_code assay_object_put(assay_store *s, assay_object_type type, const void *p, size_t n,
					    const assay_digest *digest, assay_digest *out, uint64_t *id,
					    assay_err *err);
/** Where an object lies; ASSAY_ENOENT (without a message) if it is not in the store. */
ASSAY_NODISCARD assay_code assay_object_find(assay_store *s, const assay_digest *d, assay_object_info *out,
					     assay_err *err);
/** The same by internal number. */
ASSAY_NODISCARD assay_code assay_object_at(assay_store *s, uint64_t id, assay_object_info *out, assay_err *err);
/**
 * The first bytes of an object, without a look at the rest: whether they are what was put there is not known. For those
 * who tell of very many; `assay check --read-data` finds what is damaged.
 *
 * @param n    of out; *got is as much, or the object's size if that is less
 * @return ASSAY_OK, ASSAY_ENOENT (message), ASSAY_ECORRUPT
 */
ASSAY_NODISCARD assay_code assay_object_head(assay_store *s, const assay_digest *d, void *out, size_t n, size_t *got,
					     assay_err *err);
/**
 * Append an object's bytes to out.
 * @return ASSAY_OK, ASSAY_ENOENT (message), ASSAY_ECORRUPT when the bytes do not have the digest (message names it)
 */
ASSAY_NODISCARD assay_code assay_object_get(assay_store *s, const assay_digest *d, assay_buf *out, assay_err *err);
/**
 * The bytes of a large object as a file, open for reading at its begin, without room for them in memory. They are
 * digested first.
 * @param fd    [out] owned by the caller; -1 when it is a small one, which lies in a pack: assay_object_get
 * @return as assay_object_get
 */
ASSAY_NODISCARD assay_code assay_object_open(assay_store *s, const assay_digest *d, int *fd, uint64_t *size,
					     assay_err *err);

#endif
