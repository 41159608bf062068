#include "catalogue.h"

#include "assay/build_id.h"
#include "assay/registry.h"

#include <inttypes.h>
#include <stdint.h>

/* ---------------------------------------------------------------- literals */

static void put_text(FILE *to, const char *s)
{
	if (s == NULL) {
		(void)fputs("NULL", to);
		return;
	}
	(void)fputc('"', to);
	for (; *s != '\0'; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			(void)fprintf(to, "\\%03o", (unsigned)c);
		else if (c == '"' || c == '\\' || c == '?') /* two question marks begin a trigraph */
			(void)fprintf(to, "\\%c", c);
		else
			(void)fputc(c, to);
	}
	(void)fputc('"', to);
}

static void put_field(FILE *to, const char *name, const char *text)
{
	(void)fprintf(to, ", .%s = ", name);
	put_text(to, text);
}

/* The least number has no literal. */
static void put_i64(FILE *to, const char *name, int64_t v)
{
	if (v == INT64_MIN)
		(void)fprintf(to, ", .%s = INT64_MIN", name);
	else
		(void)fprintf(to, ", .%s = INT64_C(%" PRId64 ")", name, v);
}

static void put_texts(FILE *to, const char *name, const char *const *texts)
{
	(void)fprintf(to, "static const char *const %s[] = {", name);
	for (; *texts != NULL; texts++) {
		put_text(to, *texts);
		(void)fputs(", ", to);
	}
	(void)fputs("NULL};\n", to);
}

/* ---------------------------------------------------------------- tables of a stage */

static void put_params(FILE *to, size_t at, const assay_param *params)
{
	char name[64];

	for (size_t i = 0; params[i].name != NULL; i++)
		if (params[i].choices != NULL) {
			(void)snprintf(name, sizeof name, "choices_%zu_%zu", at, i);
			put_texts(to, name, params[i].choices);
		}
	(void)fprintf(to, "static const assay_param params_%zu[] = {\n", at);
	for (size_t i = 0; params[i].name != NULL; i++) {
		const assay_param *p = &params[i];

		(void)fprintf(to, "    {.type = %d, .offset = %zu, .scale = %d, .local = %d", (int)p->type, p->offset,
			      p->scale, p->local);
		put_field(to, "name", p->name);
		put_i64(to, "min", p->min);
		put_i64(to, "max", p->max);
		if (p->choices != NULL)
			(void)fprintf(to, ", .choices = choices_%zu_%zu", at, i);
		put_field(to, "initial", p->initial);
		put_field(to, "unit", p->unit);
		put_field(to, "help", p->help);
		(void)fputs("},\n", to);
	}
	(void)fputs("    {.name = NULL}};\n", to);
}

static void put_metrics(FILE *to, size_t at, const assay_metric *metrics)
{
	(void)fprintf(to, "static const assay_metric metrics_%zu[] = {\n", at);
	for (const assay_metric *m = metrics; m->name != NULL; m++) {
		(void)fprintf(to, "    {.scale = %d, .kinds = %uu", m->scale, m->kinds);
		put_field(to, "name", m->name);
		put_field(to, "unit", m->unit);
		put_field(to, "help", m->help);
		(void)fputs("},\n", to);
	}
	(void)fputs("    {.name = NULL}};\n", to);
}

static void put_notes(FILE *to, size_t at, const assay_metric_note *notes)
{
	(void)fprintf(to, "static const assay_metric_note notes_%zu[] = {\n", at);
	for (const assay_metric_note *n = notes; n->metric != NULL; n++) {
		(void)fprintf(to, "    {.belief = %d, .recall = %d, .permille = %d", n->belief, (int)n->recall,
			      n->permille);
		put_field(to, "metric", n->metric);
		put_i64(to, "slack", n->slack);
		(void)fputs("},\n", to);
	}
	(void)fputs("    {.metric = NULL}};\n", to);
}

static void put_artifacts(FILE *to, size_t at, const assay_artifact_type *artifacts)
{
	(void)fprintf(to, "static const assay_artifact_type artifacts_%zu[] = {\n", at);
	for (const assay_artifact_type *a = artifacts; a->role != NULL; a++) {
		(void)fputs("    {", to);
		(void)fputs(".role = ", to);
		put_text(to, a->role);
		put_field(to, "media", a->media);
		put_field(to, "suffix", a->suffix);
		put_field(to, "help", a->help);
		(void)fputs("},\n", to);
	}
	(void)fputs("    {.role = NULL}};\n", to);
}

static void put_tables(FILE *to, size_t at, const assay_stage *s)
{
	char name[64];

	(void)snprintf(name, sizeof name, "libraries_%zu", at);
	if (s->libraries != NULL)
		put_texts(to, name, s->libraries);
	if (s->params != NULL)
		put_params(to, at, s->params);
	if (s->metrics != NULL)
		put_metrics(to, at, s->metrics);
	if (s->notes != NULL)
		put_notes(to, at, s->notes);
	if (s->artifacts != NULL)
		put_artifacts(to, at, s->artifacts);
}

static void put_table_name(FILE *to, const char *field, size_t at, bool there)
{
	if (there)
		(void)fprintf(to, "    .%s = %s_%zu,\n", field, field, at);
}

static void put_stage(FILE *to, size_t at, const assay_stage *s)
{
	put_tables(to, at, s);
	(void)fprintf(to, "static const assay_stage stage_%zu = {\n    .abi = %" PRIu32 "u, .version = %" PRIu32 "u",
		      at, s->abi, s->version);
	put_field(to, "name", s->name);
	put_field(to, "summary", s->summary);
	put_field(to, "reference", s->reference);
	(void)fprintf(to, ",\n    .modality = %d, .observes = %uu, .replaces = %uu, .needs = %uu, .emits = %uu",
		      (int)s->modality, s->observes, s->replaces, s->needs, s->emits);
	(void)fprintf(to,
		      ",\n    .makes = %uu, .max_delay = %uu, .spans = %d, .takes_correction = %d, .takes_table = %d",
		      s->makes, s->max_delay, s->spans, s->takes_correction, s->takes_table);
	(void)fprintf(to, ", .determinism = %d, .params_size = %zu,\n", (int)s->determinism, s->params_size);
	put_table_name(to, "libraries", at, s->libraries != NULL);
	put_table_name(to, "params", at, s->params != NULL);
	put_table_name(to, "metrics", at, s->metrics != NULL);
	put_table_name(to, "notes", at, s->notes != NULL);
	put_table_name(to, "artifacts", at, s->artifacts != NULL);
	(void)fputs("};\n\n", to);
}

/* ---------------------------------------------------------------- the whole */

assay_code assay_catalogue_write(FILE *to, const char *program, assay_err *err)
{
	ASSAY_AUTO_FREE char *build = NULL;
	assay_code rc = assay_build_id_of_program(&build, err);

	if (rc != ASSAY_OK)
		return rc;
	(void)fputs("/* Written by the program of the workers while it was built: see tools/catalogue.c. */\n"
		    "#include \"assay/registry.h\"\n\n",
		    to);
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		put_stage(to, i, assay_stages[i]);
	(void)fputs("const assay_stage *const assay_stages[] = {\n", to);
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		(void)fprintf(to, "    &stage_%zu,\n", i);
	(void)fputs("    NULL,\n};\n\nconst assay_stages_home assay_stages_at = {.program = ", to);
	put_text(to, program);
	put_field(to, "build", build);
	(void)fputs("};\n", to);
	if (fflush(to) != 0 || ferror(to))
		return ASSAY_RAISE_ERRNO(err, "write the catalogue");
	return ASSAY_OK;
}
