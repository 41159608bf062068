#include "arguments.h"

#include "assay/suggest.h"

#include <stdio.h>
#include <string.h>

const assay_option assay_shared_options[] = {
    {"store", 0, "DIR", "the store (default: $ASSAY_STORE, else .assay)"},
    {"config", 'c', "FILE", "the configuration (default: assay.yaml)"},
    {"json", 0, NULL, "results as JSON on standard output"},
    {"help", 'h', NULL, "this text"},
    {NULL, 0, NULL, NULL},
};

const assay_option *assay_option_find(const assay_option *rows, const char *name, size_t size, char letter)
{
	for (; rows != NULL && rows->name != NULL; rows++)
		if (letter != 0 ? rows->letter == letter
				: strlen(rows->name) == size && memcmp(rows->name, name, size) == 0)
			return rows;
	return NULL;
}

/* ---------------------------------------------------------------- sub-verbs */

/* So many words a shared option takes at argv[0]; 0 when it is none. */
static int shared_words(const char *arg)
{
	const bool is_long = arg[0] == '-' && arg[1] == '-';
	const size_t size = is_long ? strcspn(arg + 2, "=") : 1;
	const assay_option *row;

	if (arg[0] != '-' || arg[1] == '\0')
		return 0;
	row = assay_option_find(assay_shared_options, arg + 2, size, (char)(is_long ? 0 : arg[1]));
	if (row == NULL)
		return 0;
	return row->value != NULL && (is_long ? arg[2 + size] == '\0' : arg[2] == '\0') ? 2 : 1;
}

int assay_arguments_sub_at(char *const *argv, int argc)
{
	int at = 0;

	for (int n; at < argc && (n = shared_words(argv[at])) > 0;)
		at += n;
	return at < argc ? at : argc;
}

bool assay_arguments_ask_help(char *const *argv, int argc)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static assay_code raise_no_sub(const assay_verb *v, const char *title, const char *word, assay_err *err)
{
	ASSAY_AUTO_BUF all = ASSAY_BUF_INIT;
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, word != NULL ? word : "");
	for (size_t i = 0; v->subs[i] != NULL; i++) {
		assay_suggest_offer(&near, v->subs[i]->name);
		assay_buf_printf(&all, "%s%s", i == 0 ? "" : v->subs[i + 1] != NULL ? ", " : " or ", v->subs[i]->name);
	}
	if (word == NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s needs %s; see 'assay %s --help'", title, assay_buf_str(&all),
				   title);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: '%s' is not %s%s; see 'assay %s --help'", title, word,
			   assay_buf_str(&all), assay_suggest_text(&near, hint, sizeof hint), title);
}

assay_code assay_arguments_sub(const assay_verb **verb, char title[ASSAY_TITLE_MAX], char **argv, int *argc,
			       assay_err *err)
{
	while ((*verb)->subs != NULL) {
		const int at = assay_arguments_sub_at(argv, *argc);
		const assay_verb *sub = at < *argc ? assay_verb_find((*verb)->subs, argv[at]) : NULL;
		const size_t used = strlen(title);

		if (sub == NULL)
			return raise_no_sub(*verb, title, at < *argc ? argv[at] : NULL, err);
		(void)snprintf(title + used, ASSAY_TITLE_MAX - used, " %s", sub->name);
		memmove(&argv[at], &argv[at + 1], (size_t)(*argc - at - 1) * sizeof argv[0]);
		(*argc)--;
		*verb = sub;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- options and operands */

static assay_code unknown_option(const assay_invocation *in, const char *arg, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	assay_suggest_init(&near, arg + strspn(arg, "-"));
	for (const assay_option *o = in->verb->options; o != NULL && o->name != NULL; o++)
		assay_suggest_offer(&near, o->name);
	for (const assay_option *o = assay_shared_options; o->name != NULL; o++)
		assay_suggest_offer(&near, o->name);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: unknown option '%s'%s; see 'assay %s --help'", in->title, arg,
			   assay_suggest_text(&near, hint, sizeof hint), in->title);
}

static void set_shared(assay_invocation *in, const assay_option *row, const char *value, bool *help)
{
	if (row == &assay_shared_options[0])
		in->store = value;
	else if (row == &assay_shared_options[1])
		in->config = value;
	else if (row == &assay_shared_options[2])
		in->json = true;
	else
		*help = true;
}

/* Free words are kept, in records that must be readable for ever: they are UTF-8. */
static assay_code check_value(const assay_invocation *in, const assay_option *row, const char *value, assay_err *err)
{
	static const char *const free_words[] = {"TEXT", "NAME", "NAME=VALUE"};
	char option[64];

	(void)snprintf(option, sizeof option, "--%s", row->name);
	for (size_t i = 0; row->value != NULL && i < ASSAY_COUNT(free_words); i++)
		if (strcmp(row->value, free_words[i]) == 0)
			return assay_check_words(in, option, NULL, value, err);
	return ASSAY_OK;
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
	const assay_option *row = assay_option_find(in->verb->options, name, size, letter);
	const bool own = row != NULL;

	if (!own)
		row = assay_option_find(assay_shared_options, name, size, letter);
	if (row == NULL)
		return unknown_option(in, arg, err);
	if (row->value == NULL && value != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s takes no value", in->title, row->name);
	if (row->value != NULL && value == NULL) {
		if (*i + 1 >= argc)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: --%s needs %s", in->title, row->name, row->value);
		value = argv[++*i];
	}
	if (!own) {
		set_shared(in, row, value, help);
		return ASSAY_OK;
	}
	if (value == NULL)
		value = "";
	in->given[row - in->verb->options] = value;
	in->every[in->every_count++] = (assay_given){.row = row, .value = value};
	return check_value(in, row, value, err);
}

static assay_code count_operands(const assay_invocation *in, assay_err *err)
{
	const assay_verb *v = in->verb;

	if (in->arg_count < v->min_args)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s needs %s; see 'assay %s --help'", in->title, v->operands,
				   in->title);
	if (v->max_args >= 0 && in->arg_count > v->max_args)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: '%s' is one operand too many; see 'assay %s --help'",
				   in->title, in->args[v->max_args], in->title);
	return ASSAY_OK;
}

assay_code assay_arguments_parse(assay_invocation *in, char **argv, int argc, bool *help, assay_err *err)
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
	if (in->json && in->verb->plain && !*help)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: what it prints has a form of its own; there is no --json",
				   in->title);
	return *help ? ASSAY_OK : count_operands(in, err);
}
