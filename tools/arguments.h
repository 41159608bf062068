/** The command line, taken apart by the table of its verb. */
#ifndef ASSAY_ARGUMENTS_H
#define ASSAY_ARGUMENTS_H

#include "verb.h"

#define ASSAY_TITLE_MAX 64

/**
 * Choose sub-verbs as far as the words name them, and take those words out.
 *
 * @param verb   [in, out] the verb; where it has sub-verbs, the one that the words name
 * @param title  [in, out] its name as a user writes it
 * @return ASSAY_EUSAGE when a sub-verb is needed and not named; *verb is then the one that needs it
 */
ASSAY_NODISCARD assay_code assay_arguments_sub(const assay_verb **verb, char title[ASSAY_TITLE_MAX], char **argv,
					       int *argc, assay_err *err);
/** Position of the word that must name a sub-verb: the first that is no shared option; argc when there is none. */
int assay_arguments_sub_at(char *const *argv, int argc);

/** The row of an option by its long name (size bytes of it), or by its letter unless that is 0; NULL without one. */
const assay_option *assay_option_find(const assay_option *rows, const char *name, size_t size, char letter);

/**
 * Take the words apart. in->verb, in->title and room in `given`, `every` and `args` are there.
 * @param help  [out] --help was among them; operands are not counted then
 */
ASSAY_NODISCARD assay_code assay_arguments_parse(assay_invocation *in, char **argv, int argc, bool *help,
						 assay_err *err);
/** Is there a --help or -h among them? For words that cannot be taken apart. */
bool assay_arguments_ask_help(char *const *argv, int argc);

#endif
