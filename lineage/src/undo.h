/**
 * Groups that may be long. A group is held in memory until it is committed: LMDB keeps every page that was changed. One
 * that judges a whole dataset would grow with it, so that it is written to the catalog piece by piece, and what each
 * piece overwrote is noted in the file `undo` of the store first. Until the last piece is committed the group can be
 * undone like any other: by its writer, or, after a kill, by the next one. For lineage/ only.
 */
#ifndef ASSAY_UNDO_H
#define ASSAY_UNDO_H

#include "assay/buf.h"
#include "assay/store.h"

#include "env.h"

typedef struct assay_undo {
	bool noting;     /* the group may be long */
	bool replaying;  /* what is written now is not noted */
	int fd;          /* of the file while there is one; -1 */
	assay_buf chunk; /* notes of the piece that is being written */
	uint64_t length; /* of the file, as the catalog has it; 0: no piece was committed */
} assay_undo;

/** Key of the catalog's table "meta": so long is the part of the file that is to be undone. */
#define ASSAY_UNDO_LENGTH "undo.length"
/** The transaction of the catalog that set it: when another one has been committed since, nothing is undone. */
#define ASSAY_UNDO_TXN "undo.txn"

#define ASSAY_UNDO_NOTE_HEAD 8 /* bytes of a note before its key */

/** undo_note.c: called before anything is put under the key. */
ASSAY_NODISCARD assay_code assay_undo_note(assay_store *s, assay_table t, const void *key, size_t key_size,
					   assay_err *err);
/** Make the notes durable, and have the catalog count on them. Before the piece is committed. */
ASSAY_NODISCARD assay_code assay_undo_write(assay_store *s, assay_err *err);
/** The last piece is about to be committed: nothing is to be undone any more. */
ASSAY_NODISCARD assay_code assay_undo_waive(assay_store *s, assay_err *err);
/** It was. Forgets the file, if there is one. */
void assay_undo_done(assay_store *s);
/**
 * Undo the pieces of a group that was not finished, if there are any; what it comes to is committed. Without the file
 * nothing can be undone: the rows stay as they are, each of them whole, and the next judging starts from nothing.
 */
ASSAY_NODISCARD assay_code assay_undo_replay(assay_store *s, assay_err *err);
/** Are the first bytes of the file, so many as the catalog counts on, there and whole? For who only looks. */
ASSAY_NODISCARD assay_code assay_undo_check(const assay_store *s, uint64_t length, assay_err *err);
void assay_undo_release(assay_undo *u);

#endif
