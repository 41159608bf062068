/** Reading records: what assay/cbor.h leaves to each of them. As sticky as the reader; what must be there is a fault. */
#ifndef ASSAY_RECORD_H
#define ASSAY_RECORD_H

#include "assay/cbor.h"
#include "assay/kind.h"

/** The map that a record is: so many fields, the first of which (key 0) says this format. */
void assay_record_head(assay_cbor_reader *c, size_t fields, const char *not_fields, uint64_t format,
		       const char *not_format);
/** An array of exactly n items. */
void assay_record_tuple(assay_cbor_reader *c, size_t n, const char *otherwise);
/** Room for n items, zeroed; to be freed, or of the reader's arena. */
void *assay_record_room(assay_cbor_reader *c, size_t n, size_t item_size);
/** Such room for the items of the next array; their number is 0 when there is no room. */
void *assay_record_list(assay_cbor_reader *c, size_t item_size, size_t *n);

uint32_t assay_record_u32(assay_cbor_reader *c);
void assay_record_digest(assay_cbor_reader *c, assay_digest *out);
/** Fresh copy, to be freed or of the reader's arena. */
char *assay_record_text(assay_cbor_reader *c);
/** A class of failure, which is not "none". */
assay_failure assay_record_failure(assay_cbor_reader *c);

/** An array of texts, to be freed one by one. */
void assay_record_texts(assay_cbor_reader *c, char ***texts, size_t *count);
void assay_record_put_texts(assay_buf *out, char *const *texts, size_t count);

/**
 * [[modality, digest of its recipe]...], ascending: what a version and a judgement say. Both arrays have
 * ASSAY_MODALITY_MAX + 1 items, by modality; for reading all of them are false and zero before.
 */
void assay_record_put_recipes(assay_buf *out, const bool *there, const assay_digest *recipes);
void assay_record_recipes(assay_cbor_reader *c, bool *there, assay_digest *recipes);

#endif
