#include "verbs.h"

#include "assay/engines.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const value_names[] = {"page", "words", "frame", "pcm", "mark"};
static const char *const type_names[] = {
    [ASSAY_PARAM_BOOL] = "bool", [ASSAY_PARAM_INT] = "int",   [ASSAY_PARAM_DECIMAL] = "decimal",
    [ASSAY_PARAM_ENUM] = "enum", [ASSAY_PARAM_TEXT] = "text", [ASSAY_PARAM_LIST] = "list",
};

static const char *determinism_of(const assay_stage *s)
{
	return s->determinism == ASSAY_EXACT ? "exact" : "exact-per-build";
}

static bool has_range(const assay_param *p)
{
	return p->type == ASSAY_PARAM_INT || p->type == ASSAY_PARAM_DECIMAL || p->type == ASSAY_PARAM_LIST;
}

/* ---------------------------------------------------------------- for people */

static void print_bits(const char *label, unsigned bits, const char *name_of(unsigned), unsigned first, unsigned last)
{
	const char *gap = "";

	if (bits == 0)
		return;
	(void)printf("%-12s ", label);
	for (unsigned i = first; i <= last; i++)
		if ((bits & (1u << i)) != 0) {
			(void)printf("%s%s", gap, name_of(i));
			gap = ", ";
		}
	(void)putchar('\n');
}

static const char *value_name(unsigned bit)
{
	return value_names[bit];
}

static void print_values(const char *label, unsigned bits)
{
	print_bits(label, bits, value_name, 0, (unsigned)ASSAY_COUNT(value_names) - 1);
}

static void print_choices(const assay_param *p)
{
	for (size_t i = 0; p->choices[i] != NULL; i++)
		(void)printf("%s%s", i > 0 ? " | " : "", p->choices[i]);
}

static void print_range(const assay_param *p)
{
	char low[ASSAY_DECIMAL_TEXT], high[ASSAY_DECIMAL_TEXT];

	(void)printf("%s..%s", assay_decimal_format((assay_decimal){p->min, p->scale}, low),
		     assay_decimal_format((assay_decimal){p->max, p->scale}, high));
	if (p->type == ASSAY_PARAM_LIST)
		(void)printf(" items");
	else if (p->unit[0] != '\0')
		(void)printf(" %s", p->unit);
}

static void print_param(const assay_param *p)
{
	(void)printf("  %-18s %s", p->name, type_names[p->type]);
	if (p->type == ASSAY_PARAM_ENUM) {
		(void)printf(": ");
		print_choices(p);
	} else if (has_range(p)) {
		(void)printf(" ");
		print_range(p);
	}
	(void)printf(p->initial[0] != '\0' ? ", default %s%s\n" : ", default empty%s%s\n", p->initial,
		     p->local ? " (of this machine: not part of the recipe)" : "");
	(void)printf("  %-18s %s\n", "", p->help);
}

static void print_metric(const assay_stage *s, const assay_metric *m)
{
	const assay_metric_note *note = assay_metric_note_of(s, m->name);
	char step[ASSAY_DECIMAL_TEXT];
	const char *gap = "";

	(void)printf("  %-28s in steps of %s", m->name, assay_decimal_format((assay_decimal){1, m->scale}, step));
	if (strcmp(m->unit, "1") != 0)
		(void)printf(" %s", m->unit);
	(void)printf(", of ");
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		if ((m->kinds & ASSAY_SAMPLE_MASK(k)) != 0) {
			(void)printf("%s%s", gap, assay_sample_kind_name(k));
			gap = ", ";
		}
	(void)printf("\n  %-28s %s\n", "", m->help);
	if (note != NULL && note->belief)
		(void)printf("  %-28s What the engine says of its own work: remedies are not chosen by it.\n", "");
	if (note != NULL && note->recall != ASSAY_RECALL_NONE)
		(void)printf("  %-28s A remedy that makes it %s has lost content and is refused.\n", "",
			     note->recall == ASSAY_RECALL_MORE ? "less" : "more");
}

static void print_tables(const assay_stage *s)
{
	if (assay_param_count(s) > 0)
		(void)puts("\nparameters");
	for (size_t i = 0; i < assay_param_count(s); i++)
		print_param(&s->params[i]);
	if (assay_metric_count(s) > 0)
		(void)puts("\nmetrics");
	for (size_t i = 0; i < assay_metric_count(s); i++)
		print_metric(s, &s->metrics[i]);
	if (assay_artifact_count(s) > 0)
		(void)puts("\nartifacts");
	for (size_t i = 0; i < assay_artifact_count(s); i++)
		(void)printf("  %-18s %s\n  %-18s %s\n", s->artifacts[i].role, s->artifacts[i].media, "",
			     s->artifacts[i].help);
}

static void print_stage(const assay_stage *s, const char *engine)
{
	(void)printf("%s (version %" PRIu32 "): %s\n\n", s->name, s->version, s->summary);
	(void)printf("%-12s %s%s\n", "pipeline", assay_modality_name(s->modality),
		     assay_stage_is_reader(s) ? ", the reader: first by itself" : "");
	print_values("observes", s->observes);
	print_values("replaces", s->replaces);
	print_values("emits", s->emits);
	print_bits("makes", s->makes, assay_sample_kind_name, 1, ASSAY_SAMPLE_KIND_MAX);
	(void)printf("%-12s %s\n", "bits",
		     s->determinism == ASSAY_EXACT ? "exact: the same on every CPU"
						   : "exact per build: the same for equal builds of its libraries");
	for (size_t i = 0; s->libraries != NULL && s->libraries[i] != NULL; i++)
		(void)printf("%-12s %s\n", i == 0 ? "libraries" : "", s->libraries[i]);
	if (engine[0] != '\0')
		(void)printf("%-12s %s\n", "engine", engine);
	if (s->reference != NULL && s->reference[0] != '\0')
		(void)printf("%-12s %s\n", "reference", s->reference);
	print_tables(s);
}

static void print_list(void)
{
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		(void)printf("%s%s\n", m > 1 ? "\n" : "", assay_modality_name(m));
		for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
			if ((*s)->modality == m)
				(void)printf("  %-18s %" PRIu32 "  %s\n", (*s)->name, (*s)->version, (*s)->summary);
	}
}

/* ---------------------------------------------------------------- for programs */

static void json_values(assay_json *j, const char *key, unsigned bits)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < ASSAY_COUNT(value_names); i++)
		if ((bits & (1u << i)) != 0)
			assay_json_str(j, value_names[i]);
	assay_json_end(j);
}

static void json_kinds(assay_json *j, const char *key, unsigned mask)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (unsigned k = 1; k <= ASSAY_SAMPLE_KIND_MAX; k++)
		if ((mask & ASSAY_SAMPLE_MASK(k)) != 0)
			assay_json_str(j, assay_sample_kind_name(k));
	assay_json_end(j);
}

static void json_texts(assay_json *j, const char *key, const char *const *texts)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
		assay_json_str(j, texts[i]);
	assay_json_end(j);
}

static void json_param(assay_json *j, const assay_param *p)
{
	assay_json_object(j);
	assay_json_kstr(j, "name", p->name);
	assay_json_kstr(j, "type", type_names[p->type]);
	assay_json_kstr(j, "default", p->initial);
	if (has_range(p)) {
		assay_json_key(j, p->type == ASSAY_PARAM_LIST ? "min_items" : "min");
		assay_json_decimal(j, (assay_decimal){p->min, p->scale});
		assay_json_key(j, p->type == ASSAY_PARAM_LIST ? "max_items" : "max");
		assay_json_decimal(j, (assay_decimal){p->max, p->scale});
	}
	if (p->type == ASSAY_PARAM_DECIMAL)
		assay_json_kint(j, "places", p->scale);
	if (p->type == ASSAY_PARAM_ENUM)
		json_texts(j, "choices", p->choices);
	assay_json_kstr(j, "unit", p->unit);
	assay_json_kbool(j, "in_recipe", !p->local);
	assay_json_kstr(j, "help", p->help);
	assay_json_end(j);
}

static void json_metric(assay_json *j, const assay_stage *s, const assay_metric *m)
{
	static const char *const recalls[] = {
	    [ASSAY_RECALL_NONE] = NULL, [ASSAY_RECALL_MORE] = "more", [ASSAY_RECALL_LESS] = "less"};
	const assay_metric_note *note = assay_metric_note_of(s, m->name);

	assay_json_object(j);
	assay_json_kstr(j, "name", m->name);
	assay_json_kstr(j, "unit", m->unit);
	assay_json_key(j, "resolution");
	assay_json_decimal(j, (assay_decimal){1, m->scale});
	json_kinds(j, "kinds", m->kinds);
	assay_json_kstr(j, "help", m->help);
	assay_json_kbool(j, "belief", note != NULL && note->belief);
	assay_json_kstr(j, "recall", recalls[note != NULL ? note->recall : ASSAY_RECALL_NONE]);
	assay_json_end(j);
}

static void json_artifact(assay_json *j, const assay_artifact_type *a)
{
	assay_json_object(j);
	assay_json_kstr(j, "role", a->role);
	assay_json_kstr(j, "media_type", a->media);
	assay_json_kstr(j, "suffix", a->suffix);
	assay_json_kstr(j, "help", a->help);
	assay_json_end(j);
}

static void json_tables(assay_json *j, const assay_stage *s)
{
	assay_json_key(j, "parameters");
	assay_json_array(j);
	for (size_t i = 0; i < assay_param_count(s); i++)
		json_param(j, &s->params[i]);
	assay_json_end(j);
	assay_json_key(j, "metrics");
	assay_json_array(j);
	for (size_t i = 0; i < assay_metric_count(s); i++)
		json_metric(j, s, &s->metrics[i]);
	assay_json_end(j);
	assay_json_key(j, "artifacts");
	assay_json_array(j);
	for (size_t i = 0; i < assay_artifact_count(s); i++)
		json_artifact(j, &s->artifacts[i]);
	assay_json_end(j);
}

static void json_stage(assay_json *j, const assay_stage *s, const char *engine)
{
	assay_json_object(j);
	assay_json_kstr(j, "name", s->name);
	assay_json_kuint(j, "version", s->version);
	assay_json_kstr(j, "modality", assay_modality_name(s->modality));
	assay_json_kbool(j, "reader", assay_stage_is_reader(s));
	assay_json_kstr(j, "summary", s->summary);
	assay_json_kstr(j, "reference", s->reference);
	json_values(j, "observes", s->observes);
	json_values(j, "replaces", s->replaces);
	json_values(j, "emits", s->emits);
	json_kinds(j, "makes", s->makes);
	assay_json_kuint(j, "max_delay_frames", s->max_delay);
	assay_json_kstr(j, "determinism", determinism_of(s));
	json_texts(j, "libraries", s->libraries);
	assay_json_kstr(j, "engine", engine[0] != '\0' ? engine : NULL);
	json_tables(j, s);
	assay_json_end(j);
}

static assay_code print_json(assay_engines *engines, const assay_stage *only, assay_err *err)
{
	ASSAY_AUTO_REPORT r;
	const char *engine;
	assay_code rc = ASSAY_OK;

	assay_report_init(&r);
	assay_json_object(&r.json);
	assay_json_key(&r.json, "stages");
	assay_json_array(&r.json);
	for (const assay_stage *const *s = assay_stages; *s != NULL && rc == ASSAY_OK; s++) {
		if (only != NULL && *s != only)
			continue;
		rc = assay_engines_version(&engine, engines, *s, err);
		if (rc == ASSAY_OK)
			json_stage(&r.json, *s, engine);
	}
	assay_json_end(&r.json);
	assay_json_end(&r.json);
	return rc == ASSAY_OK ? assay_report_print(&r, err) : rc;
}

/* ---------------------------------------------------------------- the verb */

static assay_code find(const assay_stage **out, const char *name, assay_err *err)
{
	assay_suggest near;
	char hint[80];

	*out = assay_stage_find(name);
	if (*out != NULL)
		return ASSAY_OK;
	assay_suggest_init(&near, name);
	for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
		assay_suggest_offer(&near, (*s)->name);
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "there is no stage '%s'%s; 'assay stages' lists them", name,
			   assay_suggest_text(&near, hint, sizeof hint));
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_CLEANUP(assay_engines_closep) assay_engines *engines = NULL;
	const assay_stage *stage = NULL;
	const char *engine;
	assay_code rc = ASSAY_OK;

	if (in->arg_count > 0)
		ASSAY_TRY(find(&stage, in->args[0], err));
	if (!in->json && stage == NULL) {
		print_list();
		return ASSAY_EXIT_OK;
	}
	ASSAY_TRY(assay_engines_open(&engines, err));
	if (in->json) {
		ASSAY_TRY(print_json(engines, stage, err));
	} else {
		ASSAY_TRY(assay_engines_version(&engine, engines, stage, err));
		print_stage(stage, engine);
	}
fail:
	return assay_exit_of(rc);
}

static const assay_exit_row exits[] = {
    {ASSAY_EXIT_USAGE, "there is no such stage, or wrong use"},
    {0, NULL},
};

const assay_verb assay_verb_stages = {
    .name = "stages",
    .group = ASSAY_GROUP_LEARN,
    .operands = "[STAGE]",
    .max_args = 1,
    .summary = "the stages of this build; with STAGE, one of them in full",
    .help = "What a pipeline in assay.yaml may hold, with parameters, and the metrics that contracts may speak of.\n"
	    "The parser, the checks of contracts and the recipes read the same tables.\n",
    .example =
	"  assay stages\n  assay stages ocr.recognize\n  assay stages --json | jq -r '.stages[].metrics[].name'\n",
    .exits = exits,
    .see_also = "config, contract",
    .run = run,
};
