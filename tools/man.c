/* Pages in man(7), the macros that every man knows. */
#include "help.h"
#include "slots.h"

#include "assay/program.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- text that roff takes as it stands */

static void put_escaped(assay_buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char c = text[i];

		if ((c == '.' || c == '\'') && (i == 0 || text[i - 1] == '\n'))
			assay_buf_puts(out, "\\&");
		if (c == '\\')
			assay_buf_puts(out, "\\e");
		else if (c == '-')
			assay_buf_puts(out, "\\-");
		else if (c == '\'')
			assay_buf_puts(out, "\\(aq");
		else if (c == '`')
			assay_buf_puts(out, "\\(ga");
		else if (c == '^')
			assay_buf_puts(out, "\\(ha");
		else if (c == '~')
			assay_buf_puts(out, "\\(ti");
		else
			assay_buf_putc(out, c);
	}
}

static void put(assay_buf *out, const char *text)
{
	put_escaped(out, text, strlen(text));
}

/* "assay queue list" in one font: roff breaks no macro argument at these. */
static void put_name(assay_buf *out, const char *title)
{
	assay_buf_puts(out, "\\fBassay ");
	put(out, title);
	assay_buf_puts(out, "\\fR");
}

static void put_title(assay_buf *out, const char *name)
{
	assay_buf_puts(out, ".TH \"ASSAY");
	for (const char *p = name; *p != '\0'; p++)
		assay_buf_printf(out, "%s%c", p == name ? "\\-" : "", toupper((unsigned char)*p));
	assay_buf_puts(out, "\" \"1\" \"\" \"assay " ASSAY_PROGRAM_VERSION "\" \"Assay\"\n");
}

static void put_tagged(assay_buf *out, const char *tag, const char *text)
{
	assay_buf_puts(out, ".TP\n\\fB");
	put(out, tag);
	assay_buf_puts(out, "\\fR\n");
	put(out, text);
	assay_buf_putc(out, '\n');
}

static void put_example(assay_buf *out, const char *text)
{
	assay_buf_puts(out, ".nf\n");
	put(out, text);
	assay_buf_puts(out, ".fi\n");
}

static void put_sentence(assay_buf *out, const char *text)
{
	const size_t n = strlen(text);
	const char first = (char)toupper((unsigned char)text[0]);

	put_escaped(out, &first, n > 0);
	put_escaped(out, text + (n > 0), n - (n > 0));
	assay_buf_puts(out, n > 0 && strchr(".?", text[n - 1]) != NULL ? "\n" : ".\n");
}

/* ---------------------------------------------------------------- parts of a page */

static void put_synopsis(assay_buf *out, const assay_verb *v, const char *title)
{
	put_name(out, title);
	assay_buf_puts(out, " [\\fIoptions\\fR]");
	if (v->operands[0] != '\0') {
		assay_buf_puts(out, " \\fI");
		put(out, v->operands);
		assay_buf_puts(out, "\\fR");
	}
	assay_buf_putc(out, '\n');
}

static void put_options(assay_buf *out, const assay_option *rows)
{
	for (; rows != NULL && rows->name != NULL; rows++) {
		assay_buf_puts(out, ".TP\n");
		if (rows->letter != 0)
			assay_buf_printf(out, "\\fB\\-%c\\fR, ", rows->letter);
		assay_buf_puts(out, "\\fB\\-\\-");
		put(out, rows->name);
		assay_buf_puts(out, "\\fR");
		if (rows->value != NULL) {
			assay_buf_puts(out, " \\fI");
			put(out, rows->value);
			assay_buf_puts(out, "\\fR");
		}
		assay_buf_putc(out, '\n');
		put_sentence(out, rows->help);
	}
}

static void put_exits(assay_buf *out, const assay_verb *v)
{
	assay_exit_row row;

	for (size_t i = 0; v != NULL ? assay_exit_of_verb(v, i, &row) : assay_exit_of_program(i, &row); i++) {
		assay_buf_printf(out, ".TP\n\\fB%d\\fR\n", row.code);
		put_sentence(out, row.when);
	}
}

static bool is_used(const assay_verb *v, const assay_slot *w)
{
	const char *operand;
	char all[96];
	size_t n = 0;

	for (const assay_option *o = v->options; o != NULL && o->name != NULL; o++)
		if (o->value != NULL && strcmp(o->value, w->name) == 0)
			return true;
	for (; assay_pattern_operand(v->operands, n, all, sizeof all) && n < 4; n++)
		for (size_t k = 0, size; (size = assay_pattern_choice(all, k, &operand)) > 0; k++)
			if (assay_slot_find(operand, size) == w)
				return true;
	return false;
}

/* What the words of the operands and options stand for. */
static void put_words(assay_buf *out, const assay_verb *v)
{
	const assay_slot *w;

	for (size_t i = 0; (w = assay_slot_at(i)) != NULL; i++) {
		if (!is_used(v, w))
			continue;
		assay_buf_printf(out, ".TP\n\\fI%s\\fR\n", w->name);
		put_sentence(out, w->meaning);
	}
}

static void put_files(assay_buf *out, unsigned uses)
{
	if (uses == 0)
		return;
	assay_buf_puts(out, ".SH FILES\n");
	if ((uses & ASSAY_USES_CONFIG) != 0)
		put_tagged(out, "assay.yaml", "The configuration; it names the contracts.");
	if ((uses & (ASSAY_USES_STORE | ASSAY_USES_LOCK)) != 0)
		put_tagged(out, ".assay/",
			   (uses & ASSAY_USES_LOCK) != 0 ? "The store, which is written to."
							 : "The store, which is only read.");
	if ((uses & (ASSAY_USES_STORE | ASSAY_USES_LOCK)) != 0) {
		assay_buf_puts(out, ".SH ENVIRONMENT\n");
		put_tagged(out, "ASSAY_STORE", "The store, where no option names one.");
	}
}

/* "log, queue show" as references to pages; a sub-verb has the page of its verb. */
static void put_see_also(assay_buf *out, const char *list)
{
	assay_buf_puts(out, ".SH SEE ALSO\n\\fBassay\\fR(1)");
	for (const char *p = list != NULL ? list : ""; *p != '\0';) {
		const size_t n = strcspn(p, ","), word = strcspn(p, " ,");

		assay_buf_puts(out, ", \\fBassay\\-");
		put_escaped(out, p, word < n ? word : n);
		assay_buf_puts(out, "\\fR(1)");
		p += n;
		p += strspn(p, ", ");
	}
	assay_buf_putc(out, '\n');
}

static void put_body(assay_buf *out, const assay_verb *v)
{
	put_words(out, v);
	if (v->options != NULL)
		put_options(out, v->options);
}

static void put_sub(assay_buf *out, const assay_verb *parent, const assay_verb *v)
{
	char title[64];

	(void)snprintf(title, sizeof title, "%s %s", parent->name, v->name);
	assay_buf_puts(out, ".SS \"");
	put(out, title);
	assay_buf_puts(out, "\"\n");
	put_synopsis(out, v, title);
	assay_buf_puts(out, ".PP\n");
	put_sentence(out, v->summary);
	if (v->help[0] != '\0') {
		assay_buf_puts(out, ".PP\n");
		put(out, v->help);
	}
	put_body(out, v);
	assay_buf_puts(out, ".PP\nExit status:\n");
	put_exits(out, v);
	assay_buf_puts(out, ".PP\nExample:\n.PP\n");
	put_example(out, v->example);
}

static unsigned uses_of(const assay_verb *v)
{
	unsigned uses = v->uses;

	for (size_t i = 0; v->subs != NULL && v->subs[i] != NULL; i++)
		uses |= v->subs[i]->uses;
	return uses;
}

/* ---------------------------------------------------------------- pages */

static void put_synopses(assay_buf *out, const assay_verb *v)
{
	char title[64];

	assay_buf_puts(out, ".SH SYNOPSIS\n");
	if (v->subs == NULL)
		put_synopsis(out, v, v->name);
	for (size_t i = 0; v->subs != NULL && v->subs[i] != NULL; i++) {
		(void)snprintf(title, sizeof title, "%s %s", v->name, v->subs[i]->name);
		if (i > 0)
			assay_buf_puts(out, ".br\n");
		put_synopsis(out, v->subs[i], title);
	}
}

void assay_man_verb(assay_buf *out, const assay_verb *v)
{
	put_title(out, v->name);
	assay_buf_puts(out, ".SH NAME\nassay\\-");
	put(out, v->name);
	assay_buf_puts(out, " \\- ");
	put(out, v->summary);
	assay_buf_putc(out, '\n');
	put_synopses(out, v);
	assay_buf_puts(out, ".SH DESCRIPTION\n");
	put_sentence(out, v->summary);
	if (v->help[0] != '\0') {
		assay_buf_puts(out, ".PP\n");
		put(out, v->help);
	}
	if (v->subs == NULL)
		put_words(out, v);
	for (size_t i = 0; v->subs != NULL && v->subs[i] != NULL; i++)
		put_sub(out, v, v->subs[i]);
	assay_buf_puts(out, ".SH OPTIONS\n");
	put_options(out, v->options);
	put_options(out, assay_shared_options);
	if (v->subs == NULL) {
		assay_buf_puts(out, ".SH EXIT STATUS\n");
		put_exits(out, v);
	}
	put_files(out, uses_of(v));
	assay_buf_puts(out, ".SH EXAMPLES\n");
	put_example(out, v->example);
	put_see_also(out, v->see_also);
}

static void put_verbs(assay_buf *out)
{
	for (unsigned g = 1; assay_group_title(g) != NULL; g++) {
		assay_buf_puts(out, ".SS ");
		assay_buf_printf(out, "\"%c%s\"\n", toupper((unsigned char)assay_group_title(g)[0]),
				 assay_group_title(g) + 1);
		for (const assay_verb *const *v = assay_verbs; *v != NULL; v++) {
			if ((*v)->hidden || (*v)->group != g)
				continue;
			assay_buf_puts(out, ".TP\n\\fBassay\\-");
			put(out, (*v)->name);
			assay_buf_puts(out, "\\fR(1)\n");
			put_sentence(out, (*v)->summary);
		}
	}
}

void assay_man_program(assay_buf *out)
{
	put_title(out, "");
	assay_buf_puts(out,
		       ".SH NAME\nassay \\- dataset curation for pages, video and audio\n.SH SYNOPSIS\n"
		       "\\fBassay\\fR \\fIVERB\\fR [\\fIoptions\\fR] [\\fIoperands\\fR]\n.SH DESCRIPTION\n"
		       "Assay turns folders of scanned pages, video and audio into dataset versions: every sample "
		       "measured,\njudged against written contracts, and delivered with its lineage or queued with "
		       "its reason.\nEqual files and an equal configuration give the same version id, on any machine.\n"
		       ".PP\nFirst steps, in a folder of media:\n.PP\n");
	put_example(out, "  assay init          # looks at the files, writes assay.yaml and a first contract\n"
			 "  assay run           # measures every sample, judges it, commits a version\n"
			 "  assay queue list    # tells what was not accepted\n");
	assay_buf_puts(out, ".SH VERBS\n");
	put_verbs(out);
	assay_buf_puts(out, ".SH OPTIONS\nEvery verb takes these:\n");
	put_options(out, assay_shared_options);
	assay_buf_puts(out, ".SH EXIT STATUS\n");
	put_exits(out, NULL);
	put_files(out, ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG);
	put_tagged(out, "ASSAY_DEBUG", "When it is set, diagnostics go to standard error.");
	put_see_also(out, "init, run, queue");
}
