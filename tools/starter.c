#include "starter.h"

#include <inttypes.h>
#include <string.h>

/* ---------------------------------------------------------------- parts of an example */

typedef struct text_line {
	const char *at;
	size_t size; /* with its newline */
} text_line;

static bool next_line(const char **text, text_line *out)
{
	const char *end = strchr(*text, '\n');

	out->at = *text;
	out->size = end != NULL ? (size_t)(end - *text) + 1 : strlen(*text);
	*text += out->size;
	return out->size > 0;
}

static bool begins(const text_line *l, const char *indent, const char *word)
{
	const size_t n = strlen(indent), m = strlen(word);

	return l->size > n + m && strncmp(l->at, indent, n) == 0 && strncmp(l->at + n, word, m) == 0 &&
	       l->at[n + m] == ':';
}

static bool is_comment(const text_line *l, const char *indent)
{
	const size_t n = strlen(indent);

	return l->size > n && strncmp(l->at, indent, n) == 0 && l->at[n] == '#';
}

/* Does a new key of this depth begin here? */
static bool is_key(const text_line *l, const char *indent)
{
	const size_t n = strlen(indent);

	return l->size > n && strncmp(l->at, indent, n) == 0 && l->at[n] != ' ' && l->at[n] != '#' && l->at[n] != '\n';
}

static bool is_blank(const text_line *l)
{
	return strspn(l->at, " \t") + 1 >= l->size;
}

/* Append a key with the comments above it and what stands below it; blank lines at its end are left out. */
static void copy_key(assay_buf *out, const char *text, const char *indent, const char *key)
{
	ASSAY_AUTO_BUF above = ASSAY_BUF_INIT;
	bool inside = false;
	text_line l;

	while (next_line(&text, &l)) {
		if (is_comment(&l, indent)) {
			assay_buf_append(&above, l.at, l.size);
			continue;
		}
		if (is_key(&l, indent))
			inside = begins(&l, indent, key);
		if (inside && !is_blank(&l)) {
			assay_buf_append(out, assay_buf_str(&above), above.len);
			assay_buf_append(out, l.at, l.size);
		}
		assay_buf_reset(&above);
		if (inside && indent[0] != '\0' && l.at[0] != ' ' && l.at[0] != '\n')
			break;
	}
	out->failed |= above.failed;
}

static void copy_pipeline(assay_buf *out, assay_modality of, const char *key)
{
	ASSAY_AUTO_BUF all = ASSAY_BUF_INIT;

	copy_key(&all, assay_starters[of].config, "", "pipelines");
	copy_key(out, assay_buf_str(&all), "  ", key);
	out->failed |= all.failed;
}

/* ---------------------------------------------------------------- sources */

static void put_quoted(assay_buf *out, const char *text)
{
	assay_buf_putc(out, '"');
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			assay_buf_putc(out, '\\');
		assay_buf_putc(out, *p);
	}
	assay_buf_putc(out, '"');
}

static const char *sidecar_role(assay_modality m)
{
	return m == ASSAY_MODALITY_PAGE ? "ground_truth" : "transcript";
}

static void put_rule(assay_buf *out, const look_rule *r, bool first)
{
	assay_buf_puts(out, "  - path: ");
	put_quoted(out, r->pattern);
	if (r->files > 0)
		assay_buf_printf(out, "   # %" PRIu64 " file%s", r->files, r->files == 1 ? "" : "s");
	assay_buf_printf(out, "\n    modality: %s\n", assay_modality_name(r->modality));
	/* The starter's contract of pages has checks for letters alone: the name must be known. */
	if (r->modality == ASSAY_MODALITY_PAGE)
		assay_buf_puts(out,
			       "    metadata: {doc_type: document}   # goes along to the delivery; contracts can be "
			       "limited to it\n");
	else if (first)
		assay_buf_puts(out, "    # metadata: {licence: CC-BY-4.0}   # goes along to the delivery; contracts "
				    "can be limited to it\n");
	if (r->sidecar != NULL)
		assay_buf_printf(out, "    sidecars: {%s: \"%s\"}\n", sidecar_role(r->modality), r->sidecar);
}

/* ---------------------------------------------------------------- the whole */

static void put_pipelines(assay_buf *out, const bool used[])
{
	assay_buf_puts(out, "\npipelines:\n");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (used[m])
			copy_pipeline(out, (assay_modality)m, assay_modality_name(m));
	/* The sound of videos. */
	if (used[ASSAY_MODALITY_VIDEO] && !used[ASSAY_MODALITY_AUDIO])
		copy_pipeline(out, ASSAY_MODALITY_VIDEO, "audio");
}

/* What the contracts name: without its head, so that those of several examples stand under one. */
static void put_remedies(assay_buf *out, const bool used[])
{
	static const char head[] = "remedies:\n";

	assay_buf_puts(out,
		       "\n# What is tried when a sample fails a check that names it; tickets tell what came of it.\n");
	assay_buf_puts(out, head);
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		ASSAY_AUTO_BUF own = ASSAY_BUF_INIT;
		const char *text;

		if (!used[m])
			continue;
		copy_key(&own, assay_starters[m].config, "", "remedies");
		text = own.failed ? NULL : strstr(assay_buf_str(&own), head);
		if (text != NULL)
			assay_buf_puts(out, text + strlen(head));
		out->failed |= own.failed;
	}
}

void assay_starter_config(assay_buf *out, const char *dataset, const look *found)
{
	bool used[ASSAY_MODALITY_MAX + 1] = {false};

	assay_buf_puts(out, "# Begun by `assay init` from the files that it found. Check it and its contracts with "
			    "`assay config lint`;\n"
			    "# `assay stages` lists what a pipeline may hold.\n\n");
	assay_buf_printf(out, "dataset: %s\n\n", dataset);
	assay_buf_puts(out, "sources:\n"
			    "  # '*' and '?' stay within one folder, '**' goes down any number of them. Paths are "
			    "relative to this file.\n");
	for (size_t i = 0; i < found->rule_count; i++) {
		used[found->rules[i].modality] = true;
		put_rule(out, &found->rules[i], i == 0);
	}
	put_pipelines(out, used);
	assay_buf_puts(out, "\ncontracts:\n");
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		if (used[m])
			assay_buf_printf(out, "  - %s\n", assay_starters[m].contract_path);
	put_remedies(out, used);
	assay_buf_putc(out, '\n');
	copy_key(out, assay_starters[used[ASSAY_MODALITY_VIDEO] ? ASSAY_MODALITY_VIDEO : ASSAY_MODALITY_PAGE].config,
		 "", "limits");
}
