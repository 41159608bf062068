/** Which decisions ended between the last version and a judging. */
#ifndef ASSAY_JUDGE_ENDED_H
#define ASSAY_JUDGE_ENDED_H

#include "session.h"

/**
 * After a judging of everything and before its version is committed. What is taken back or superseded was ended by a
 * person, and is none of these; nor is what waits: its subject is not there, or is a duplicate or filtered, and the
 * decision holds again when that is over; but where another file has the bytes of one that is gone, or is the original
 * instead, and stands otherwise, it is told. A remedy by name is none either: it changes nothing by ending.
 * @param out  [out, owned] what it held before is released
 */
ASSAY_NODISCARD assay_code assay_ended_find(assay_ended *out, const assay_session *s, assay_err *err);

#endif
