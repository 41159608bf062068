#include "starter.h"
#include "verbs.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const assay_option options[] = {
    {"force", 0, NULL, "overwrite assay.yaml and starter contracts that are there"},
    {NULL, 0, NULL, NULL},
};

typedef struct setup {
	const char *dir, *config; /* config: name of assay.yaml below dir */
	int fd;                   /* of dir */
	look found;
	bool nothing; /* there was no media file */
	bool used[ASSAY_MODALITY_MAX + 1];
	char *store;
} setup;

/* ---------------------------------------------------------------- names */

/* The folder's own name, as far as a dataset may be called so. */
static void dataset_name(assay_buf *out, const char *dir)
{
	ASSAY_AUTO_FREE char *full = realpath(dir, NULL);
	const char *slash = full != NULL ? strrchr(full, '/') : NULL;

	for (const char *p = slash != NULL ? slash + 1 : ""; *p != '\0'; p++)
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' ||
		    (out->len > 0 && (*p == '.' || *p == '-')))
			assay_buf_putc(out, *p);
		else if (out->len > 0 && out->data[out->len - 1] != '-')
			assay_buf_putc(out, '-');
	if (out->len == 0)
		assay_buf_puts(out, "dataset");
}

/* The default store lies beside assay.yaml; one that was named lies where it was named. */
static assay_code store_path(setup *s, const assay_invocation *in, assay_err *err)
{
	s->store = strcmp(in->store, ".assay") == 0 && strcmp(s->dir, ".") != 0 ? assay_asprintf("%s/.assay", s->dir)
										: assay_strdup(in->store);
	return s->store == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "path") : ASSAY_OK;
}

static assay_code open_folder(setup *s, assay_err *err)
{
	s->fd = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no folder '%s'", s->dir);
	return s->fd < 0 ? ASSAY_RAISE_ERRNO(err, "open folder '%s'", s->dir) : ASSAY_OK;
}

static assay_code look_around(setup *s, assay_err *err)
{
	assay_code rc = look_run(&s->found, s->fd, err);

	s->nothing = rc == ASSAY_OK && s->found.rule_count == 0;
	if (s->nothing)
		rc = look_nothing(&s->found, err);
	for (size_t i = 0; i < s->found.rule_count; i++)
		s->used[s->found.rules[i].modality] = true;
	return rc;
}

/* ---------------------------------------------------------------- writing */

static bool is_there(const setup *s, const char *name, assay_err *err)
{
	struct stat st;

	if (fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	(void)ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s/%s' is there already; --force overwrites it", s->dir, name);
	return true;
}

/* All of them before the first is written, so that init does everything or nothing. */
static bool any_is_there(const setup *s, assay_err *err)
{
	if (is_there(s, s->config, err))
		return true;
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (s->used[m] && is_there(s, assay_starters[m].contract_path, err))
			return true;
	return false;
}

static assay_code write_files(const setup *s, const char *dataset, assay_err *err)
{
	ASSAY_AUTO_BUF config = ASSAY_BUF_INIT;
	assay_code rc = assay_mkdirs(s->fd, "contracts", err);

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++)
		if (s->used[m])
			rc = assay_file_replace(s->fd, assay_starters[m].contract_path, assay_starters[m].contract,
						strlen(assay_starters[m].contract), err);
	assay_starter_config(&config, dataset, &s->found);
	if (rc == ASSAY_OK)
		rc = assay_buf_check(&config, err);
	return rc == ASSAY_OK ? assay_file_replace(s->fd, s->config, config.data, config.len, err) : rc;
}

static assay_code make_store(const setup *s, assay_err *err)
{
	ASSAY_AUTO_STORE store = NULL;
	const assay_store_opts o = {.create = true};

	return assay_store_open(&store, s->store, &o, err);
}

/* ---------------------------------------------------------------- telling */

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void tell_counts(const uint64_t *files)
{
	const uint64_t page = files[ASSAY_MODALITY_PAGE], video = files[ASSAY_MODALITY_VIDEO];
	const uint64_t audio = files[ASSAY_MODALITY_AUDIO], other = files[0];

	(void)printf("%" PRIu64 " page%s, %" PRIu64 " video%s and %" PRIu64 " audio file%s; %" PRIu64 " other%s\n",
		     page, plural(page), video, plural(video), audio, plural(audio), other, plural(other));
}

static void tell_text(const setup *s)
{
	(void)printf("found    ");
	if (s->nothing)
		(void)puts("no pages, video or audio: assay.yaml names folders below inbox/ to put them into");
	else
		tell_counts(s->found.files);
	(void)printf("wrote    %s/%s\n", s->dir, s->config);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (s->used[m])
			(void)printf("         %s/%s\n", s->dir, assay_starters[m].contract_path);
	(void)printf("store    %s\n", s->store);
	(void)printf("\nnext: %s%s%slook at %s and the contracts, then\n", strcmp(s->dir, ".") != 0 ? "cd " : "",
		     strcmp(s->dir, ".") != 0 ? s->dir : "", strcmp(s->dir, ".") != 0 ? ", " : "", s->config);
	(void)printf("  assay config lint\n  assay run\n  assay status\n");
}

static assay_code tell_json(const setup *s, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_key(j, "found");
	assay_json_object(j);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		assay_json_kuint(j, assay_modality_name(m), s->found.files[m]);
	assay_json_kuint(j, "other", s->found.files[0]);
	assay_json_end(j);
	assay_json_key(j, "wrote");
	assay_json_array(j);
	assay_json_str(j, s->config);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (s->used[m])
			assay_json_str(j, assay_starters[m].contract_path);
	assay_json_end(j);
	assay_json_kstr(j, "store", s->store);
	assay_json_end(j);
	return assay_report_print(&r, err);
}

static int start(setup *s, const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_BUF dataset = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(open_folder(s, err));
	ASSAY_TRY(store_path(s, in, err));
	ASSAY_TRY(look_around(s, err));
	if (assay_opt(in, "force") == NULL && any_is_there(s, err))
		return ASSAY_EXIT_CANNOT_CREATE;
	dataset_name(&dataset, s->dir);
	ASSAY_TRY(assay_buf_check(&dataset, err));
	ASSAY_TRY(write_files(s, assay_buf_str(&dataset), err));
	ASSAY_TRY(make_store(s, err));
	if (in->json)
		rc = tell_json(s, err);
	else
		tell_text(s);
fail:
	return assay_exit_of(rc);
}

static int run(const assay_invocation *in, assay_err *err)
{
	setup s = {.dir = in->arg_count > 0 ? in->args[0] : ".", .config = in->config, .fd = -1};
	const int code = start(&s, in, err);

	assay_closep(&s.fd);
	look_release(&s.found);
	free(s.store);
	return code;
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_NO_INPUT, "there is no such folder"},
    {ASSAY_EXIT_CANNOT_CREATE, "a file that it would write is there already"},
    {ASSAY_EXIT_PERMISSION, "no permission to read the folder or to write to it"},
    {0, NULL},
};

const assay_verb assay_verb_init = {
    .name = "init",
    .group = ASSAY_GROUP_MAKE,
    .operands = "[DIR]",
    .max_args = 1,
    .summary = "start a dataset: look at the files, write assay.yaml, contracts and a store",
    .help =
	"Looks at the first bytes and the names of the files in DIR (default: here) and writes assay.yaml with\n"
	"sources that match them, a starter contract for each modality, and an empty store. Texts beside pages and\n"
	"recordings (a.gt.txt or a.txt beside a.tif) become their sidecars. Nothing that is there is overwritten\n"
	"(exit 73 names it) unless --force is given.\n",
    .example = "  assay init archive\n  cd archive && assay config lint && assay run\n",
    .options = options,
    .exits = exits,
    .see_also = "run, config, stages",
    .run = run,
};
