/** The samples of a version in the order of their keys, of which long beginnings are the same. */
#ifndef ASSAY_DELIVERY_KEYSORT_H
#define ASSAY_DELIVERY_KEYSORT_H

#include "roster.h"

/**
 * Put entries into ascending order of key, as strcmp has it. Takes 16 bytes of memory for each meanwhile.
 *
 * Method: multikey quicksort (Bentley, Sedgewick, Fast Algorithms for Sorting and Searching Strings, 1997) by eight bytes
 * at a time, which lie beside each other and not behind a pointer.
 *
 * @return ASSAY_OK or ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code keysort(roster_entry *entries, size_t count, assay_err *err);

/** The plain version: what keysort comes to. */
void keysort_plain(roster_entry *entries, size_t count);

#endif
