/** Rows of the tag table, for tag.c and for the check. */
#ifndef ASSAY_TAG_ROWS_H
#define ASSAY_TAG_ROWS_H

#include "assay/tag.h"

#define ASSAY_TAG_EVENT_KEY 9

/** What a name stands for. */
typedef struct assay_tag_row {
	assay_digest version; /* zero: none now */
	uint64_t event;       /* that said so */
} assay_tag_row;

/** Key of an event. No name has a NUL in it, so that keys of events and names are never the same. */
void assay_tag_event_key(unsigned char key[ASSAY_TAG_EVENT_KEY], uint64_t number);
/** Does this key of the table name an event? */
bool assay_tag_is_event(const void *key, size_t key_size);

ASSAY_NODISCARD assay_code assay_tag_row_decode(assay_tag_row *out, const void *p, size_t n, assay_err *err);
/** ASSAY_ENOENT (without a message) when there is no event of that number. */
ASSAY_NODISCARD assay_code assay_tag_event_get(assay_store *s, uint64_t number, assay_tag_event *out, assay_err *err);

#endif
