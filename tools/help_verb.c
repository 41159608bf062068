#include "verbs.h"

#include "arguments.h"
#include "help.h"

#include "assay/file.h"
#include "assay/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const assay_option options[] = {
    {"man", 0, NULL, "as a page for man(1)"},
    {"out", 0, "DIR", "with --man: write the pages of all verbs into this folder"},
    {NULL, 0, NULL, NULL},
};

static assay_code write_page(int dirfd, const char *name, const assay_buf *page, assay_err *err)
{
	ASSAY_AUTO_FD fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "make '%s'", name);
	return assay_write_all(fd, page->data, page->len, err);
}

static assay_code write_pages(const char *dir, assay_err *err)
{
	ASSAY_AUTO_FD dirfd = -1;
	ASSAY_AUTO_BUF page = ASSAY_BUF_INIT;
	assay_code rc;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return ASSAY_RAISE_ERRNO(err, "make '%s'", dir);
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s'", dir);
	assay_man_program(&page);
	ASSAY_TRY(assay_buf_check(&page, err));
	ASSAY_TRY(write_page(dirfd, "assay.1", &page, err));
	for (const assay_verb *const *v = assay_verbs; *v != NULL; v++) {
		char name[80];

		if ((*v)->hidden)
			continue;
		(void)snprintf(name, sizeof name, "assay-%s.1", (*v)->name);
		assay_buf_reset(&page);
		assay_man_verb(&page, *v);
		ASSAY_TRY(assay_buf_check(&page, err));
		ASSAY_TRY(write_page(dirfd, name, &page, err));
	}
fail:
	return rc;
}

/* The verb that the operands name. @param title  [out] "queue list" */
static assay_code find_verb(const assay_invocation *in, const assay_verb **out, char title[ASSAY_TITLE_MAX],
			    assay_err *err)
{
	const assay_verb *const *among = assay_verbs;

	title[0] = '\0';
	for (int i = 0; i < in->arg_count; i++) {
		const size_t used = strlen(title);
		const assay_verb *v = among != NULL ? assay_verb_find(among, in->args[i]) : NULL;
		assay_suggest near;
		char hint[80];

		assay_suggest_init(&near, in->args[i]);
		for (size_t k = 0; v == NULL && among != NULL && among[k] != NULL; k++)
			if (!among[k]->hidden)
				assay_suggest_offer(&near, among[k]->name);
		if (v == NULL)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "help: there is no verb '%s%s%s'%s", title,
					   used > 0 ? " " : "", in->args[i],
					   assay_suggest_text(&near, hint, sizeof hint));
		(void)snprintf(title + used, ASSAY_TITLE_MAX - used, "%s%s", used > 0 ? " " : "", v->name);
		among = v->subs;
		*out = v;
	}
	return ASSAY_OK;
}

static assay_code tell(const assay_invocation *in, assay_err *err)
{
	const bool man = assay_opt(in, "man") != NULL;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const assay_verb *v = NULL;
	char title[ASSAY_TITLE_MAX];
	assay_code rc = find_verb(in, &v, title, err);

	if (rc != ASSAY_OK)
		return rc;
	if (v == NULL && man)
		assay_man_program(&text);
	else if (v == NULL)
		assay_help_program(&text);
	else if (man)
		assay_man_verb(&text, assay_verb_find(assay_verbs, in->args[0]));
	else
		assay_help_verb(&text, v, title);
	rc = assay_buf_check(&text, err);
	if (rc == ASSAY_OK)
		(void)fputs(assay_buf_str(&text), stdout);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	const char *dir = assay_opt(in, "out");

	if (dir == NULL)
		return assay_exit_of(tell(in, err));
	if (assay_opt(in, "man") == NULL || in->arg_count > 0)
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_EUSAGE, "help: --out goes with --man, and without a verb"));
	return assay_exit_of(write_pages(dir, err));
}

const assay_verb assay_verb_help = {
    .name = "help",
    .group = ASSAY_GROUP_LEARN,
    .operands = "[VERB [WORD]]",
    .max_args = 2,
    .summary = "this help, or that of a verb, also as a manual page",
    .help = "The pages are made from the same tables as the help: 'assay help --man --out man' writes assay.1 and one\n"
	    "page for each verb. They have no date, so that the same program always makes the same pages.\n",
    .example = "  assay help queue list\n"
	       "  assay help --man run | man -l -\n",
    .options = options,
    .see_also = "completion, version",
    .run = run,
};
