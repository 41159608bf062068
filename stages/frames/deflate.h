/**
 * Deflate (RFC 1951) for the residues of pictures: literals and runs of one byte, each block with Huffman codes of its
 * own. It looks for no other repetition, which filtered pictures have little of, and is therefore several times as
 * fast as a general compressor. Integers only: the same bytes on every machine, whatever libraries there are.
 */
#ifndef ASSAY_DEFLATE_H
#define ASSAY_DEFLATE_H

#include "assay/buf.h"

/** What a block leaves of its last byte to the next one. Zero to begin with. */
typedef struct assay_bits {
	uint64_t bits;
	unsigned count; /* 0..7 between blocks */
} assay_bits;

/**
 * Append one block. 32 to 64 KiB are good: the codes cost about 100 bytes.
 * @param out   the whole bytes are appended; fails stickily when memory is out
 * @param data  n bytes, n < 2^28
 * @param last  no block follows: the last byte is filled up
 */
void assay_deflate_block(assay_buf *out, assay_bits *b, const uint8_t *data, size_t n, bool last);

#endif
