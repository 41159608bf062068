#include "verbs.h"

#include "assay/delivery.h"
#include "assay/stop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const assay_option options[] = {
    {"format", 0, "jsonl", "the only one of this release, and the default"},
    {"out", 0, "DIR", "the folder to make; it appears whole or not at all"},
    {"force", 0, NULL, "replace a delivery that is there (never any other folder)"},
    {NULL, 0, NULL, NULL},
};

static assay_code parse(const assay_invocation *in, assay_delivery_opts *o, assay_err *err)
{
	const char *format = assay_opt(in, "format");

	*o = (assay_delivery_opts){.dir = assay_opt(in, "out"), .replace = assay_opt(in, "force") != NULL};
	if (format != NULL && strcmp(format, "jsonl") != 0)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "--format: '%s' is not 'jsonl', the one this release writes",
				   format);
	if (o->dir == NULL || o->dir[0] == '\0')
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "export needs --out DIR; see 'assay export --help'");
	return ASSAY_OK;
}

static assay_code tell_json(const assay_version *v, const char *dir, const assay_delivery_summary *s, assay_err *err)
{
	ASSAY_AUTO_REPORT r;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_kdigest(&r.json, "version", &v->id);
	assay_json_kstr(&r.json, "out", dir);
	assay_json_kstr(&r.json, "format", "jsonl");
	assay_json_kuint(&r.json, "samples", s->samples);
	assay_json_kuint(&r.json, "others", s->others);
	assay_json_kuint(&r.json, "files", s->files);
	assay_json_kuint(&r.json, "bytes", s->bytes);
	assay_json_kuint(&r.json, "without_metadata", s->stale);
	assay_json_kuint(&r.json, "without_checks", s->unexplained);
	assay_json_end(&r.json);
	return assay_report_print(&r, err);
}

static assay_code tell(const assay_invocation *in, const assay_version *v, const char *dir,
		       const assay_delivery_summary *s, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];

	if (s->stale > 0)
		(void)fprintf(stderr,
			      "assay: warning: metadata in assay.yaml were edited since this version was made: %" PRIu64
			      " samples are delivered without\n",
			      s->stale);
	if (s->unexplained > 0)
		(void)fprintf(stderr,
			      "assay: warning: samples were judged anew since this version was made: of %" PRIu64
			      " that are not delivered it is not known any more which checks they failed, or of "
			      "what they are duplicates\n",
			      s->unexplained);
	if (in->json)
		return tell_json(v, dir, s, err);
	(void)printf("version %.12s written to %s: %" PRIu64 " samples, %" PRIu64 " others told, %" PRIu64
		     " files, %" PRIu64 " bytes\n",
		     assay_digest_hex(&v->id, hex), dir, s->samples, s->others, s->files, s->bytes);
	return ASSAY_OK;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_STORE store = NULL;
	ASSAY_AUTO_VERSION v = {0};
	assay_delivery_summary s = {0};
	assay_delivery_opts o;
	assay_code rc;

	ASSAY_TRY(parse(in, &o, err));
	ASSAY_TRY(assay_stop_install(err));
	ASSAY_TRY(assay_open_store_whole(in, &store, err));
	ASSAY_TRY(assay_version_resolve(store, in->args[0], &v, err));
	rc = assay_delivery_write(&s, store, &v, &o, err);
	if (rc != ASSAY_OK && s.blocked)
		return ASSAY_EXIT_CANNOT_CREATE;
	if (rc == ASSAY_OK)
		rc = tell(in, &v, o.dir, &s, err);
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_CANNOT_CREATE, "DIR is there already or cannot be made"},
    {0, NULL},
};

const assay_verb assay_verb_export = {
    .name = "export",
    .group = ASSAY_GROUP_KEEP,
    .operands = "VERSION",
    .min_args = 1,
    .max_args = 1,
    .summary = "write a version out as a folder for those who use it",
    .help =
	"VERSION is 'latest', a tag, or a prefix of a version's id. The folder holds manifest.jsonl (one line per\n"
	"accepted or waived sample), others.jsonl (every other one, and why), the artifacts by digest, the contracts\n"
	"and recipes, version.json with counts and distributions, a data card, and SHA256SUMS. The same version gives\n"
	"the same bytes. Sources are named by path and digest, not copied. Nothing is written outside of DIR.\n"
	"Exit 73 when DIR is there already or cannot be made.\n",
    .example = "  assay export latest --out deliveries/v1\n  (cd deliveries/v1 && sha256sum -c --quiet SHA256SUMS)\n",
    .options = options,
    .uses = ASSAY_USES_STORE,
    .exits = exits,
    .see_also = "verify, tag",
    .run = run,
};
