/**
 * What was tried for one sample, or is to be: people's corrections and files, and the ladders of remedies. An attempt
 * is a unit of work like any other, found by its work key, so that what comes of a sample is a function of the catalog:
 * which attempts are still wanted is one of the results.
 *
 * A remedy never decides by a measure that it can inflate: an attempt counts when its sample passes every check of
 * severity error and has lost no content that is there without it (assay_vocabulary_metric.recall).
 */
#ifndef ASSAY_REPAIR_H
#define ASSAY_REPAIR_H

#include "assay/part.h"
#include "assay/queue.h"
#include "assay/unit.h"

#include "known_recipe.h"
#include "session.h"

/* For one sample: a ladder is never cut, else the best of it would be the best of a part. */
#define ASSAY_TRIES_MAX (ASSAY_CONFIG_TRIES_ENOUGH - 1 + ASSAY_CONFIG_RUNGS_MAX)
#define ASSAY_SPANS_MAX 8 /* samples of one source; attempts at more of them read the stream, once for all */

/**
 * How all of a source stands that the pipeline made nothing of, or that people put another file in the place of; and how
 * all stands that was found on a page or in a stream that does not stand as the pipeline made it.
 */
typedef struct assay_stand_in {
	assay_sample_way way; /* PLAIN: it stands by itself; CORRECTED only of a page or stream */
	const char *remedy;   /* REMEDY: its name, borrowed */
	uint32_t rung;        /* of the remedy */
	uint32_t chain;       /* of the session's rungs; ASSAY_NO_RUNG: the pipeline as it is */
	uint64_t file;        /* REPLACED: the decision whose payload is read; 0 otherwise */
	uint64_t decision;    /* that made it so; 0: none */
	uint64_t plain_unit;  /* that the pipeline made */
	bool other_page;      /* REPLACED: the file is one that was handed in for the page that it was found on */
} assay_stand_in;

/** What is judged. All of it is borrowed. */
typedef struct assay_judged {
	const assay_source *source;
	const assay_known_recipe *recipe;
	const assay_unit *unit;
	uint32_t position;                 /* in the unit's result */
	const assay_result_sample *sample; /* there */
	const char *part;                  /* of the sample's key: the sample's own, unless a file was replaced */
	assay_digest bytes;                /* of the file that the unit read */
	const char *original;              /* path of the source that this one duplicates, NULL */
	const assay_stand_in *whole;       /* that the sample is part of; NULL: it stands by itself */
	const assay_decision *given_up;    /* the rejection of what it was found in; NULL: none */
} assay_judged;

/** A unit that is to be made. Small: a dataset may want many. */
typedef struct assay_wanted {
	assay_digest work_key;
	uint64_t source; /* row */
	uint64_t file;   /* REPLACE whose payload it reads; 0: the source */
	uint64_t text;   /* CORRECT whose payload it takes; 0: none */
	bool table;      /* that is of a table's cells */
	uint32_t rung;   /* in session->rungs; ASSAY_NO_RUNG: the pipeline as it is */
	assay_part part; /* of the file that it is to read */
} assay_wanted;

#define ASSAY_NO_RUNG UINT32_MAX

/** An attempt that this run could not finish. */
typedef struct assay_undone {
	assay_digest work_key;
	char *why; /* for people */
} assay_undone;

typedef struct assay_try {
	assay_ticket_attempt told; /* its texts are borrowed from the configuration and the arena */
	assay_wanted wanted;
	const assay_config_remedy *remedy; /* NULL: of a decision */
	assay_judged of;                   /* once its sample is there */
} assay_try;

typedef struct assay_repair {
	const assay_session *session;
	assay_known_recipes *known;
	assay_try tries[ASSAY_TRIES_MAX];
	size_t count;
	assay_arena units;          /* of the tries */
	uint64_t source;            /* row of the source that is judged */
	uint32_t spanned;           /* samples of it, this one included, that attempts read a span for */
	bool spans;                 /* this one is among them */
	const assay_undone *undone; /* ascending by work key, borrowed */
	size_t undone_count;
} assay_repair;

void assay_repair_open(assay_repair *r, const assay_session *s, assay_known_recipes *known);
void assay_repair_release(assay_repair *r);
/** Forget the tries of the sample before. */
void assay_repair_begin(assay_repair *r);
/** Room for one more; NULL when there are as many as there may be. */
assay_try *assay_repair_next(assay_repair *r);
/** Is a try still to be made? */
bool assay_repair_wants(const assay_repair *r);
/** May a remedy be begun? Where not, the last attempt's note is to say so: assay_repair_note_left. */
bool assay_repair_may_begin(const assay_repair *r);
/** Say of the last attempt that this remedy was not begun after it. */
ASSAY_NODISCARD assay_code assay_repair_note_left(assay_repair *r, const assay_config_remedy *left, assay_err *err);
/** Of a unit that is not there: was this run unable to finish it? *undone then, and the try says so, and why. */
ASSAY_NODISCARD assay_code assay_repair_undone(assay_repair *r, assay_try *t, const assay_digest *work_key,
					       bool *undone, assay_err *err);
/** What the unit failed by becomes the outcome of the try, and its note. */
ASSAY_NODISCARD assay_code assay_repair_failed(assay_repair *r, assay_try *t, const assay_unit *u,
					       const assay_known_recipe *recipe, assay_err *err);

/**
 * The unit that a decision on the content asks for. t->told.outcome is WANTED, UNDONE, FAILED or REJECTED where there is
 * nothing to judge; 0 when t->of is there to be judged.
 * @param base  the sample as the pipeline makes it
 * @param out   [out] the try; NULL when the sample is of a kind that cannot be treated so
 */
ASSAY_NODISCARD assay_code assay_repair_decided(assay_repair *r, const assay_judged *base, const assay_decision *d,
						assay_try **out, assay_err *err);
/**
 * The same for one rung of a remedy that could be begun. *out is NULL when the remedy is not for such sources, or the
 * sample has this try already.
 */
ASSAY_NODISCARD assay_code assay_repair_rung(assay_repair *r, const assay_judged *base,
					     const assay_config_remedy *remedy, size_t rung, assay_try **out,
					     assay_err *err);
/**
 * Has the attempt lost content? Its note then says of which metric.
 * @param before  values of the base by number of the vocabulary; @param now those of the attempt
 */
ASSAY_NODISCARD assay_code assay_repair_lost(assay_repair *r, assay_try *t, const assay_judge_value *before,
					     const assay_judge_value *now, bool *lost, assay_err *err);
/** Put a sentence into the try. */
ASSAY_NODISCARD assay_code assay_repair_note(assay_repair *r, assay_try *t, assay_err *err, const char *fmt, ...)
    ASSAY_PRINTF(4, 5);

#endif
