#include "verbs.h"

#include "config_keys.h"

#include "assay/params.h"
#include "assay/registry.h"
#include "assay/suggest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A parameter as a comment: to change a default is to take the sign away. */
static void put_param(assay_buf *out, const assay_param *p)
{
	char low[ASSAY_DECIMAL_TEXT], high[ASSAY_DECIMAL_TEXT];
	const bool list = p->type == ASSAY_PARAM_LIST, text = p->type == ASSAY_PARAM_TEXT;
	const bool has_unit = p->unit[0] != '\0' && strcmp(p->unit, "1") != 0;

	assay_buf_printf(out, "        # %s", p->help);
	if (p->type == ASSAY_PARAM_INT || p->type == ASSAY_PARAM_DECIMAL)
		assay_buf_printf(out, " (%s to %s%s%s)", assay_decimal_format((assay_decimal){p->min, p->scale}, low),
				 assay_decimal_format((assay_decimal){p->max, p->scale}, high), has_unit ? " " : "",
				 has_unit ? p->unit : "");
	for (size_t i = 0; p->type == ASSAY_PARAM_ENUM && p->choices[i] != NULL; i++)
		assay_buf_printf(out, "%s%s%s", i == 0 ? " (" : ", ", p->choices[i],
				 p->choices[i + 1] == NULL ? ")" : "");
	assay_buf_printf(out, "\n        # %s: %s%s%s\n", p->name,
			 list   ? "["
			 : text ? "\""
				: "",
			 p->initial,
			 list   ? "]"
			 : text ? "\""
				: "");
}

/*
 * Stages that change the picture in ways that only some pages need, and that cost others what can be measured; those
 * that make pictures for people, which are made when somebody looks; and tables, which most documents have none of.
 */
static bool is_for_some(const assay_stage *s)
{
	static const char *const names[] = {"page.crop",      "page.split",     "page.resolution", "page.dewarp",
					    "page.normalize", "page.despeckle", "page.upscale",    "page.binarize",
					    "page.picture",   "ocr.tables",     "audio.picture"};

	for (size_t i = 0; i < ASSAY_COUNT(names); i++)
		if (strcmp(s->name, names[i]) == 0)
			return true;
	return false;
}

static void put_stage(assay_buf *out, const assay_stage *s)
{
	assay_buf_printf(out, "    # %s\n    %s- %s%s\n", s->summary, is_for_some(s) ? "# " : "", s->name,
			 assay_param_count(s) > 0 ? ":" : "");
	for (size_t i = 0; i < assay_param_count(s); i++)
		put_param(out, &s->params[i]);
}

static void put_pipelines(assay_buf *out, const bool wanted[])
{
	assay_buf_puts(out, "pipelines:\n");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		if (!wanted[m])
			continue;
		assay_buf_printf(out, "  %s:\n", assay_modality_name(m));
		for (const assay_stage *const *s = assay_stages; *s != NULL; s++)
			if ((*s)->modality == m)
				put_stage(out, *s);
	}
}

/* Keys below another one, each with its help; required ones stand, the others are comments. */
static void put_keys(assay_buf *out, const char *parent, const char *indent, bool list, unsigned modality)
{
	bool first = list;

	for (const assay_config_key *k = assay_config_keys; k->name != NULL; k++) {
		const char *sign = k->required ? "" : "# ";

		if (strcmp(k->parent, parent) != 0)
			continue;
		assay_buf_printf(out, "%s%s# %s\n", indent, first ? "" : list ? "  " : "", k->help);
		assay_buf_printf(out, "%s%s%s%s:", indent, first ? "- " : list ? "  " : "", sign, k->name);
		first = false;
		if (strcmp(k->name, "path") == 0)
			assay_buf_printf(out, " \"inbox/%s/**\"\n", assay_modality_name(modality));
		else if (strcmp(k->type, "modality") == 0)
			assay_buf_printf(out, " %s\n", assay_modality_name(modality));
		else if (strcmp(k->type, "integer") == 0)
			assay_buf_printf(out, " %" PRId64 "   # %" PRId64 " to %" PRId64 "\n", k->initial, k->min,
					 k->max);
		else if (k->example != NULL)
			assay_buf_printf(out, " %s\n", k->example);
		else {
			assay_buf_putc(out, '\n');
			put_keys(out, k->name, "    #   ", false, modality);
		}
	}
}

static void put_sources(assay_buf *out, const bool wanted[])
{
	assay_buf_puts(out, "sources:\n");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (wanted[m])
			put_keys(out, "sources", "  ", true, m);
}

static void put_remedies(assay_buf *out, const bool wanted[])
{
	const assay_stage *any = NULL;

	for (const assay_stage *const *s = assay_stages; *s != NULL && any == NULL; s++)
		if (wanted[(*s)->modality] && !assay_stage_is_reader(*s))
			any = *s;
	assay_buf_printf(
	    out,
	    "# remedies:\n"
	    "#   NAME:               # attempts, tried in order: the pipeline with these stages put in or changed\n"
	    "#     - %s\n"
	    "#   OTHER:              # the same for whole sources that fail: decode, crash, timeout, out-of-memory "
	    "...\n"
	    "#     failures: [timeout, out-of-memory]\n"
	    "#     attempts:\n"
	    "#       - %s\n",
	    any != NULL ? any->name : "", any != NULL ? any->name : "");
}

static void put_template(assay_buf *out, const bool wanted[])
{
	assay_buf_puts(
	    out, "# assay.yaml with every key. Parameters, limits and fields_closed stand as comments with their\n"
		 "# defaults; other comments are examples of what a dataset may have.\n"
		 "# Check it with 'assay config lint'.\n");
	for (const assay_config_key *k = assay_config_keys; k->name != NULL; k++) {
		if (k->parent[0] != '\0')
			continue;
		assay_buf_printf(out, "\n# %s\n", k->help);
		if (strcmp(k->type, "pipelines") == 0)
			put_pipelines(out, wanted);
		else if (strcmp(k->type, "remedies") == 0)
			put_remedies(out, wanted);
		else if (strcmp(k->type, "list") == 0)
			put_sources(out, wanted);
		else if (strcmp(k->type, "texts") == 0)
			assay_buf_printf(out, "# %s:\n#   - %s\n", k->name, k->example);
		else if (strcmp(k->type, "object") == 0) {
			assay_buf_printf(out, "# %s:\n", k->name);
			put_keys(out, k->name, "#   ", false, 0);
		} else
			assay_buf_printf(out, "%s%s: %s\n", k->required ? "" : "# ", k->name, k->example);
	}
}

static assay_code parse(const assay_invocation *in, bool wanted[], assay_err *err)
{
	assay_suggest near;
	char hint[80];

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		wanted[m] = in->arg_count == 0;
	for (int i = 0; i < in->arg_count; i++) {
		const unsigned m = assay_modality_parse(in->args[i]);

		assay_suggest_init(&near, in->args[i]);
		for (unsigned k = 1; k <= ASSAY_MODALITY_MAX; k++)
			assay_suggest_offer(&near, assay_modality_name(k));
		if (m == 0)
			return ASSAY_RAISE(err, ASSAY_EUSAGE, "config template: '%s' is none of page, video, audio%s",
					   in->args[i], assay_suggest_text(&near, hint, sizeof hint));
		wanted[m] = true;
	}
	return ASSAY_OK;
}

static int run(const assay_invocation *in, assay_err *err)
{
	bool wanted[ASSAY_MODALITY_MAX + 1] = {false};
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc = parse(in, wanted, err);

	if (rc == ASSAY_OK) {
		put_template(&text, wanted);
		rc = assay_buf_check(&text, err);
	}
	if (rc == ASSAY_OK)
		(void)fputs(assay_buf_str(&text), stdout);
	return assay_exit_of(rc);
}

const assay_verb assay_verb_config_template = {
    .name = "template",
    .operands = "[MODALITY...]",
    .max_args = -1,
    .summary = "an assay.yaml with every key, commented",
    .help =
	"Every key with its help, every stage of the modalities (all without one), every parameter with its range and\n"
	"default. What is not needed is a comment. It passes 'assay config lint' as it stands. 'assay init' writes a\n"
	"smaller one for the files that are there. It prints YAML; there is no --json.\n",
    .example = "  assay config template page > assay.yaml\n",
    .see_also = "init, config lint, config schema",
    .plain = true,
    .run = run,
};
