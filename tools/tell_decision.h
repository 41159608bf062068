/** What people decided, in the words and members that every verb uses. */
#ifndef ASSAY_TELL_DECISION_H
#define ASSAY_TELL_DECISION_H

#include "tell.h"

#include "assay/decision.h"

/**
 * "waived by Anna until 2026-12-01 00:00:00Z", "corrected by ben from page.txt", "metadata by ben: batch=b7": what it
 * says and who answers for it, without the reason. A decision that no longer stands says so.
 */
void assay_tell_decision(assay_buf *out, const assay_decision *d);
/** After the word (at most 9 letters) that, its reason, and who told it when. */
void assay_say_decision(const char *word, const assay_decision *d);
/**
 * key: {id, kind, standing, subject, actor, owner, reason, at, expires, remedy, payload, file, metadata}, or null for a
 * decision of id 0.
 */
void assay_json_decision(assay_json *j, const char *key, const assay_decision *d);
/** Those members, into an object that is open. */
void assay_json_decision_members(assay_json *j, const assay_decision *d);
/** "stands", "superseded", "withdrawn". */
const char *assay_decision_standing_name(unsigned standing);
/** "as the pipeline makes it", "remedy", "corrected", "replaced": NULL for no way. */
const char *assay_way_name(unsigned way);

#endif
