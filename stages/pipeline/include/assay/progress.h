/**
 * What a long run tells while it works. The bar goes by estimated work, not by files: a hundred scans and one film are
 * not 101 equal parts. What is left of the bar stands for what is left of the work by the estimate of the moment: with
 * w done since the last look and r left, it shrinks to r / (r + w) of what it was. As long as estimates hold that is the
 * share of all the work; when they turn out wrong the bar goes on from where it is, slower or faster. So it never goes
 * backwards, moves whenever work is done, and is full at the end, and only there.
 */
#ifndef ASSAY_PROGRESS_H
#define ASSAY_PROGRESS_H

#include "assay/buf.h"

#include <stdio.h>

typedef enum assay_progress_mode {
	ASSAY_PROGRESS_AUTO, /* bar on a terminal, plain lines otherwise */
	ASSAY_PROGRESS_BAR,
	ASSAY_PROGRESS_PLAIN,
	ASSAY_PROGRESS_JSON,
	ASSAY_PROGRESS_NONE,
} assay_progress_mode;

typedef enum assay_phase {
	ASSAY_PHASE_SCAN,    /* the folder is walked, stamps are compared */
	ASSAY_PHASE_HASH,    /* files are digested, and no worker has anything to do */
	ASSAY_PHASE_PROCESS, /* workers work; files are digested meanwhile */
	ASSAY_PHASE_JUDGE,
	ASSAY_PHASE_REPAIR, /* workers make attempts at what fails; then all is judged again */
	ASSAY_PHASE_COMMIT,
	ASSAY_PHASE_DONE,
	ASSAY_PHASE_STOPPED, /* by a signal or an error, before it was done */
} assay_phase;

#define ASSAY_PROGRESS_CURRENT_MAX 128
#define ASSAY_PROGRESS_MARKS       8
/* The bar's parts: it moves in millionths. */
#define ASSAY_PROGRESS_FULL 1000000u

/* How far things were at a time, for rates. */
typedef struct assay_progress_mark {
	int64_t ns;
	uint64_t done, bytes;
} assay_progress_mark;

/* How the work of processing stands, in microseconds of what it takes by what is known now. */
typedef struct assay_progress_work {
	uint64_t done, took;                 /* CPU and time of units that came back */
	uint64_t left;                       /* CPU of units */
	uint64_t digests_done, digests_left; /* of digesting, which goes on beside them */
	uint64_t longest_us; /* time that the longest unit in flight still takes: it is not spread over workers */
	uint64_t late_after; /* of what waits, what ends last has its turn after so much of the work left, */
	uint64_t late_us;    /* and takes so long */
	unsigned busy;       /* workers that have a unit, */
	unsigned lanes;      /* or could have one */
	double expected;     /* CPU of the units in flight for their time, as it was expected */
	bool guessed;        /* most of what is left was never measured: no end can be told */
} assay_progress_work;

/* How fast work goes, the recent past first: units by the CPU that they get, and workers by how much they have to do. */
typedef struct assay_progress_pace {
	double work_us, took_us; /* of what was done */
	double busy_us, lane_us; /* of workers */
} assay_progress_pace;

typedef struct assay_progress {
	FILE *out; /* stderr in the tool; borrowed */
	assay_progress_mode mode;
	int64_t (*now)(void); /* monotonic nanoseconds; tests bring their own */
	assay_phase phase;
	uint64_t done, total; /* sources of this phase; total 0 while it is not known */
	uint64_t samples, failed;
	uint64_t bytes;               /* of sources that were done */
	uint64_t judge_us, commit_us; /* that these phases will probably take */
	unsigned workers;             /* that do what is left of the work before them; 0 counts as 1 */
	const char *current[ASSAY_PROGRESS_CURRENT_MAX]; /* by worker: what it works on, or NULL; borrowed */
	size_t current_count;
	/* The rest is its own. */
	assay_progress_work work;
	assay_progress_pace pace, digest_pace;
	double filled; /* share of the bar */
	double gained; /* work done that is not in it yet */
	double judged; /* share of judging that is */
	int64_t started_ns, phase_started_ns, shown_ns, work_ns;
	assay_progress_mark marks[ASSAY_PROGRESS_MARKS]; /* of this phase; a ring */
	size_t mark_count;
	bool on_line; /* the bar stands on the current line */
	bool told;    /* something was shown */
} assay_progress;

/** AUTO is settled here: BAR when out is a terminal. */
void assay_progress_init(assay_progress *p, assay_progress_mode mode, FILE *out);
/** Begin a phase with so many sources; `done` starts at 0. NULL is fine. */
void assay_progress_phase(assay_progress *p, assay_phase phase, uint64_t total);
/** So many microseconds of the expected work of processing were done. NULL is fine. */
void assay_progress_gain(assay_progress *p, double us);
/** Judging is over: its part of the bar is full. */
void assay_progress_judge_done(assay_progress *p);
/** How processing stands now. */
void assay_progress_stands(assay_progress *p, const assay_progress_work *work);
/** Has enough time passed to show something? For those to whom its numbers cost time. NULL is not. */
bool assay_progress_is_due(const assay_progress *p);
/** Show the present numbers if enough time has passed (always with force). NULL is fine. */
void assay_progress_show(assay_progress *p, bool force);
/** All is done: the bar is full. Nothing is shown by a mode in which nothing was shown before, but for JSON. */
void assay_progress_finish(assay_progress *p);
/** The end came early: for JSON the last line says so. */
void assay_progress_stop(assay_progress *p);
/** Clear the bar so that other lines can be written; it comes back with the next show. */
void assay_progress_clear(assay_progress *p);

/** "auto", "bar", "plain", "json", "none". False for any other text. */
bool assay_progress_parse(assay_progress_mode *out, const char *text);
/** "scan", "hash", "process", "judge", "commit", "done", "stopped". */
const char *assay_phase_name(assay_phase phase);

/** Of ASSAY_PROGRESS_FULL; never less than before, full only when done. */
uint32_t assay_progress_full(assay_progress *p);
/** Microseconds of work that are behind, and of all there is, by what is known now. */
uint64_t assay_progress_work_us(const assay_progress *p, uint64_t *total_us);
/**
 * Seconds until the end, by the work left and the pace so far, but not before the longest unit in hand is done; -1
 * while it cannot be told.
 */
int64_t assay_progress_eta_s(const assay_progress *p);
/** Thousandths of sources per second, and bytes per second, over the last seconds. 0 while they cannot be told. */
uint64_t assay_progress_rate(const assay_progress *p, uint64_t *bytes_per_s);

/** One line for a terminal of so many columns; for a log; or for a program. Without the line's end. */
void assay_progress_bar(assay_buf *out, assay_progress *p, size_t columns);
void assay_progress_plain(assay_buf *out, assay_progress *p);
void assay_progress_json(assay_buf *out, assay_progress *p);

#endif
