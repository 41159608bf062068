/* Names of sidecar files: templates over the path of the source that they belong to. */
#include "config_loader.h"

#include "assay/file.h"

#include <string.h>

typedef struct parts {
	const char *path;
	size_t dir, stem, all; /* lengths: up to and with the last '/', without the last extension, in whole */
} parts;

static parts split(const char *path)
{
	parts p = {.path = path, .all = strlen(path)};
	const char *slash = strrchr(path, '/');
	const char *dot;

	p.dir = slash ? (size_t)(slash - path) + 1 : 0;
	dot = strrchr(path + p.dir, '.');
	/* a leading dot hides a file, it begins no extension */
	p.stem = dot != NULL && dot > path + p.dir ? (size_t)(dot - path) : p.all;
	return p;
}

/* Length of the placeholder at t, 0 if there is none; and what of the path it stands for. */
static size_t placeholder(const char *t, const parts *p, const char **text, size_t *n)
{
	if (strncmp(t, "{stem}", 6) == 0) {
		*text = p->path;
		*n = p->stem;
		return 6;
	}
	if (strncmp(t, "{name}", 6) == 0) {
		*text = p->path + p->dir;
		*n = p->all - p->dir;
		return 6;
	}
	if (strncmp(t, "{dir}", 5) == 0) {
		*text = p->path;
		*n = p->dir;
		return 5;
	}
	*text = t;
	*n = 1;
	return 0;
}

void assay_sidecar_path(assay_buf *out, const char *template_text, const char *source_path)
{
	const parts p = split(source_path);
	const char *text;
	size_t n;

	for (const char *t = template_text; *t != '\0';) {
		const size_t taken = placeholder(t, &p, &text, &n);

		assay_buf_append(out, text, n);
		t += taken > 0 ? taken : 1;
	}
}

static bool has_other_braces(const char *template_text)
{
	const parts none = split("");
	const char *text;
	size_t n;

	for (const char *t = template_text; *t != '\0';) {
		const size_t taken = placeholder(t, &none, &text, &n);

		if (taken == 0 && (*t == '{' || *t == '}'))
			return true;
		t += taken > 0 ? taken : 1;
	}
	return false;
}

assay_code config_sidecar_fault(const char **fault, const char *template_text, assay_err *err)
{
	/* a source at the top of the folder, and one below it */
	static const char *const sources[] = {"n.e", "d/n.e"};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	*fault = NULL;
	if (has_other_braces(template_text))
		*fault = "may use {stem}, {name} and {dir} only";
	else if (strcmp(template_text, "{dir}{name}") == 0)
		*fault = "names the source itself";
	for (size_t i = 0; i < ASSAY_COUNT(sources) && *fault == NULL; i++) {
		assay_buf_reset(&b);
		assay_sidecar_path(&b, template_text, sources[i]);
		if (b.failed)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecar '%s'", template_text);
		if (!assay_path_is_inside(assay_buf_str(&b)))
			*fault = "must stay inside the folder of the configuration, without '.', '..' and empty "
				 "components";
	}
	return ASSAY_OK;
}
