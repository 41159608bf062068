#include "lint.h"

#include "assay/file.h"
#include "assay/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

assay_code assay_lint_all_metrics(assay_vocabulary *v, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		for (size_t i = 0; i < assay_metric_count(*s) && rc == ASSAY_OK; i++) {
			const assay_metric *m = &(*s)->metrics[i];
			const assay_vocabulary_metric row = {.name = m->name,
							     .unit = m->unit,
							     .stage = (*s)->name,
							     .scale = m->scale,
							     .kinds = m->kinds,
							     .made = true};

			rc = assay_vocabulary_add(v, &row, err);
		}
	return rc;
}

assay_code assay_lint_folder(const char *path, int *dirfd, const char **name, assay_buf *folder, assay_err *err)
{
	const char *slash = strrchr(path, '/');

	*name = slash != NULL ? slash + 1 : path;
	assay_buf_append(folder, path, (size_t)(*name - path));
	if (assay_buf_check(folder, err) != ASSAY_OK)
		return ASSAY_ENOMEM;
	*dirfd = open(slash != NULL ? assay_buf_str(folder) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dirfd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no folder '%s'", assay_buf_str(folder));
	return *dirfd < 0 ? ASSAY_RAISE_ERRNO(err, "open folder '%s'", assay_buf_str(folder)) : ASSAY_OK;
}

assay_code assay_lint_terms_open(assay_lint_terms *out, const char *config, assay_err *err)
{
	assay_diagnostics of_config = {0};
	assay_code rc = ASSAY_OK;

	*out = (assay_lint_terms){0};
	if (access(config, F_OK) == 0) {
		rc = assay_lint_config(config, &out->config, &of_config, err);
		assay_diagnostics_release(&of_config);
		if (rc == ASSAY_OK && out->config == NULL)
			(void)fprintf(
			    stderr, "assay: '%s' has errors: the metrics of all stages are taken instead of its own\n",
			    config);
	}
	if (rc == ASSAY_OK && out->config == NULL)
		rc = assay_lint_all_metrics(&out->all, err);
	out->vocabulary = out->config != NULL ? &out->config->vocabulary : &out->all;
	return rc;
}

void assay_lint_terms_release(assay_lint_terms *t)
{
	assay_config_close(t->config);
	assay_vocabulary_release(&t->all);
	*t = (assay_lint_terms){0};
}

assay_code assay_lint_contract(assay_contract **out, const char *path, const assay_vocabulary *v, assay_diagnostics *d,
			       assay_err *err)
{
	ASSAY_AUTO_BUF folder = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD dirfd = -1;
	assay_err finding = ASSAY_ERR_INIT;
	const char *name;
	assay_code rc = assay_lint_folder(path, &dirfd, &name, &folder, err);

	*out = NULL;
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_contract_load(out, dirfd, name, path, v, d, &finding);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no contract '%s'", path);
	if (rc != ASSAY_OK && rc != ASSAY_ECONFIG) {
		*err = finding;
		return rc;
	}
	return ASSAY_OK;
}

/* Findings name files relative to assay.yaml; people and editors are elsewhere when -c names a folder. */
static assay_code add_folder(assay_diagnostics *d, const char *folder, assay_err *err)
{
	for (size_t i = 0; folder[0] != '\0' && i < d->count; i++) {
		char *full = assay_asprintf("%s%s", d->items[i].file[0] == '/' ? "" : folder, d->items[i].file);

		if (full == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "findings");
		free(d->items[i].file);
		d->items[i].file = full;
	}
	return ASSAY_OK;
}

static assay_code lint_tables(assay_config *c, int dirfd, assay_diagnostics *d, assay_err *err)
{
	assay_err finding = ASSAY_ERR_INIT;
	const assay_code rc = assay_config_read_tables(c, dirfd, d, &finding);

	if (rc == ASSAY_OK)
		assay_config_lint_rows(c, dirfd, d);
	if (rc != ASSAY_OK && rc != ASSAY_ECORRUPT)
		*err = finding;
	return rc == ASSAY_ECORRUPT ? ASSAY_OK : rc;
}

assay_code assay_lint_config(const char *path, assay_config **out, assay_diagnostics *d, assay_err *err)
{
	ASSAY_AUTO_BUF folder = ASSAY_BUF_INIT;
	ASSAY_AUTO_FD dirfd = -1;
	assay_err finding = ASSAY_ERR_INIT;
	const char *name;
	assay_code rc = assay_lint_folder(path, &dirfd, &name, &folder, err);

	*out = NULL;
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_config_load(out, dirfd, name, d, &finding);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no '%s'; 'assay init' writes one", path);
	if (rc != ASSAY_OK && rc != ASSAY_ECONFIG) {
		*err = finding;
		return rc;
	}
	rc = *out != NULL ? lint_tables(*out, dirfd, d, err) : ASSAY_OK;
	return rc == ASSAY_OK ? add_folder(d, assay_buf_str(&folder), err) : rc;
}

static assay_code tell_json(const assay_diagnostics *d, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_kuint(&r.json, "errors", d->errors);
	assay_json_kuint(&r.json, "warnings", d->count - d->errors);
	assay_json_key(&r.json, "findings");
	assay_diagnostics_json(d, &r.json);
	assay_json_end(&r.json);
	return assay_report_print(&r, err);
}

static assay_code tell_text(const assay_diagnostics *d, const char *what, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	assay_diagnostics_text(d, &text);
	if (d->errors == 0)
		assay_buf_printf(&text, "%s: no errors", what);
	else
		assay_buf_printf(&text, "%s: %zu error%s", what, d->errors, d->errors == 1 ? "" : "s");
	if (d->count > d->errors)
		assay_buf_printf(&text, ", %zu warning%s", d->count - d->errors, d->count - d->errors == 1 ? "" : "s");
	assay_buf_putc(&text, '\n');
	rc = assay_buf_check(&text, err);
	if (rc == ASSAY_OK)
		(void)fputs(assay_buf_str(&text), stdout);
	return rc;
}

int assay_lint_tell(const assay_invocation *in, const assay_diagnostics *d, const char *what, assay_err *err)
{
	assay_code rc = d->failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "findings") : ASSAY_OK;

	if (rc == ASSAY_OK)
		rc = in->json ? tell_json(d, err) : tell_text(d, what, err);
	if (rc != ASSAY_OK)
		return assay_exit_of(rc);
	return d->errors > 0 ? ASSAY_EXIT_CONFIG : ASSAY_EXIT_OK;
}
