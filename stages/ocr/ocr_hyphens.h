/** Words that are divided between two lines, and whose hyphen was read as something else. */
#ifndef ASSAY_OCR_HYPHENS_H
#define ASSAY_OCR_HYPHENS_H

#include "ocr_plausible.h"
#include "ocr_words.h"

/**
 * Put the hyphen back at which a word is divided. The double hyphen of old print is read as a mark or a small letter.
 * The last sign of a line's last word is taken for one when it stands behind two signs and more, a letter the last of them,
 * the next line of the paragraph begins with a small letter, and
 * - it is = ~ < > or a guillemet whose partner is nowhere on the page; or
 * - it is a colon, an asterisk or another guillemet, and a dictionary knows what both parts make together; or
 * - it is another quotation mark, the first one in its line, and the dictionary knows what both parts make together, but not
 *   both parts; or
 * - it is a letter without ascender, and the dictionary knows what both parts make without it, not what they make with it,
 *   and not both words as they stand.
 *
 * @param w       read; replaced when there was one
 * @param mended  [out] how many
 * @return ASSAY_OK; ASSAY_ENOMEM, and w is as it was
 */
ASSAY_NODISCARD assay_code ocr_hyphens_mend(ocr_words *w, int64_t *mended, const ocr_dictionary *d, assay_err *err);

#endif
