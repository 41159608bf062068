/**
 * How old a ticket is that a copy needs: as old as the one of the original that it takes the place of, since it is the
 * same bytes that nobody has mended.
 */
#ifndef ASSAY_COPY_AGE_H
#define ASSAY_COPY_AGE_H

#include "original.h"

#include "assay/queue.h"

/**
 * A ticket that is about to be opened is of the time and run of the oldest open one that is about the same sample of the
 * same bytes under another path; as it is where there is none. Tickets of what is gone are open still while others are
 * judged.
 *
 * @param t       in, out: opened_ns, opened_run
 * @param src     that its sample is of
 * @param stands  bytes that its sample is made of
 * @param part    of its sample in the source
 */
ASSAY_NODISCARD assay_code assay_copy_age(assay_ticket *t, assay_originals *o, assay_store *store,
					  const assay_source *src, const assay_digest *stands, const char *part,
					  assay_err *err);

#endif
