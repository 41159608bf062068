#include "tell.h"
#include "verbs.h"

#include "assay/delivery.h"
#include "assay/stop.h"

#include <inttypes.h>
#include <stdio.h>

static assay_code tell_json(const assay_delivery_check *c, const char *dir, int code, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	assay_json *j = &r.json;

	assay_report_init(&r);
	assay_json_object(j);
	assay_json_kstr(j, "delivery", dir);
	assay_json_kdigest(j, "version", c->has_version ? &c->version : NULL);
	assay_json_kuint(j, "files", c->files);
	assay_json_kuint(j, "bytes", c->bytes);
	assay_json_kuint(j, "samples", c->samples);
	assay_json_kuint(j, "others", c->others);
	assay_json_kuint(j, "artifacts", c->artifacts);
	assay_json_kuint(j, "differences", c->differences);
	assay_json_key(j, "findings");
	assay_diagnostics_json(&c->findings, j);
	assay_json_kint(j, "exit", code);
	assay_json_end(j);
	return assay_report_print(&r, err);
}

/* Like findings about files that a user wrote, but each of them is a difference, not an error of somebody's. */
static assay_code tell_text(const assay_delivery_check *c, const char *dir, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX] = "";
	assay_code rc;

	for (size_t i = 0; i < c->findings.count; i++) {
		const assay_diagnostic *f = &c->findings.items[i];

		assay_buf_puts(&text, f->file);
		if (f->line > 0)
			assay_buf_printf(&text, ":%d", f->line);
		assay_buf_puts(&text, ": ");
		assay_tell_safe(&text, f->message); /* it may quote what stands in the delivery */
		assay_buf_putc(&text, '\n');
	}
	if (c->differences > c->findings.count)
		assay_buf_printf(&text, "and %" PRIu64 " more\n", c->differences - c->findings.count);
	if (c->differences == 0)
		assay_buf_printf(&text, "%s is version %.12s, complete and unchanged: ", dir,
				 c->has_version ? assay_digest_hex(&c->version, hex) : "?");
	else
		assay_buf_printf(&text, "%s differs in %" PRIu64 " place%s: ", dir, c->differences,
				 c->differences == 1 ? "" : "s");
	assay_buf_printf(&text, "%" PRIu64 " samples, %" PRIu64 " others, %" PRIu64 " files, %" PRIu64 " bytes\n",
			 c->samples, c->others, c->files, c->bytes);
	rc = assay_buf_check(&text, err);
	if (rc == ASSAY_OK)
		(void)fputs(assay_buf_str(&text), stdout);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_delivery_check_release) assay_delivery_check c = {0};
	const char *dir = in->args[0];
	assay_code rc;
	int code;

	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_delivery_verify(&c, dir, err));
	code = c.differences > 0 ? ASSAY_EXIT_DIFFERENCE : ASSAY_EXIT_OK;
	rc = in->json ? tell_json(&c, dir, code, err) : tell_text(&c, dir, err);
	if (rc == ASSAY_OK)
		return code;
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_BAD_INPUT, "it is no delivery"},
    {ASSAY_EXIT_NO_INPUT, "there is no such folder"},
    {ASSAY_EXIT_DIFFERENCE, "it is not as it was written"},
    {0, NULL},
};

const assay_verb assay_verb_verify = {
    .name = "verify",
    .group = ASSAY_GROUP_KEEP,
    .operands = "DIR",
    .min_args = 1,
    .max_args = 1,
    .summary = "check a delivery against its digests and its version's id",
    .help =
	"Needs no store. Every file is read and compared with SHA256SUMS; none may be missing, none may be there\n"
	"beside them. Every line of the manifests is read, and the version's id is computed from them: a line that\n"
	"was changed shows even where SHA256SUMS was changed with it. (What the id does not cover, such as findings\n"
	"and distributions, is held by SHA256SUMS alone.) Each difference is named; exit 80 when there is one.\n"
	"Keep the id elsewhere, or sign SHA256SUMS: a delivery cannot vouch for itself.\n",
    .example = "  assay verify deliveries/v1\n",
    .exits = exits,
    .see_also = "export, check",
    .run = run,
};
