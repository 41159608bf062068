/**
 * Regular expressions as ODCS has them (ECMA-262, fifth edition, 15.10.1), by translation into those of POSIX. What has
 * no equal there is refused: look-around, back references, lazy quantifiers, word boundaries, \u \x \c \p.
 */
#ifndef ASSAY_CONTRACTS_PATTERN_H
#define ASSAY_CONTRACTS_PATTERN_H

#include "assay/buf.h"

#include <regex.h>

/** Append the POSIX extended expression for the C locale, where '.' and [^a] take a whole UTF-8 character. */
ASSAY_NODISCARD assay_code pattern_translate(assay_buf *out, const char *pattern, assay_err *err);
/** Compile; *out is to be freed with regfree only after ASSAY_OK. ASSAY_ECONFIG says what is wrong; ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code pattern_compile(regex_t *out, const char *pattern, assay_err *err);

#endif
