#include "help.h"

#include <stdio.h>
#include <string.h>

const char *assay_group_title(unsigned group)
{
	static const char *const titles[] = {[ASSAY_GROUP_MAKE] = "make a dataset",
					     [ASSAY_GROUP_ASK] = "ask what became of it",
					     [ASSAY_GROUP_KEEP] = "keep and deliver versions",
					     [ASSAY_GROUP_LEARN] = "learn and set up"};

	return group < ASSAY_COUNT(titles) ? titles[group] : NULL;
}

/* ---------------------------------------------------------------- exit codes */

static const assay_exit_row program_exits[] = {
    {ASSAY_EXIT_OK, "done"},
    {ASSAY_EXIT_USAGE, "wrong use: an option, an operand or a name that cannot be"},
    {ASSAY_EXIT_BAD_INPUT, "bad input: the store or a delivery is damaged"},
    {ASSAY_EXIT_NO_INPUT, "something that was named is not there: a store, a file, a version, a sample"},
    {ASSAY_EXIT_BUG, "a bug in Assay"},
    {ASSAY_EXIT_CANNOT_CREATE, "the output cannot be made"},
    {ASSAY_EXIT_IO, "an I/O error, or no space left: try again when it is mended"},
    {ASSAY_EXIT_TEMPORARY, "stopped by a signal, out of memory, or another process writes to the store: try again"},
    {ASSAY_EXIT_PERMISSION, "no permission"},
    {ASSAY_EXIT_CONFIG, "assay.yaml or a contract has errors, or the machine lacks what was asked for"},
    {ASSAY_EXIT_DIFFERENCE, "a difference, or a gate that was not passed"},
    {0, NULL},
};

bool assay_exit_of_program(size_t n, assay_exit_row *out)
{
	*out = program_exits[n < ASSAY_COUNT(program_exits) ? n : ASSAY_COUNT(program_exits) - 1];
	return out->when != NULL;
}

/* Does the code come with what the verb touches? */
static bool comes_with(int code, unsigned uses)
{
	switch (code) {
	case ASSAY_EXIT_OK:
	case ASSAY_EXIT_USAGE:
		return true;
	case ASSAY_EXIT_BAD_INPUT:
		return (uses & ASSAY_USES_STORE) != 0;
	case ASSAY_EXIT_NO_INPUT:
	case ASSAY_EXIT_IO:
	case ASSAY_EXIT_PERMISSION:
		return uses != 0;
	case ASSAY_EXIT_TEMPORARY:
		return (uses & ASSAY_USES_LOCK) != 0;
	case ASSAY_EXIT_CONFIG:
		return (uses & ASSAY_USES_CONFIG) != 0;
	default:
		return false;
	}
}

static const char *own_exit(const assay_verb *v, int code)
{
	for (const assay_exit_row *r = v->exits; r != NULL && r->when != NULL; r++)
		if (r->code == code)
			return r->when;
	return NULL;
}

bool assay_exit_of_verb(const assay_verb *v, size_t n, assay_exit_row *out)
{
	for (size_t i = 0; program_exits[i].when != NULL; i++) {
		const char *own = own_exit(v, program_exits[i].code);

		if (own == NULL && !comes_with(program_exits[i].code, v->uses))
			continue;
		if (n-- > 0)
			continue;
		*out = (assay_exit_row){program_exits[i].code, own != NULL ? own : program_exits[i].when};
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- a verb */

static void put_options(assay_buf *out, const assay_option *rows)
{
	for (; rows != NULL && rows->name != NULL; rows++) {
		char left[80];
		const int n =
		    snprintf(left, sizeof left, "  %c%c%s--%s%s%s", rows->letter != 0 ? '-' : ' ',
			     rows->letter != 0 ? rows->letter : ' ', rows->letter != 0 ? ", " : "  ", rows->name,
			     rows->value != NULL ? " " : "", rows->value != NULL ? rows->value : "");

		assay_buf_printf(out, "%-28s %s%s\n", left, n > 28 ? "\n                             " : "",
				 rows->help);
	}
}

static void put_exits(assay_buf *out, const assay_verb *v)
{
	assay_exit_row row;

	assay_buf_puts(out, "\nexit codes:\n");
	for (size_t i = 0; assay_exit_of_verb(v, i, &row); i++)
		assay_buf_printf(out, "  %-4d %s\n", row.code, row.when);
}

static void put_files(assay_buf *out, const assay_verb *v)
{
	if (v->uses == 0)
		return;
	assay_buf_puts(out, "\nfiles:\n");
	if ((v->uses & ASSAY_USES_CONFIG) != 0)
		assay_buf_puts(out, "  assay.yaml   the configuration; it names the contracts (--config)\n");
	if ((v->uses & (ASSAY_USES_STORE | ASSAY_USES_LOCK)) != 0)
		assay_buf_printf(out, "  .assay       the store, %s (--store, ASSAY_STORE)\n",
				 (v->uses & ASSAY_USES_LOCK) != 0 ? "which is written to" : "which is only read");
}

static void put_summary(assay_buf *out, const assay_verb *v)
{
	const size_t n = strlen(v->summary);

	assay_buf_printf(out, "%s%s\n", v->summary, strchr(".?", v->summary[n - 1]) != NULL ? "" : ".");
	if (v->help[0] != '\0')
		assay_buf_printf(out, "\n%s", v->help);
}

static void put_subs(assay_buf *out, const assay_verb *v, const char *title)
{
	for (size_t i = 0; v->subs[i] != NULL; i++) {
		char left[80];

		(void)snprintf(left, sizeof left, "%s%s%s", v->subs[i]->name,
			       v->subs[i]->operands[0] != '\0' ? " " : "", v->subs[i]->operands);
		assay_buf_printf(out, "  %-26s %s\n", left, v->subs[i]->summary);
	}
	assay_buf_printf(out, "\n'assay %s VERB --help' tells more of each.\n", title);
}

void assay_help_verb(assay_buf *out, const assay_verb *v, const char *title)
{
	assay_buf_printf(out, "usage: assay %s%s [options]%s%s\n\n", title, v->subs != NULL ? " VERB" : "",
			 v->operands[0] != '\0' ? " " : "", v->operands);
	put_summary(out, v);
	if (v->subs != NULL) {
		assay_buf_puts(out, "\nverbs:\n");
		put_subs(out, v, title);
	} else {
		assay_buf_puts(out, "\noptions:\n");
		put_options(out, v->options);
		put_options(out, assay_shared_options);
		put_exits(out, v);
		put_files(out, v);
	}
	assay_buf_printf(out, "\nexample:\n%s", v->example);
	if (v->see_also != NULL && v->see_also[0] != '\0')
		assay_buf_printf(out, "\nsee also: %s\n", v->see_also);
}

/* ---------------------------------------------------------------- the program */

void assay_help_program(assay_buf *out)
{
	assay_exit_row row;

	assay_buf_puts(
	    out, "usage: assay VERB [options] [operands]\n\n"
		 "Assay turns folders of scanned pages, video and audio into dataset versions: every sample measured,\n"
		 "judged against written contracts, and delivered with its lineage or queued with its reason.\n\n"
		 "first steps, in a folder of media:\n"
		 "  assay init          looks at the files, writes assay.yaml and a first contract\n"
		 "  assay run           measures every sample, judges it, commits a version\n"
		 "  assay queue list    tells what was not accepted; 'assay why' tells why\n");
	for (unsigned g = 1; assay_group_title(g) != NULL; g++) {
		assay_buf_printf(out, "\n%s:\n", assay_group_title(g));
		for (const assay_verb *const *v = assay_verbs; *v != NULL; v++)
			if (!(*v)->hidden && (*v)->group == g)
				assay_buf_printf(out, "  %-12s %s\n", (*v)->name, (*v)->summary);
	}
	assay_buf_puts(out, "\n'assay VERB --help' tells more of a verb.\n\nexit codes:\n");
	for (size_t i = 0; assay_exit_of_program(i, &row); i++)
		assay_buf_printf(out, "  %-4d %s\n", row.code, row.when);
}
