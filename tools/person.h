/** Who decides, answers for something or wrote a text: names that lists and histories tell. */
#ifndef ASSAY_PERSON_H
#define ASSAY_PERSON_H

#include <stdbool.h>

#define ASSAY_PERSON_MAX 200 /* bytes */

/** Nothing but blanks: that is nobody. */
bool assay_person_is_nobody(const char *name);
/** What is wrong with a name, as in "the name …"; NULL: nothing. */
const char *assay_person_fault(const char *name);

#define ASSAY_REASON_MAX 4096 /* bytes */
/** What is wrong with a reason that must be given, as in "the reason …"; NULL: nothing. */
const char *assay_reason_fault(const char *reason);

#endif
