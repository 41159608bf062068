/** What is wrong with a file the user wrote: every finding with its place, not only the first. */
#ifndef ASSAY_DIAGNOSTIC_H
#define ASSAY_DIAGNOSTIC_H

#include "assay/error.h"
#include "assay/json.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct assay_diagnostic {
	char *file;
	int line, column; /* 1-based; 0 when the finding has no place */
	bool is_error;    /* false: a warning */
	char *message;
} assay_diagnostic;

typedef struct assay_diagnostics {
	assay_diagnostic *items;
	size_t count, cap;
	size_t errors;
	bool failed; /* memory ran out while recording: the list is not complete */
} assay_diagnostics;

void assay_diagnostics_release(assay_diagnostics *d);
void assay_diagnostics_add(assay_diagnostics *d, bool is_error, const char *file, int line, int column, const char *fmt,
			   ...) ASSAY_PRINTF(6, 7);
/** "file:line:column: error: message\n" for each, in order of file, line, column. */
void assay_diagnostics_text(const assay_diagnostics *d, assay_buf *out);
/** Array of {file, line, column, severity, message}. */
void assay_diagnostics_json(const assay_diagnostics *d, assay_json *j);
/**
 * ASSAY_OK when there are no errors; ASSAY_ECONFIG with the first error's text (and how many more) otherwise;
 * ASSAY_ENOMEM when the list is not complete.
 */
ASSAY_NODISCARD assay_code assay_diagnostics_check(const assay_diagnostics *d, assay_err *err);

#endif
