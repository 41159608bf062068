/** A ticket as work for a person: what it is about, what there is to see, and how to hand in what was done. */
#ifndef ASSAY_QUEUE_WORK_H
#define ASSAY_QUEUE_WORK_H

#include "verb.h"

#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/view.h"

#define ASSAY_WORK_WAYS 5 /* to hand it in: a text, a file, metadata, a waiver, a rejection */

typedef struct assay_work {
	const assay_ticket *ticket; /* borrowed */
	assay_sample_row stands;    /* assay_ticket_standing */
	char *feedback;             /* what an evaluation said last, where one opened it; NULL otherwise */
	assay_sample_row delivered; /* the sample then, as it stands; id 0 otherwise */
	char *path;                 /* of its source, as the store has it */
	assay_source source;        /* id 0 when the store has none of that path any more */
	assay_digest made_of;       /* assay_ticket_basis; zero without a source */
	const char *lane;           /* [borrowed] set by who knows it; NULL otherwise */
	const char *dir;  /* [borrowed] the same, of the folder that its own is in, from where the verb runs */
	const char *kind; /* of the sample, "source" for a source; NULL when it was made anew since */
	assay_view view;
	bool ways[ASSAY_WORK_WAYS]; /* that the verbs take for it as it stands */
} assay_work;

void assay_work_release(assay_work *w);
#define ASSAY_AUTO_WORK ASSAY_CLEANUP(assay_work_release) assay_work

/**
 * Gather all of it. Pictures are made in the sandbox; where they cannot be, w->view.missing says why.
 * @return ASSAY_OK, ASSAY_ESTOP, errors of the store and of starting a worker
 */
ASSAY_NODISCARD assay_code assay_work_load(assay_work *w, assay_viewer *viewer, assay_store *s, const assay_ticket *t,
					   assay_err *err);
/**
 * The ticket by what there is to be done, which people are asked: its subject as it stands. What an evaluation told of may
 * well fail nothing so, whatever it fails without help: that is in w->feedback. Borrows from w: not to be released.
 */
assay_ticket assay_work_now(const assay_work *w);
/**
 * Where a text or cells would be taken and nothing was read, such as of a recording without a transcript: an empty file to
 * write them into.
 */
ASSAY_NODISCARD assay_code assay_work_begin_text(assay_work *w, assay_err *err);
/** Is there a text, or cells, that would be taken back? */
bool assay_work_takes_text(const assay_work *w);
/** The object of task.json (docs/formats.md, "Work folder"). */
void assay_work_json(assay_json *j, const assay_work *w);

/** Folders of work below one that the user names. */
typedef struct assay_work_folders {
	const char *dir;
	int fd; /* of it; -1 before the first */
	bool force;
} assay_work_folders;

/**
 * The folder T<number> of a ticket: made, or there and empty.
 * @param fd  [out] of it; the caller closes it
 * @return ASSAY_EUSAGE when something is in it, unless force is set and it is a folder of work, which is emptied
 */
ASSAY_NODISCARD assay_code assay_work_folder(int *fd, assay_work_folders *f, const assay_ticket *t, assay_err *err);
/** Write all of it into its folder. */
ASSAY_NODISCARD assay_code assay_work_put(int fd, const assay_work *w, assay_err *err);

#endif
