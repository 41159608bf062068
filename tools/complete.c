/*
 * What could come next on a command line, for the shells' completion (completion.c). It reads the tables of the verbs
 * and, without a lock and without a word on failure, a store. It looks at so many rows and no more, so that a key
 * pressed in a store of any size is answered.
 *
 * Each candidate is a line: the word, a tab, what it is. The last line says what else may come: ":files", ":dirs" or
 * ":none".
 */
#include "verbs.h"

#include "arguments.h"
#include "slots.h"

#include "assay/feedback.h"
#include "assay/memory.h"
#include "assay/queue.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/tag.h"
#include "assay/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT_MAX 20000
#define TOLD_MAX      500

typedef struct completion {
	const assay_verb *verb;
	const char *store;
	const char *word;   /* as far as it is typed */
	const char *before; /* what stands before each candidate: "--kind=" */
	assay_store *s;     /* opened when it is first needed */
	bool tried;
	uint64_t looked_at, told;
	bool files, dirs;
} completion;

/* A word with a control character in it cannot be typed, and would be taken for two lines. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return false;
	return true;
}

static void offer(completion *c, const char *word, size_t size, const char *what)
{
	const size_t typed = strlen(c->word);

	if (size < typed || memcmp(word, c->word, typed) != 0 || c->told >= TOLD_MAX)
		return;
	c->told++;
	(void)printf("%s%.*s\t%s\n", c->before, (int)size, word, what);
}

static void offer_text(completion *c, const char *word, const char *what)
{
	if (is_plain(word))
		offer(c, word, strlen(word), what);
}

/* ---------------------------------------------------------------- from a store */

static assay_code enough(completion *c)
{
	return ++c->looked_at > LOOKED_AT_MAX || c->told >= TOLD_MAX ? ASSAY_ESTOP : ASSAY_OK;
}

static assay_code offer_tag(void *ctx, const assay_tag_event *e, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX], what[64];

	(void)err;
	(void)snprintf(what, sizeof what, "tag of %.12s", assay_digest_hex(&e->to, hex));
	offer_text(ctx, e->name, what);
	return enough(ctx);
}

static assay_code offer_version(void *ctx, const assay_version *v, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX], what[64];

	(void)err;
	(void)snprintf(what, sizeof what, "version, %" PRIu64 " accepted", v->counts.accepted);
	offer(ctx, assay_digest_hex(&v->id, hex), 12, what);
	return enough(ctx);
}

static assay_code offer_sample(void *ctx, const assay_sample_row *r, assay_err *err)
{
	(void)err;
	if (!r->missing)
		offer_text(ctx, r->key,
			   assay_outcome_name(r->outcome) != NULL ? assay_outcome_name(r->outcome) : "sample");
	return enough(ctx);
}

static assay_code offer_source(void *ctx, const assay_source *src, assay_err *err)
{
	(void)err;
	if (!src->missing)
		offer_text(ctx, src->path, "source");
	return enough(ctx);
}

static assay_code offer_ticket(void *ctx, const assay_ticket *t, assay_err *err)
{
	char id[24];

	(void)err;
	(void)snprintf(id, sizeof id, "T%" PRIu64, t->id);
	offer_text(ctx, id, is_plain(t->subject) ? t->subject : "");
	return enough(ctx);
}

static assay_code each_tag(assay_store *s, completion *c)
{
	return assay_tags_each(s, offer_tag, c, NULL);
}

static assay_code each_version(assay_store *s, completion *c)
{
	offer_text(c, "latest", "the latest version");
	return assay_versions_each(s, offer_version, c, NULL);
}

static assay_code each_sample(assay_store *s, completion *c)
{
	return assay_samples_each(s, offer_sample, c, NULL);
}

static assay_code each_source(assay_store *s, completion *c)
{
	return assay_sources_each(s, offer_source, c, NULL);
}

static assay_code each_ticket(assay_store *s, completion *c)
{
	return assay_tickets_each(s, false, offer_ticket, c, NULL);
}

static assay_code offer_evaluation(void *ctx, const assay_feedback *f, assay_err *err)
{
	(void)err;
	offer_text(ctx, f->name, f->file);
	return enough(ctx);
}

static assay_code each_evaluation(assay_store *s, completion *c)
{
	return assay_feedback_each(s, offer_evaluation, c, NULL);
}

/* Checks that open tickets name, each once. */
typedef struct seen {
	completion *c;
	char **ids;
	size_t count, cap;
} seen;

static assay_code offer_checks(void *ctx, const assay_ticket *t, assay_err *err)
{
	seen *x = ctx;

	for (size_t i = 0; i < t->check_count; i++) {
		size_t k = 0;

		while (k < x->count && strcmp(x->ids[k], t->checks[i].check_id) != 0)
			k++;
		if (k < x->count)
			continue;
		if (assay_grow(&x->ids, &x->cap, x->count, sizeof *x->ids, err) != ASSAY_OK ||
		    (x->ids[x->count] = assay_strdup(t->checks[i].check_id)) == NULL)
			return ASSAY_ENOMEM;
		offer_text(x->c, x->ids[x->count++], t->checks[i].metric);
	}
	return enough(x->c);
}

static assay_code each_check(assay_store *s, completion *c)
{
	seen x = {.c = c};
	const assay_code rc = assay_tickets_each(s, false, offer_checks, &x, NULL);

	for (size_t i = 0; i < x.count; i++)
		free(x.ids[i]);
	free(x.ids);
	return rc;
}

typedef assay_code each_fn(assay_store *s, completion *c);

/* What a store has for a word; each may be told by several. */
static const struct {
	const char *word;
	each_fn *each;
} from_store[] = {
    {"TAG", each_tag},
    {"VERSION", each_tag},
    {"VERSION", each_version},
    {"ENTITY", each_tag},
    {"ENTITY", each_sample},
    {"ENTITY", each_source},
    {"SAMPLE", each_sample},
    {"PATH", each_source},
    {"PREFIX", each_source},
    {"PATTERN", each_source},
    {"TICKET", each_ticket},
    {"CHECK", each_check},
    {"EVALUATION", each_evaluation},
};

static void complete_from_store(completion *c, const assay_slot *w)
{
	const assay_store_opts o = {.read_only = true};

	if (!c->tried && assay_store_open(&c->s, c->store, &o, NULL) != ASSAY_OK)
		c->s = NULL;
	c->tried = true;
	for (size_t i = 0; i < ASSAY_COUNT(from_store) && c->s != NULL; i++) {
		c->looked_at = 0;
		if (strcmp(from_store[i].word, w->name) == 0)
			(void)from_store[i].each(c->s, c);
	}
}

/* ---------------------------------------------------------------- words, options, verbs */

static void complete_word(completion *c, const char *word, size_t size)
{
	const assay_slot *w = assay_slot_find(word, size);
	const char *name;

	if (w == NULL) {
		offer(c, word, size, "");
		return;
	}
	for (size_t i = 0; w->from == ASSAY_SLOT_FIXED && (name = w->fixed(i)) != NULL; i++)
		offer_text(c, name, "");
	c->files |= w->from == ASSAY_SLOT_FILES;
	c->dirs |= w->from == ASSAY_SLOT_DIRS;
	if (w->from == ASSAY_SLOT_STORE)
		complete_from_store(c, w);
}

static void complete_choices(completion *c, const char *operand)
{
	const char *choice;
	size_t size;

	for (size_t i = 0; (size = assay_pattern_choice(operand, i, &choice)) > 0; i++)
		complete_word(c, choice, size);
}

static void complete_options(completion *c, const assay_option *rows)
{
	for (; rows != NULL && rows->name != NULL; rows++) {
		char option[80];

		(void)snprintf(option, sizeof option, "--%s", rows->name);
		offer_text(c, option, rows->help);
	}
}

static void complete_verbs(completion *c, const assay_verb *const *verbs)
{
	for (; *verbs != NULL; verbs++)
		if (!(*verbs)->hidden)
			offer_text(c, (*verbs)->name, (*verbs)->summary);
}

static const assay_option *find_option(const assay_verb *v, const char *arg)
{
	const bool is_long = arg[1] == '-';
	const char *name = arg + (is_long ? 2 : 1);
	const size_t size = is_long ? strcspn(name, "=") : 1;
	const assay_option *row = assay_option_find(v->options, name, size, (char)(is_long ? 0 : name[0]));

	return row != NULL ? row : assay_option_find(assay_shared_options, name, size, (char)(is_long ? 0 : name[0]));
}

/* "--kind=pa": what is typed after the sign. */
static bool complete_joined_value(completion *c)
{
	const char *sign = strchr(c->word, '=');
	const assay_option *row;
	char before[80];

	if (strncmp(c->word, "--", 2) != 0 || sign == NULL || (size_t)(sign - c->word) + 2 > sizeof before)
		return false;
	row = find_option(c->verb, c->word);
	(void)snprintf(before, sizeof before, "%.*s=", (int)(sign - c->word), c->word);
	c->before = before;
	c->word = sign + 1;
	if (row != NULL && row->value != NULL)
		complete_choices(c, row->value);
	c->before = "";
	return true;
}

/* What the words before the one that is typed leave open. */
typedef struct state {
	const assay_option *waits; /* option whose value comes next, NULL for none */
	size_t operands;
	bool options_over;
} state;

static void read_word(state *st, completion *c, const char *arg)
{
	const assay_option *row;

	if (st->waits != NULL) {
		if (strcmp(st->waits->name, "store") == 0)
			c->store = arg;
		st->waits = NULL;
	} else if (!st->options_over && strcmp(arg, "--") == 0) {
		st->options_over = true;
	} else if (!st->options_over && arg[0] == '-' && arg[1] != '\0') {
		row = find_option(c->verb, arg);
		if (row != NULL && row->value != NULL && strchr(arg, '=') == NULL)
			st->waits = row;
		if (strncmp(arg, "--store=", 8) == 0)
			c->store = arg + 8;
	} else {
		st->operands++;
	}
}

/* argv: the words after the verb; the last one is being typed. */
static void complete_arguments(completion *c, char **argv, int argc)
{
	char title[ASSAY_TITLE_MAX] = "", operand[96];
	state st = {0};
	int done = argc - 1;

	c->word = argv[done];
	if (assay_arguments_sub(&c->verb, title, argv, &done, NULL) != ASSAY_OK) {
		if (c->word[0] == '-')
			complete_options(c, assay_shared_options);
		else if (assay_arguments_sub_at(argv, done) == done)
			complete_verbs(c, c->verb->subs);
		return;
	}
	for (int i = 0; i < done; i++)
		read_word(&st, c, argv[i]);
	if (st.waits != NULL) {
		complete_choices(c, st.waits->value);
	} else if (!st.options_over && c->word[0] == '-') {
		if (complete_joined_value(c))
			return;
		complete_options(c, c->verb->options);
		complete_options(c, assay_shared_options);
	} else if (assay_pattern_operand(c->verb->operands, st.operands, operand, sizeof operand)) {
		complete_choices(c, operand);
	}
}

static int run(const assay_invocation *in, assay_err *err)
{
	completion c = {.store = in->store, .word = "", .before = ""};

	(void)err;
	if (in->arg_count <= 1) {
		c.word = in->arg_count == 1 ? in->args[0] : "";
		complete_verbs(&c, assay_verbs);
		if (c.word[0] == '-')
			offer_text(&c, "--help", "the verbs"), offer_text(&c, "--version", "of the program");
	} else if ((c.verb = assay_verb_find(assay_verbs, in->args[0])) != NULL && !c.verb->hidden) {
		complete_arguments(&c, in->args + 1, in->arg_count - 1);
	}
	(void)puts(c.files ? ":files" : c.dirs ? ":dirs" : ":none");
	assay_store_close(c.s);
	return ASSAY_EXIT_OK;
}

const assay_verb assay_verb_complete = {
    .name = "__complete",
    .operands = "[WORD...]",
    .max_args = -1,
    .summary = "what could come next (for the completion of shells)",
    .help = "The words after 'assay', after '--'; the last one is being typed.\n",
    .example = "  assay __complete -- show v\n",
    .run = run,
    .hidden = true,
};
