/* assay VERB [options] [operands]: finds the verb, parses its options by its table, and runs it. */
#include "arguments.h"
#include "help.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/program.h"
#include "assay/suggest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void log_line(void *ctx, assay_log_level level, const char *line)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	(void)ctx;
	(void)fprintf(stderr, "assay: %s: %s\n", names[level], line);
}

static void print_error(const assay_err *err)
{
	(void)fprintf(stderr, "assay: %s", err->msg);
	/* A row of the catalog: which is said, but not whom it is about. */
	if (err->code == ASSAY_ECORRUPT && strstr(err->msg, "catalog table '") != NULL &&
	    strstr(err->msg, "'assay ") == NULL)
		(void)fputs(" ('assay check' says whom that affects)", stderr);
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

static int print_program(FILE *to, int code)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_help_program(&text);
	(void)fputs(assay_buf_str(&text), to);
	return text.failed ? ASSAY_EXIT_TEMPORARY : code;
}

static int print_verb(const assay_verb *v, const char *title)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_help_verb(&text, v, title);
	(void)fputs(assay_buf_str(&text), stdout);
	return text.failed ? ASSAY_EXIT_TEMPORARY : ASSAY_EXIT_OK;
}

/* ---------------------------------------------------------------- running */

static int run_chosen(assay_invocation *in, char **argv, int argc, assay_err *err)
{
	bool help = false;

	if (in->given == NULL || in->every == NULL || in->args == NULL)
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory"));
	if (assay_arguments_parse(in, argv, argc, &help, err) != ASSAY_OK)
		return ASSAY_EXIT_USAGE;
	return help ? print_verb(in->verb, in->title) : in->verb->run(in, err);
}

static int run_verb(const assay_verb *v, char **argv, int argc)
{
	const char *store = getenv("ASSAY_STORE");
	char title[ASSAY_TITLE_MAX];
	assay_invocation in = {
	    .title = title,
	    .store = store != NULL && store[0] != '\0' ? store : ".assay",
	    .config = "assay.yaml",
	};
	assay_err err = ASSAY_ERR_INIT;
	size_t rows = 0;
	int code = ASSAY_EXIT_USAGE;

	(void)snprintf(title, sizeof title, "%s", v->name);
	if (assay_arguments_sub(&v, title, argv, &argc, &err) != ASSAY_OK) {
		if (assay_arguments_ask_help(argv, argc))
			return close_stdout(print_verb(v, title));
		print_error(&err);
		return ASSAY_EXIT_USAGE;
	}
	while (v->options != NULL && v->options[rows].name != NULL)
		rows++;
	in.verb = v;
	in.given = assay_alloc(rows, sizeof *in.given);
	in.every = assay_alloc((size_t)argc, sizeof *in.every); /* an option is a word at least */
	in.args = assay_alloc((size_t)argc + 1, sizeof *in.args);
	code = run_chosen(&in, argv, argc, &err);
	if (err.code != ASSAY_OK && code != ASSAY_EXIT_OK) /* what was dealt with on the way is no error */
		print_error(&err);
	free(in.given);
	free(in.every);
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
	if (argc < 2)
		return print_program(stderr, ASSAY_EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return close_stdout(print_program(stdout, ASSAY_EXIT_OK));
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("assay " ASSAY_PROGRAM_VERSION);
		return close_stdout(ASSAY_EXIT_OK);
	}
	v = assay_verb_find(assay_verbs, argv[1]);
	return v != NULL ? run_verb(v, argv + 2, argc - 2) : unknown_verb(argv[1]);
}
