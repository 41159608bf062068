/**
 * What the files of a store check share. check.c has the order; check_objects.c, check_rows.c, check_versions.c,
 * check_tags.c, check_feedback.c, check_index.c and check_edges.c look, by way of check_row.c and check_entry.c;
 * check_finding.c keeps what they find; check_affected.c asks whom it affects.
 */
#ifndef ASSAY_CHECK_FINDING_H
#define ASSAY_CHECK_FINDING_H

#include "assay/check.h"
#include "assay/queue.h"

#include "catalog.h"
#include "decision.h"
#include "digest_map.h"

#include <string.h>

#define CHECK_NAME  96         /* "sha256:" and a digest, or a table and a number */
#define CHECK_EVERY UINT32_MAX /* all samples of a unit */

/** What is damaged, so that it can be asked who depends on it. */
typedef enum check_subject {
	CHECK_NOTHING,
	CHECK_OBJECT,     /* digests in check.bad */
	CHECK_OBJECT_ROW, /* id */
	CHECK_SOURCE,     /* id */
	CHECK_UNIT,       /* id */
	CHECK_SAMPLE,     /* id */
	CHECK_TICKET,     /* id */
	CHECK_VERSION,    /* id: its number */
	CHECK_CONTENT,    /* digest of a source's or sidecar's bytes */
	CHECK_WORK,       /* digest: a work key */
	CHECK_KEY,        /* digest: hash of a sample key */
} check_subject;

typedef struct check_names {
	char **list;
	size_t count, cap;
} check_names;

typedef struct check_finding {
	const char *what;
	char *name, *detail;
	check_subject subject;
	uint64_t id;
	assay_digest digest;
	check_names samples, versions;
} check_finding;

typedef struct assay_check {
	assay_store *store;
	assay_store_check_opts opts;
	assay_store_check_summary sum;
	check_finding *findings;
	size_t count, cap;
	assay_digest_map bad;      /* objects that are damaged or missing -> finding */
	assay_digest_map told;     /* index entries already told of from the side of the row -> finding */
	assay_digest_map nodes;    /* of tries: 0 where all below is there, else the last version told of it */
	assay_digest_map contents; /* digests that a source or sidecar had -> finding */
	assay_digest_map ends;     /* ends of edges that are known -> whether they are there */
	uint64_t all_bytes;
	uint64_t open_tickets, tickets[ASSAY_TICKET_STATES + 1]; /* by state */
	bool ticket_unread;                                      /* a damaged one's state is not known */
	uint32_t pack;                                           /* last one looked at */
	uint64_t pack_bytes;
	size_t pack_finding;     /* SIZE_MAX while there is none */
	unsigned char *numbered; /* bit per content number: an entry has it; NULL when that is not known */
	uint64_t content_end;
	struct check_affected *affected; /* check_affected.c's own */
} assay_check;

/* ---- findings (check_finding.c) */

void assay_check_release(assay_check *c);
/** A sample's key or a version's id; told once when it is the same as the last. */
ASSAY_NODISCARD assay_code assay_check_name(check_names *n, const char *name, assay_err *err);
ASSAY_NODISCARD assay_code assay_check_add(assay_check *c, const char *what, const char *name, check_subject subject,
					   uint64_t id, const char *detail, assay_err *err);
/** A finding about an object, which everything that names it will find in check.bad. */
ASSAY_NODISCARD assay_code assay_check_add_object(assay_check *c, const assay_digest *d, const char *detail,
						  assay_err *err);
/** Hand all findings out, with their names sorted. */
ASSAY_NODISCARD assay_code assay_check_tell(assay_check *c, assay_store_finding_fn *fn, void *ctx, assay_err *err);
char *assay_check_digest_name(const assay_digest *d, char out[CHECK_NAME]);
char *assay_check_row_name(assay_table t, uint64_t id, char out[CHECK_NAME]);

/** Digest of a text, as the index has it. */
static inline assay_code assay_check_hash(const char *text, assay_digest *out, assay_err *err)
{
	return assay_digest_of(out, text, strlen(text), err);
}

/** Damage is noted and the check goes on; anything else stops it, with the error that is handed over. */
bool assay_check_is_damage(assay_code rc);
assay_code assay_check_stop(assay_code rc, const assay_err *from, assay_err *err);
static inline assay_code assay_check_pass(assay_code rc, const assay_err *from, assay_err *err)
{
	return rc == ASSAY_OK || assay_check_is_damage(rc) ? ASSAY_OK : assay_check_stop(rc, from, err);
}

/* ---- rows by number (check_row.c) */

typedef assay_code check_row_fn(assay_check *c, uint64_t id, assay_err *err);
ASSAY_NODISCARD assay_code assay_check_each(assay_check *c, assay_table t, check_row_fn *fn, assay_err *err);
/** What fetching a row came to: *there when it can be looked at. A number without a row is no damage by itself. */
ASSAY_NODISCARD assay_code assay_check_row(assay_check *c, assay_code got, const assay_err *got_err, assay_table t,
					   uint64_t id, check_subject subject, bool *there, assay_err *err);
/** A row that is damaged is there. */
ASSAY_NODISCARD assay_code assay_check_exists(assay_check *c, assay_table t, uint64_t id, bool *exists, assay_err *err);

/* ---- what rows say (check_rows.c) */

check_row_fn assay_check_source, assay_check_unit, assay_check_sample, assay_check_ticket, assay_check_run,
    assay_check_decision;
/** Rows that have no numbers of their own: those of the meta table. */
ASSAY_NODISCARD assay_code assay_check_numbers(assay_check *c, assay_err *err);

/* ---- objects (check_objects.c) */

check_row_fn assay_check_object, assay_check_object_size;
/** An object that something names; told once, however many name it. *finding is SIZE_MAX when all is well. */
ASSAY_NODISCARD assay_code assay_check_named(assay_check *c, const assay_digest *d, size_t *finding, assay_err *err);

/* ---- tickets by state (check_standing.c) */

/** Is a ticket listed in the state that it is in? */
ASSAY_NODISCARD assay_code assay_check_listed(assay_check *c, const assay_ticket *t, assay_err *err);
/** Is what is listed so? */
ASSAY_NODISCARD assay_code assay_check_standing(assay_check *c, assay_err *err);

/* ---- versions and their tries (check_versions.c) */

check_row_fn assay_check_version;
ASSAY_NODISCARD assay_code assay_check_version_id(assay_check *c, uint64_t number, assay_digest *id, assay_err *err);

/* ---- tags and their events (check_tags.c) */

ASSAY_NODISCARD assay_code assay_check_tags(assay_check *c, assay_err *err);
/** A version that a tag, an event of one or feedback names; zero is none. */
ASSAY_NODISCARD assay_code assay_check_target(assay_check *c, const char *name, const assay_digest *version,
					      assay_err *err);

/* ---- feedback (check_feedback.c) */

check_row_fn assay_check_feedback;

/* ---- index entries from the side of the row (check_entry.c) */

/** An entry's place in check.told: entries of different types must not share one. */
assay_digest assay_check_entry_key(assay_index_type type, const assay_digest *d);
/** A finding about an entry, noted in check.told. */
ASSAY_NODISCARD assay_code assay_check_add_entry(assay_check *c, assay_index_type type, const assay_digest *d,
						 const char *name, check_subject subject, uint64_t id,
						 const char *detail, assay_err *err);
/** The row's entry must be there and lead to it. */
ASSAY_NODISCARD assay_code assay_check_entry(assay_check *c, assay_index_type type, const assay_digest *d, uint64_t id,
					     const char *name, check_subject subject, assay_err *err);
ASSAY_NODISCARD assay_code assay_check_text_entry(assay_check *c, assay_index_type type, const char *text, uint64_t id,
						  check_subject subject, assay_err *err);

/* ---- from their own side (check_index.c) */

/** What they lead to must be there and be it. */
ASSAY_NODISCARD assay_code assay_check_index(assay_check *c, assay_err *err);

/* ---- edges (check_edges.c), after the index */

ASSAY_NODISCARD assay_code assay_check_edges(assay_check *c, assay_err *err);

/* ---- whom it affects (check_affected.c) */

ASSAY_NODISCARD assay_code assay_check_affected(assay_check *c, assay_err *err);

#endif
