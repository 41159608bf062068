#include "verb.h"

#include "assay/decimal.h"
#include "assay/diagnostic.h"
#include "assay/memory.h"
#include "assay/moment.h"
#include "assay/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *assay_opt(const assay_invocation *in, const char *name)
{
	for (size_t i = 0; in->verb->options != NULL && in->verb->options[i].name != NULL; i++)
		if (strcmp(in->verb->options[i].name, name) == 0)
			return in->given[i];
	return NULL;
}

const char *assay_opt_next(const assay_invocation *in, const char *name, int *at)
{
	while (*at < in->every_count) {
		const assay_given *g = &in->every[(*at)++];

		if (strcmp(g->row->name, name) == 0)
			return g->value;
	}
	return NULL;
}

assay_code assay_check_words(const assay_invocation *in, const char *option, const char *what, const char *text,
			     assay_err *err)
{
	if (assay_utf8_prefix(text, strlen(text)) == strlen(text))
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "%s: %s%s%s is not UTF-8", in->title, option, what != NULL ? ": " : "",
			   what != NULL ? what : "");
}

assay_code assay_opt_uint(const assay_invocation *in, const char *name, uint64_t dflt, uint64_t lo, uint64_t hi,
			  uint64_t *out, assay_err *err)
{
	const char *text = assay_opt(in, name);
	char *end;

	*out = dflt;
	if (text == NULL)
		return ASSAY_OK;
	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || text[0] == '-' || *out < lo || *out > hi)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64,
				   name, text, lo, hi);
	return ASSAY_OK;
}

assay_code assay_opt_moment(const assay_invocation *in, const char *name, bool *given, int64_t *out, assay_err *err)
{
	const char *text = assay_opt(in, name);

	*given = text != NULL;
	if (text == NULL || assay_instant_parse(out, text))
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE,
			   "%s: --%s: '%s' is no date such as 2026-12-31 (its first instant, UTC), and no time such as "
			   "2026-12-31T12:00:00Z, up to the end of 2261",
			   in->title, name, text);
}

static assay_code open_root(const char *config, int *rootfd, const char **name, char **folder, assay_err *err)
{
	const char *slash = strrchr(config, '/');

	*name = slash != NULL ? slash + 1 : config;
	*folder = slash == NULL     ? assay_strdup(".")
		  : slash == config ? assay_strdup("/")
				    : assay_strndup(config, (size_t)(slash - config));
	if (*folder == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path");
	*rootfd = open(*folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*rootfd < 0 && errno == ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no folder '%s'", *folder);
	return *rootfd < 0 ? ASSAY_RAISE_ERRNO(err, "open folder '%s'", *folder) : ASSAY_OK;
}

assay_code assay_load_config(const assay_invocation *in, assay_config **out, int *rootfd, assay_err *err)
{
	ASSAY_AUTO_FREE char *folder = NULL;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	const char *name;
	assay_code rc = open_root(in->config, rootfd, &name, &folder, err);

	*out = NULL;
	if (rc == ASSAY_OK)
		rc = assay_config_load(out, *rootfd, name, &d, err);
	if (rc == ASSAY_ENOENT || (rc == ASSAY_EIO && err->sys == ENOENT))
		rc = ASSAY_RAISE(err, ASSAY_ENOENT, "there is no '%s' here; 'assay init' writes one", in->config);
	assay_diagnostics_text(&d, &text);
	if (text.len > 0)
		(void)fputs(assay_buf_str(&text), stderr);
	if (rc == ASSAY_ECONFIG)
		rc = ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' has %zu error%s", in->config, d.errors,
				 d.errors == 1 ? "" : "s");
	assay_diagnostics_release(&d);
	return rc;
}

assay_code assay_load_tables(const assay_invocation *in, assay_config *config, int rootfd, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_code rc = assay_config_read_tables(config, rootfd, &d, err);

	assay_diagnostics_text(&d, &text);
	if (text.len > 0)
		(void)fputs(assay_buf_str(&text), stderr);
	if (rc == ASSAY_ECORRUPT)
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "the metadata files of '%s' have %zu error%s", in->config,
				 d.errors, d.errors == 1 ? "" : "s");
	assay_diagnostics_release(&d);
	return rc;
}

assay_code assay_open_store(const assay_invocation *in, assay_store **out, bool write, bool create, assay_err *err)
{
	const assay_store_opts o = {.read_only = !write, .create = create};

	return assay_store_open(out, in->store, &o, err);
}

assay_code assay_open_store_whole(const assay_invocation *in, assay_store **out, assay_err *err)
{
	const assay_store_opts o = {.read_only = true, .scan = true};

	return assay_store_open(out, in->store, &o, err);
}

void assay_report_init(assay_report *r)
{
	*r = (assay_report){0};
	assay_json_init(&r->json, &r->text, 2);
}

assay_code assay_report_print(assay_report *r, assay_err *err)
{
	assay_code rc;

	assay_buf_putc(&r->text, '\n');
	rc = assay_buf_check(&r->text, err);
	if (rc == ASSAY_OK && fwrite(r->text.data, 1, r->text.len, stdout) != r->text.len)
		rc = ASSAY_RAISE_ERRNO(err, "write to standard output");
	return rc;
}

void assay_report_release(assay_report *r)
{
	assay_buf_release(&r->text);
}
