/** What the program says of itself, from the tables of its verbs: help for a terminal, and pages for man(1). */
#ifndef ASSAY_HELP_H
#define ASSAY_HELP_H

#include "verb.h"

/** `assay --help`: verbs by what they are for, and a first walk through them. */
void assay_help_program(assay_buf *out);
/** `assay VERB --help`. @param title  "queue list" */
void assay_help_verb(assay_buf *out, const assay_verb *v, const char *title);

/** assay.1, in man(7). The same text in every build: no date is in it. */
void assay_man_program(assay_buf *out);
/** assay-VERB.1, with its sub-verbs. */
void assay_man_verb(assay_buf *out, const assay_verb *v);

/** What a verb's group is called in the help; NULL when there is no such group. */
const char *assay_group_title(unsigned group);
/** Row n (from 0) of all exit codes of a verb, its own first, ascending; false when there are no more. */
bool assay_exit_of_verb(const assay_verb *v, size_t n, assay_exit_row *out);
/** Row n (from 0) of all exit codes of the program; false when there are no more. */
bool assay_exit_of_program(size_t n, assay_exit_row *out);

#endif
