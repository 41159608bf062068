/**
 * A dataset of scanned pages as a run would have left it, without a page having been read: assay.yaml,
 * contract.odcs.yaml and the store .assay in a folder. Every page has the metrics of page.read, page.quality,
 * page.deskew and ocr.recognize, and two artifacts. All of it is computed from the numbers of source and page: the same
 * arguments give the same version id.
 */
#ifndef ASSAY_TEST_PAGES_STORE_H
#define ASSAY_TEST_PAGES_STORE_H

#include "assay/error.h"

#include <stdint.h>

/** dir is made if it is not there; it must have no store yet. */
ASSAY_NODISCARD assay_code make_pages_store(const char *dir, uint64_t sources, uint32_t pages, assay_err *err);
/**
 * The same in so many batches, each a run of its own, of page.read, page.quality, page.binarize and ocr.recognize. The
 * pages of the fourth batch alone are as a remedy made them, binarised by sauvola, the others by otsu. Sources have 24 more metadata, at random.
 */
ASSAY_NODISCARD assay_code make_batches_store(const char *dir, uint64_t sources, uint32_t pages, uint32_t batches,
					      assay_err *err);

#endif
