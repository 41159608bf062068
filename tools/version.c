#include "verbs.h"

#include "assay/delivery.h"
#include "assay/engines.h"
#include "assay/file.h"
#include "assay/params.h"
#include "assay/program.h"
#include "assay/recipe.h"
#include "assay/registry.h"
#include "assay/result.h"
#include "assay/version.h"
#include "assay/worker.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#define LANDLOCK_VERSION 1u

static const struct format_row {
	const char *name;
	unsigned number;
} formats[] = {
    {"store", ASSAY_STORE_FORMAT},     {"recipe", ASSAY_RECIPE_FORMAT}, {"result", ASSAY_RESULT_FORMAT},
    {"version", ASSAY_VERSION_FORMAT}, {"worker", ASSAY_WORKER_FORMAT}, {"delivery", ASSAY_DELIVERY_FORMAT},
};

/* ---------------------------------------------------------------- what the kernel offers to workers */

typedef struct sandbox {
	long landlock;          /* version of its interface, 0 without */
	bool seccomp, notifies; /* filters; filters that ask the worker, which the broker needs */
} sandbox;

static sandbox look_at_kernel(void)
{
	ASSAY_AUTO_BUF actions = ASSAY_BUF_INIT;
	const long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
	sandbox s = {.landlock = landlock > 0 ? landlock : 0};

	s.seccomp =
	    assay_file_read(&actions, AT_FDCWD, "/proc/sys/kernel/seccomp/actions_avail", 4096, NULL) == ASSAY_OK;
	s.notifies = s.seccomp && strstr(assay_buf_str(&actions), "user_notif") != NULL;
	return s;
}

/* ---------------------------------------------------------------- models */

typedef struct model {
	const char *role, *path;
	assay_digest digest;
	bool there;
} model;

typedef void model_fn(void *ctx, const assay_stage *s, const model *m, const char *problem);

static void tell_file(assay_engines *engines, const assay_stage *s, const char *role, const char *path, model_fn *fn,
		      void *ctx)
{
	assay_err why = ASSAY_ERR_INIT;
	model m = {.role = role, .path = path};

	m.there = assay_engines_digest(&m.digest, engines, role, path, &why) == ASSAY_OK;
	fn(ctx, s, &m, m.there ? NULL : why.msg);
}

/* With the parameters that stages have by themselves. A model that is not installed is told, not an error. */
static assay_code each_model(assay_engines *engines, model_fn *fn, void *ctx, assay_err *err)
{
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++) {
		assay_stage_files files = {0};
		assay_err why = ASSAY_ERR_INIT;
		void *params;
		assay_code rc;

		rc = assay_params_new(&params, *s, err);
		if (rc != ASSAY_OK)
			return rc;
		rc = assay_engines_files(&files, engines, *s, params, &why);
		if (rc != ASSAY_OK)
			fn(ctx, *s, &(model){.role = "model", .path = NULL}, why.msg);
		for (size_t i = 0; rc == ASSAY_OK && i < files.count; i++)
			tell_file(engines, *s, files.roles[i], files.paths[i], fn, ctx);
		assay_stage_files_release(&files);
		assay_params_free(*s, params);
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- engines */

/* Each once, in the order of the stages. */
static assay_code each_engine(assay_engines *engines, void fn(void *ctx, const char *engine), void *ctx, assay_err *err)
{
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++) {
		const assay_stage *const *t = assay_stages;
		const char *engine, *other;
		assay_code rc = assay_engines_version(&engine, engines, *s, err);

		if (rc != ASSAY_OK)
			return rc;
		while (t != s && assay_engines_version(&other, engines, *t, err) == ASSAY_OK &&
		       strcmp(engine, other) != 0)
			t++;
		if (t == s && engine[0] != '\0')
			fn(ctx, engine);
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- for people */

/* Fonts come by the dozen: they are counted by folder, and --json lists them. */
typedef struct font_folder {
	const char *stage;
	char path[256];
	unsigned fonts;
} font_folder;

static void print_fonts(font_folder *f)
{
	if (f->fonts > 0)
		(void)printf("  %-16s %u font%s in %s\n", f->stage, f->fonts, f->fonts == 1 ? "" : "s", f->path);
	*f = (font_folder){0};
}

static void count_font(font_folder *f, const char *stage, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[sizeof f->path];

	(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash != NULL ? slash - path : 0), path);
	if (strcmp(folder, f->path) != 0) {
		print_fonts(f);
		memcpy(f->path, folder, sizeof folder);
		f->stage = stage;
	}
	f->fonts++;
}

static void print_model(void *ctx, const assay_stage *s, const model *m, const char *problem)
{
	char hex[ASSAY_DIGEST_HEX];

	if (problem == NULL && strcmp(m->role, "font") == 0) {
		count_font(ctx, s->name, m->path);
		return;
	}
	print_fonts(ctx);
	if (problem != NULL)
		(void)printf("  %-16s missing: %s\n", s->name, problem);
	else
		(void)printf("  %-16s %s %.16s %s\n", s->name, m->role, assay_digest_hex(&m->digest, hex), m->path);
}

static void print_sandbox(void)
{
	const sandbox s = look_at_kernel();

	(void)printf("\nsandbox (what this kernel offers; each run records what was in force)\n");
	(void)printf("  %-16s yes\n  %-16s yes\n", "no-new-privs", "rlimits");
	(void)printf("  %-16s %s\n", "seccomp", s.seccomp ? "yes" : "no");
	(void)printf("  %-16s %s\n", "broker", s.notifies ? "yes" : "no: seccomp cannot ask the worker");
	if (s.landlock > 0)
		(void)printf("  %-16s version %ld\n", "landlock", s.landlock);
	else
		(void)printf("  %-16s no\n", "landlock");
}

static void print_engine(void *ctx, const char *engine)
{
	(void)ctx;
	(void)printf("  %s\n", engine);
}

static assay_code print_text(assay_engines *engines, const assay_build_ids *builds, assay_err *err)
{
	font_folder fonts = {0};
	assay_code rc;

	(void)puts("assay " ASSAY_PROGRAM_VERSION "\n\nengines");
	rc = each_engine(engines, print_engine, NULL, err);
	if (rc != ASSAY_OK)
		return rc;
	(void)puts("\nmodels and fonts");
	rc = each_model(engines, print_model, &fonts, err);
	if (rc != ASSAY_OK)
		return rc;
	print_fonts(&fonts);
	print_sandbox();
	(void)puts("\nformats");
	for (size_t i = 0; i < ASSAY_COUNT(formats); i++)
		(void)printf("  %-16s %u\n", formats[i].name, formats[i].number);
	(void)puts("\nlibraries (build-id)");
	for (size_t i = 0; i < builds->count; i++)
		(void)printf("  %s\n", builds->items[i]);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- for programs */

static void json_model(void *ctx, const assay_stage *s, const model *m, const char *problem)
{
	assay_json *j = ctx;

	assay_json_object(j);
	assay_json_kstr(j, "stage", s->name);
	assay_json_kstr(j, "role", m->role);
	assay_json_kstr(j, "path", m->path);
	assay_json_kdigest(j, "digest", m->there ? &m->digest : NULL);
	if (problem != NULL)
		assay_json_kstr(j, "problem", problem);
	assay_json_end(j);
}

static void json_engine(void *ctx, const char *engine)
{
	assay_json_str(ctx, engine);
}

static void json_sandbox(assay_json *j)
{
	const sandbox s = look_at_kernel();

	assay_json_key(j, "sandbox");
	assay_json_object(j);
	assay_json_kbool(j, "no_new_privs", true);
	assay_json_kbool(j, "rlimits", true);
	assay_json_kbool(j, "seccomp", s.seccomp);
	assay_json_kbool(j, "broker", s.notifies);
	assay_json_kint(j, "landlock", s.landlock);
	assay_json_end(j);
}

static void json_formats(assay_json *j)
{
	assay_json_key(j, "formats");
	assay_json_object(j);
	for (size_t i = 0; i < ASSAY_COUNT(formats); i++)
		assay_json_kuint(j, formats[i].name, formats[i].number);
	assay_json_end(j);
}

static assay_code print_json(assay_engines *engines, const assay_build_ids *builds, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;
	assay_code rc;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_kstr(j, "assay", ASSAY_PROGRAM_VERSION);
	assay_json_key(j, "engines");
	assay_json_array(j);
	rc = each_engine(engines, json_engine, j, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_end(j);
	assay_json_key(j, "models");
	assay_json_array(j);
	rc = each_model(engines, json_model, j, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_json_end(j);
	json_sandbox(j);
	json_formats(j);
	assay_json_key(j, "libraries");
	assay_json_array(j);
	for (size_t i = 0; i < builds->count; i++)
		assay_json_str(j, builds->items[i]);
	assay_json_end(j);
	assay_json_end(j);
	return assay_report_print(&r, err);
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_engines_closep) assay_engines *engines = NULL;
	ASSAY_CLEANUP(assay_build_ids_release) assay_build_ids builds = {0};
	const assay_build_ids *workers;
	assay_code rc;

	ASSAY_TRY(assay_engines_open(&engines, err));
	ASSAY_TRY(assay_build_ids_read(&builds, err));
	ASSAY_TRY(assay_engines_libraries(&workers, engines, err));
	ASSAY_TRY(assay_build_ids_join(&builds, workers, err));
	rc = in->json ? print_json(engines, &builds, err) : print_text(engines, &builds, err);
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_version = {
    .name = "version",
    .group = ASSAY_GROUP_LEARN,
    .operands = "",
    .summary = "the program, its engines, models, libraries, and the sandbox of this machine",
    .help = "What decides results beside the sources and assay.yaml. Needs no store and no configuration. Models are\n"
	    "those of the stages' default parameters; one that is not installed is told, with what to install.\n",
    .example = "  assay version\n  assay version --json | jq '.engines'\n",
    .see_also = "stages",
    .run = run,
};
