/* assay VERB [options] [operands]: finds the verb, parses its options by its table, and runs it. */
#include "verb.h"

#include "assay/log.h"
#include "assay/program.h"
#include "assay/stop.h"
#include "assay/suggest.h"
#include "assay/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const assay_option shared_options[] = {
    {"store", 0, "DIR", "the store (default: $ASSAY_STORE, else .assay)"},
    {"config", 'c', "FILE", "the configuration (default: assay.yaml)"},
    {"json", 0, NULL, "results as one JSON object on standard output"},
    {"help", 'h', NULL, "this text"},
    {NULL, 0, NULL, NULL},
};

/* ---------------------------------------------------------------- help */

static void print_options(FILE *out, const assay_option *rows)
{
	for (; rows != NULL && rows->name != NULL; rows++) {
		char left[48];
		const int n =
		    snprintf(left, sizeof left, "  %c%c%s--%s%s%s", rows->letter != 0 ? '-' : ' ',
			     rows->letter != 0 ? rows->letter : ' ', rows->letter != 0 ? ", " : "  ", rows->name,
			     rows->value != NULL ? " " : "", rows->value != NULL ? rows->value : "");

		(void)fprintf(out, "%-28s %s%s\n", left, n > 28 ? "\n                             " : "", rows->help);
	}
}

static void print_verb_help(const assay_verb *v)
{
	(void)printf("usage: assay %s [options]%s%s\n\n%s%s\n", v->name, v->operands[0] != '\0' ? " " : "", v->operands,
		     v->summary, strchr(".?", v->summary[strlen(v->summary) - 1]) != NULL ? "" : ".");
	if (v->help[0] != '\0')
		(void)printf("\n%s", v->help);
	(void)puts("\noptions:");
	print_options(stdout, v->options);
	print_options(stdout, shared_options);
	(void)printf("\nexample:\n%s", v->example);
}

static void print_help(FILE *out)
{
	(void)fputs(
	    "usage: assay VERB [options] [operands]\n\n"
	    "Assay turns folders of scanned pages, video and audio into dataset versions: every sample measured,\n"
	    "judged against written contracts, and delivered with its lineage or queued with its reason.\n\n"
	    "verbs:\n",
	    out);
	for (const assay_verb *const *v = assay_verbs; *v != NULL; v++)
		if (!(*v)->hidden)
			(void)fprintf(out, "  %-10s %s\n", (*v)->name, (*v)->summary);
	(void)fputs("\n'assay VERB --help' tells more. Exit codes: 0 done, 64 usage, 65 bad input, 66 input missing,\n"
		    "70 bug, 73 cannot create output, 74 I/O error (retry), 75 temporary (retry), 77 permission,\n"
		    "78 bad configuration or contract, 80 a difference or a failed gate.\n",
		    out);
}

/* ---------------------------------------------------------------- parsing */

static const assay_verb *find_verb(const char *name)
{
	for (const assay_verb *const *v = assay_verbs; *v != NULL; v++)
		if (strcmp((*v)->name, name) == 0)
			return *v;
	return NULL;
}

static const assay_option *find_row(const assay_option *rows, const char *name, size_t size, char letter)
{
	for (; rows != NULL && rows->name != NULL; rows++)
		if (letter != 0 ? rows->letter == letter
				: strlen(rows->name) == size && memcmp(rows->name, name, size) == 0)
			return rows;
	return NULL;
}

static assay_code unknown_option(const assay_invocation *in, const char *arg, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, arg + strspn(arg, "-"));
	for (const assay_option *o = in->verb->options; o != NULL && o->name != NULL; o++)
		assay_suggest_offer(&near, o->name);
	for (const assay_option *o = shared_options; o->name != NULL; o++)
		assay_suggest_offer(&near, o->name);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: unknown option '%s'%s; see 'assay %s --help'", in->verb->name, arg,
			   assay_suggest_text(&near, hint, sizeof hint), in->verb->name);
}

static void set_shared(assay_invocation *in, const assay_option *row, const char *value, bool *help)
{
	if (row == &shared_options[0])
		in->store = value;
	else if (row == &shared_options[1])
		in->config = value;
	else if (row == &shared_options[2])
		in->json = true;
	else
		*help = true;
}

/* One option at argv[*i]: "--name value", "--name=value", "-n value" or "-nvalue". */
static assay_code take_option(assay_invocation *in, char **argv, int argc, int *i, bool *help, assay_err *err)
{
	const char *arg = argv[*i];
	const bool is_long = arg[1] == '-';
	const char *name = arg + (is_long ? 2 : 1);
	const size_t size = is_long ? strcspn(name, "=") : 1;
	const char *value =
	    is_long ? (name[size] == '=' ? name + size + 1 : NULL) : (name[1] != '\0' ? name + 1 : NULL);
	const char letter = (char)(is_long ? '\0' : name[0]);
	const assay_option *row = find_row(in->verb->options, name, size, letter);
	const bool own = row != NULL;

	if (!own)
		row = find_row(shared_options, name, size, letter);
	if (row == NULL)
		return unknown_option(in, arg, err);
	if (row->value == NULL && value != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s takes no value", in->verb->name, row->name);
	if (row->value != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s needs %s", in->verb->name, row->name,
					   row->value);
		value = argv[++*i];
	}
	if (own)
		in->given[row - in->verb->options] = value != NULL ? value : "";
	else
		set_shared(in, row, value, help);
	return ASSAY_OK;
}

static assay_code parse(assay_invocation *in, char **argv, int argc, bool *help, assay_err *err)
{
	bool options_over = false;

	for (int i = 0; i < argc; i++) {
		assay_code rc = ASSAY_OK;

		if (!options_over && strcmp(argv[i], "--") == 0)
			options_over = true;
		else if (!options_over && argv[i][0] == '-' && argv[i][1] != '\0')
			rc = take_option(in, argv, argc, &i, help, err);
		else
			in->args[in->arg_count++] = argv[i];
		if (rc != ASSAY_OK)
			return rc;
	}
	if (*help)
		return ASSAY_OK;
	if (in->arg_count < in->verb->min_args)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s needs %s; see 'assay %s --help'", in->verb->name,
				   in->verb->operands, in->verb->name);
	if (in->verb->max_args >= 0 && in->arg_count > in->verb->max_args)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: '%s' is one operand too many; see 'assay %s --help'",
				   in->verb->name, in->args[in->verb->max_args], in->verb->name);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- running */

static void log_line(void *ctx, assay_log_level level, const char *line)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	(void)ctx;
	(void)fprintf(stderr, "assay: %s: %s\n", names[level], line);
}

static void print_error(const assay_err *err)
{
	(void)fprintf(stderr, "assay: %s", err->msg);
	if (err->code == ASSAY_EINVAL)
		(void)fprintf(stderr, " [bug in assay: %s:%d %s]", err->file, err->line, err->func);
	(void)fputc('\n', stderr);
}

/* An answer that never reached its reader is no success. */
static int close_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	(void)fputs("assay: cannot write to standard output\n", stderr);
	return code == ASSAY_EXIT_OK ? ASSAY_EXIT_IO : code;
}

static int run_verb(const assay_verb *v, char **argv, int argc)
{
	const char *store = getenv("ASSAY_STORE");
	assay_invocation in = {
	    .verb = v,
	    .store = store != NULL && store[0] != '\0' ? store : ".assay",
	    .config = "assay.yaml",
	};
	assay_err err = ASSAY_ERR_INIT;
	size_t rows = 0;
	bool help = false;
	int code = ASSAY_EXIT_TEMPORARY;

	while (v->options != NULL && v->options[rows].name != NULL)
		rows++;
	in.given = assay_alloc(rows, sizeof *in.given);
	in.args = assay_alloc((size_t)argc + 1, sizeof *in.args);
	if (in.given == NULL || in.args == NULL)
		(void)ASSAY_RAISE(&err, ASSAY_ENOMEM, "out of memory");
	else if (parse(&in, argv, argc, &help, &err) != ASSAY_OK)
		code = ASSAY_EXIT_USAGE;
	else if (help)
		code = (print_verb_help(v), ASSAY_EXIT_OK);
	else
		code = v->run(&in, &err);
	if (err.code != ASSAY_OK)
		print_error(&err);
	free(in.given);
	free(in.args);
	return close_stdout(code);
}

static int unknown_verb(const char *name)
{
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, name);
	for (const assay_verb *const *v = assay_verbs; *v != NULL; v++)
		if (!(*v)->hidden)
			assay_suggest_offer(&near, (*v)->name);
	(void)fprintf(stderr, "assay: unknown verb '%s'%s; see 'assay --help'\n", name,
		      assay_suggest_text(&near, hint, sizeof hint));
	return ASSAY_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const assay_verb *v;

	assay_log_set(log_line, NULL, getenv("ASSAY_DEBUG") != NULL ? ASSAY_LOG_DEBUG : ASSAY_LOG_WARNING);
	/* A limit on the size of files is an error with a message, not the end of the program. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		print_help(stderr);
		return ASSAY_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return close_stdout(ASSAY_EXIT_OK);
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("assay " ASSAY_PROGRAM_VERSION);
		return close_stdout(ASSAY_EXIT_OK);
	}
	v = find_verb(argv[1]);
	return v != NULL ? run_verb(v, argv + 2, argc - 2) : unknown_verb(argv[1]);
}
