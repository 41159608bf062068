/** What a verb of the `assay` program is, and what all verbs share. One file per verb; see verbs.c for the table. */
#ifndef ASSAY_VERB_H
#define ASSAY_VERB_H

#include "assay/config.h"
#include "assay/error.h"
#include "assay/json.h"
#include "assay/store.h"

#include <stdbool.h>

/** Exit codes: stable, documented in docs/manual.md. */
typedef enum assay_exit {
	ASSAY_EXIT_OK = 0,
	ASSAY_EXIT_USAGE = 64,
	ASSAY_EXIT_BAD_INPUT = 65,
	ASSAY_EXIT_NO_INPUT = 66,
	ASSAY_EXIT_BUG = 70,
	ASSAY_EXIT_CANNOT_CREATE = 73,
	ASSAY_EXIT_IO = 74,
	ASSAY_EXIT_TEMPORARY = 75,
	ASSAY_EXIT_PERMISSION = 77,
	ASSAY_EXIT_CONFIG = 78,
	ASSAY_EXIT_DIFFERENCE = 80,
} assay_exit;

typedef struct assay_option {
	const char *name;  /* long name without dashes; NULL ends the table */
	char letter;       /* 0 if none */
	const char *value; /* what it takes, for the help ("N", "DIR"); NULL for a flag */
	const char *help;
} assay_option;

/** The options that every verb takes are parsed into this. */
typedef struct assay_invocation {
	const struct assay_verb *verb;
	const char *store;  /* --store, else ASSAY_STORE, else ".assay" */
	const char *config; /* -c, else "assay.yaml" */
	bool json;
	const char **given; /* by row of verb->options: the value, "" for a given flag, NULL when not given */
	char **args;        /* NULL-ended operands */
	int arg_count;
} assay_invocation;

typedef struct assay_verb {
	const char *name;
	const char *operands;        /* "SAMPLE|PATH", "" when there are none */
	int min_args, max_args;      /* max_args -1: any number */
	const char *summary;         /* one line, lower case */
	const char *help;            /* paragraphs after the summary */
	const char *example;         /* lines a user can run */
	const assay_option *options; /* NULL when it has none of its own */
	/* Returns an assay_exit; on an error fills err and returns the code that err asks for (assay_exit_of). */
	int (*run)(const assay_invocation *in, assay_err *err);
	bool hidden; /* not listed: for the program itself */
} assay_verb;

extern const assay_verb *const assay_verbs[]; /* NULL-ended, in the order of the help */

/** Value of an option of the verb; NULL when not given. The name must be in its table. */
const char *assay_opt(const assay_invocation *in, const char *name);
/** A whole number from an option; dflt when not given. ASSAY_EUSAGE outside lo..hi. */
ASSAY_NODISCARD assay_code assay_opt_uint(const assay_invocation *in, const char *name, uint64_t dflt, uint64_t lo,
					  uint64_t hi, uint64_t *out, assay_err *err);

/** A time (RFC 3339) from an option, in ns since 1970 UTC. ASSAY_EUSAGE when it is none. */
ASSAY_NODISCARD assay_code assay_opt_moment(const assay_invocation *in, const char *name, bool *given, int64_t *out,
					    assay_err *err);

int assay_exit_of(assay_code code);

/** Load the configuration; findings (warnings too) go to stderr. */
ASSAY_NODISCARD assay_code assay_load_config(const assay_invocation *in, assay_config **out, int *rootfd,
					     assay_err *err);
ASSAY_NODISCARD assay_code assay_open_store(const assay_invocation *in, assay_store **out, bool write, bool create,
					    assay_err *err);

/** JSON on stdout: begin with an indent of 2, write, and print. */
typedef struct assay_report {
	assay_buf text;
	assay_json json;
} assay_report;
void assay_report_init(assay_report *r);
ASSAY_NODISCARD assay_code assay_report_print(assay_report *r, assay_err *err);
void assay_report_release(assay_report *r);
#define ASSAY_AUTO_REPORT ASSAY_CLEANUP(assay_report_release) assay_report

#endif
