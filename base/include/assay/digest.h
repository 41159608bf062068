/** SHA-256 (FIPS 180-4) by libcrypto: the name of everything in a store. */
#ifndef ASSAY_DIGEST_H
#define ASSAY_DIGEST_H

#include "assay/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_DIGEST_SIZE 32
#define ASSAY_DIGEST_HEX  65 /* 64 lower-case hex digits and a NUL */

typedef struct assay_digest {
	uint8_t bytes[ASSAY_DIGEST_SIZE];
} assay_digest;

/** Digest of n bytes in one call; n may be 0. Aborts nothing: libcrypto's failure is told as ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_digest_of(assay_digest *out, const void *p, size_t n, assay_err *err);

typedef struct assay_piece {
	const void *p; /* [borrowed] */
	size_t n;
} assay_piece;
/** The same of bytes that lie in several places, as if they stood in one piece. */
ASSAY_NODISCARD assay_code assay_digest_of_pieces(assay_digest *out, const assay_piece *pieces, size_t count,
						  assay_err *err);

/** Running digest, for bytes that come in pieces. */
typedef struct assay_hasher assay_hasher;
ASSAY_NODISCARD assay_code assay_hasher_open(assay_hasher **out, assay_err *err);
ASSAY_NODISCARD assay_code assay_hasher_add(assay_hasher *h, const void *p, size_t n, assay_err *err);
/** Finish and start anew: the hasher can be used for another message afterwards. */
ASSAY_NODISCARD assay_code assay_hasher_end(assay_hasher *h, assay_digest *out, assay_err *err);
void assay_hasher_close(assay_hasher *h); /* NULL is fine */

/**
 * Digest of an open file from offset 0 to its end, read with pread.
 * @param size [out, optional] bytes hashed
 * @return ASSAY_OK, ASSAY_EIO (.sys is errno), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_digest_fd(assay_digest *out, uint64_t *size, int fd, assay_err *err);

int assay_digest_cmp(const assay_digest *a, const assay_digest *b);
bool assay_digest_eq(const assay_digest *a, const assay_digest *b);
bool assay_digest_is_zero(const assay_digest *d);
/** Lower-case hex into hex[65]; returns hex. */
char *assay_digest_hex(const assay_digest *d, char hex[ASSAY_DIGEST_HEX]);
/** Parse exactly 64 hex digits (either case), with or without a leading "sha256:". False if it is not that. */
bool assay_digest_parse(assay_digest *out, const char *text);

#endif
