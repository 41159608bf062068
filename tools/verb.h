/** What a verb of the `assay` program is, and what all verbs share. One file per verb; see verbs.c for the table. */
#ifndef ASSAY_VERB_H
#define ASSAY_VERB_H

#include "assay/config.h"
#include "assay/error.h"
#include "assay/exit.h"
#include "assay/json.h"
#include "assay/store.h"

#include <stdbool.h>

typedef struct assay_option {
	const char *name;  /* long name without dashes; NULL ends the table */
	char letter;       /* 0 if none */
	const char *value; /* what it takes: words of slots.h ("N", "DIR", "text|json"); NULL for a flag */
	const char *help;
} assay_option;

/** The options that every verb takes. */
extern const assay_option assay_shared_options[];

/** An option of the verb's table as it was given. */
typedef struct assay_given {
	const assay_option *row;
	const char *value; /* "" of a flag */
} assay_given;

/** The options that every verb takes are parsed into this. */
typedef struct assay_invocation {
	const struct assay_verb *verb;
	const char *title;  /* "queue list" */
	const char *store;  /* --store, else ASSAY_STORE, else ".assay" */
	const char *config; /* -c, else "assay.yaml" */
	bool json;
	const char **
	    given; /* by row of verb->options: the value, "" for a given flag, NULL when not given; of several the last */
	assay_given *every; /* all of them, in the order they were given */
	int every_count;
	char **args; /* NULL-ended operands */
	int arg_count;
} assay_invocation;

/** What a verb is for, in the order of the help. */
typedef enum assay_group { ASSAY_GROUP_MAKE = 1, ASSAY_GROUP_ASK, ASSAY_GROUP_KEEP, ASSAY_GROUP_LEARN } assay_group;

/** What a verb touches: the exit codes and files that come with it are told from this. */
enum {
	ASSAY_USES_STORE = 1,  /* reads it */
	ASSAY_USES_LOCK = 2,   /* writes to it */
	ASSAY_USES_CONFIG = 4, /* assay.yaml and the contracts that it names */
};

typedef struct assay_exit_row {
	int code;         /* 0 with a text NULL ends the table */
	const char *when; /* lower case, no full stop */
} assay_exit_row;

/** One table from which the parser, the help, the man page and the completion of a verb are made. */
typedef struct assay_verb {
	const char *name;
	assay_group group;           /* of a verb of the program; sub-verbs have none */
	const char *operands;        /* "VERSION|SAMPLE", "[TAG [VERSION]]", "" when there are none; see slots.h */
	int min_args, max_args;      /* max_args -1: any number */
	const char *summary;         /* one line, lower case */
	const char *help;            /* paragraphs after the summary */
	const char *example;         /* lines a user can run */
	const assay_option *options; /* NULL when it has none of its own */
	unsigned uses;               /* ASSAY_USES_... */
	const assay_exit_row *exits; /* what is its own, before what comes with `uses`; NULL when nothing is */
	const char *see_also;        /* verbs, "log, show"; "" when there is none */
	/* With sub-verbs, the word after the verb chooses one, and the rest is its business. */
	const struct assay_verb *const *subs; /* NULL-ended; NULL when there are none */
	/* Returns an assay_exit; on an error fills err and returns the code that err asks for (assay_exit_of). */
	int (*run)(const assay_invocation *in, assay_err *err);
	bool hidden; /* not listed: for the program itself */
	bool plain;  /* prints a file of some form: --json is refused */
} assay_verb;

extern const assay_verb *const assay_verbs[]; /* NULL-ended; the help lists them by group, in this order */
/** NULL when there is none of that name. */
const assay_verb *assay_verb_find(const assay_verb *const *verbs, const char *name);

/** Value of an option of the verb; NULL when not given. The name must be in its table. */
const char *assay_opt(const assay_invocation *in, const char *name);
/**
 * Values of an option that may be given several times, one after the other: NULL after the last.
 * @param at [in, out] 0 before the first
 */
const char *assay_opt_next(const assay_invocation *in, const char *name, int *at);
/**
 * Words that are kept must be UTF-8: ASSAY_EUSAGE that names the option or operand. Values of options that take TEXT or
 * a NAME are checked as they are parsed.
 *
 * @param what  [optional] of it: "the name of the file"
 */
ASSAY_NODISCARD assay_code assay_check_words(const assay_invocation *in, const char *option, const char *what,
					     const char *text, assay_err *err);
/** A whole number from an option; dflt when not given. ASSAY_EUSAGE outside lo..hi. */
ASSAY_NODISCARD assay_code assay_opt_uint(const assay_invocation *in, const char *name, uint64_t dflt, uint64_t lo,
					  uint64_t hi, uint64_t *out, assay_err *err);

/** A time (RFC 3339) from an option, in ns since 1970 UTC. ASSAY_EUSAGE when it is none. */
ASSAY_NODISCARD assay_code assay_opt_moment(const assay_invocation *in, const char *name, bool *given, int64_t *out,
					    assay_err *err);
/** To read most of it. */
ASSAY_NODISCARD assay_code assay_open_store_whole(const assay_invocation *in, assay_store **out, assay_err *err);

/** Load the configuration; findings (warnings too) go to stderr. */
ASSAY_NODISCARD assay_code assay_load_config(const assay_invocation *in, assay_config **out, int *rootfd,
					     assay_err *err);
/** Read the tables that it names, for verbs that find sources; findings go to stderr. Errors are bad input, exit 65. */
ASSAY_NODISCARD assay_code assay_load_tables(const assay_invocation *in, assay_config *config, int rootfd,
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
