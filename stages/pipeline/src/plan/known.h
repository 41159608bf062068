/** What was found against what is known: does a source need anything? Looks at stamps and rows only. */
#ifndef ASSAY_KNOWN_H
#define ASSAY_KNOWN_H

#include "scan.h"
#include "session.h"

typedef struct assay_look {
	bool known;              /* it has a row */
	bool unchanged;          /* it needs nothing at all */
	bool young;              /* as it was, but its stamp was too young to be trusted when it was noted */
	bool decided;            /* it would be tried again, but another file stands for it, or it was given up */
	assay_standing standing; /* of an unchanged one */
	unsigned causes; /* ASSAY_CAUSE_… bits, as far as stamps tell: content and sidecar may turn out a mere touch */
} assay_look;

/**
 * Compare one source. Opens no file.
 * @param s            without a store every source is new
 * @param trust_young  take a stamp at its word although it was too young to be trusted when it was noted
 */
ASSAY_NODISCARD assay_code assay_source_look(assay_look *out, assay_session *s, const assay_found *f, bool trust_young,
					     assay_err *err);
/** One more if this one stands as failed, and not by help. */
ASSAY_NODISCARD assay_code assay_look_count_failed(uint64_t *failed, const assay_look *l, const assay_session *s,
						   const assay_found *f, assay_err *err);
/** Will units probably be run, as against looked up or only judged again? */
bool assay_look_asks_for_work(const assay_look *l);
/** Will its bytes probably be read for a digest? */
bool assay_look_asks_for_digest(const assay_look *l);
/** Would a digest settle whether anything is to be done? */
bool assay_look_is_unsure(const assay_look *l);

/** The sidecar that is known under this role and key; NULL when there is none. */
const assay_source_sidecar *assay_known_sidecar(const assay_source *src, const char *role, const char *key);
/** How a source stands that stood like that before one more unit ended so. */
assay_standing assay_standing_with(assay_standing so_far, assay_failure failure);

#endif
