/** The font set that PDF pages are rendered with: the files of the listed folders and nothing else. */
#include "page_pdf.h"

#include "assay/memory.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fontconfig/fontconfig.h>

#define DEPTH_MAX 8

struct page_fonts {
	FcConfig *config;
};

/* The fonts that every PDF reader is expected to have (ISO 32000-1, 9.6.2.2) and their usual other names. */
static const struct {
	const char *family, *stands;
} aliases[] = {
    {"Helvetica", "Nimbus Sans"},
    {"Arial", "Nimbus Sans"},
    {"Helvetica Narrow", "Nimbus Sans Narrow"},
    {"Arial Narrow", "Nimbus Sans Narrow"},
    {"Times", "Nimbus Roman"},
    {"Times Roman", "Nimbus Roman"},
    {"Times New Roman", "Nimbus Roman"},
    {"TimesNewRoman", "Nimbus Roman"},
    {"Courier", "Nimbus Mono PS"},
    {"Courier New", "Nimbus Mono PS"},
    {"CourierNew", "Nimbus Mono PS"},
    {"Symbol", "Standard Symbols PS"},
    {"ZapfDingbats", "D050000L"},
    {"Zapf Dingbats", "D050000L"},
};

/* ---------------------------------------------------------------- files */

static bool is_font_name(const char *name)
{
	static const char *const suffixes[] = {".otf", ".ttf", ".ttc", ".otc", ".t1", ".pfb", ".pfa"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < ASSAY_COUNT(suffixes); i++)
		if (strcasecmp(dot, suffixes[i]) == 0)
			return true;
	return false;
}

static assay_code list_dir(assay_stage_files *out, const char *dir, unsigned depth, assay_err *err);

static assay_code list_entry(assay_stage_files *out, const char *dir, const char *name, unsigned depth, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	struct stat st;

	if (name[0] == '.')
		return ASSAY_OK;
	path = assay_asprintf("%s/%s", dir, name);
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "font path");
	if (stat(path, &st) != 0)
		return ASSAY_OK; /* a dangling link is no font */
	if (S_ISDIR(st.st_mode))
		return depth < DEPTH_MAX ? list_dir(out, path, depth + 1, err) : ASSAY_OK;
	if (!S_ISREG(st.st_mode) || !is_font_name(name))
		return ASSAY_OK;
	return assay_stage_files_add(out, "font", path, err);
}

static assay_code list_dir(assay_stage_files *out, const char *dir, unsigned depth, assay_err *err)
{
	DIR *d = opendir(dir);
	assay_code rc = ASSAY_OK;

	if (d == NULL)
		return errno == ENOENT || errno == ENOTDIR ? ASSAY_OK : ASSAY_RAISE_ERRNO(err, "font folder '%s'", dir);
	for (const struct dirent *e = readdir(d); e != NULL && rc == ASSAY_OK; e = readdir(d))
		rc = list_entry(out, dir, e->d_name, depth, err);
	(void)closedir(d);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

assay_code page_fonts_list(assay_stage_files *out, const assay_text_list *dirs, assay_err *err)
{
	const size_t first = out->count;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < dirs->count && rc == ASSAY_OK; i++)
		rc = list_dir(out, dirs->items[i], 0, err);
	/* readdir's order is the file system's; all roles are equal, so sorting the paths alone is enough */
	if (rc == ASSAY_OK && out->count > first)
		qsort(out->paths + first, out->count - first, sizeof *out->paths, by_text);
	return rc;
}

/* ---------------------------------------------------------------- fontconfig */

static void write_aliases(assay_buf *xml)
{
	assay_buf_puts(xml, "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>");
	for (size_t i = 0; i < ASSAY_COUNT(aliases); i++)
		assay_buf_printf(
		    xml, "<alias binding=\"same\"><family>%s</family><prefer><family>%s</family></prefer></alias>",
		    aliases[i].family, aliases[i].stands);
	assay_buf_puts(xml, "</fontconfig>");
}

static assay_code fill_config(FcConfig *config, const assay_text_list *dirs, assay_err *err)
{
	ASSAY_AUTO_BUF xml = ASSAY_BUF_INIT;
	assay_stage_files files = {0};
	assay_code rc;

	write_aliases(&xml);
	ASSAY_TRY(assay_buf_check(&xml, err));
	ASSAY_TRY(page_fonts_list(&files, dirs, err));
	rc = ASSAY_OK;
	if (!FcConfigParseAndLoadFromMemory(config, xml.data, FcTrue))
		rc = ASSAY_RAISE(err, ASSAY_EINVAL, "fontconfig refuses Assay's configuration");
	/* One file at a time, so that no cache folder is read or written. A file that is no font adds nothing. */
	for (size_t i = 0; rc == ASSAY_OK && i < files.count; i++)
		(void)FcConfigAppFontAddFile(config, (const FcChar8 *)files.paths[i]);
	(void)FcConfigSetRescanInterval(config, 0);
fail:
	assay_stage_files_release(&files);
	return rc;
}

assay_code page_fonts_load(page_fonts **out, const assay_text_list *dirs, assay_err *err)
{
	page_fonts *f = assay_alloc(1, sizeof *f);
	assay_code rc;

	*out = NULL;
	if (f != NULL)
		f->config = FcConfigCreate();
	if (f == NULL || f->config == NULL) {
		free(f);
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "font set");
	}
	rc = fill_config(f->config, dirs, err);
	if (rc == ASSAY_OK && !FcConfigSetCurrent(f->config))
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "font set");
	if (rc != ASSAY_OK) {
		FcConfigDestroy(f->config);
		free(f);
		return rc;
	}
	*out = f;
	return ASSAY_OK;
}

void page_fonts_unload(page_fonts *f)
{
	if (f == NULL)
		return;
	(void)FcConfigSetCurrent(NULL);
	FcConfigDestroy(f->config);
	free(f);
}

/* ---------------------------------------------------------------- names */

/* Lower-case letters and digits of a name up to `end`: "Times New Roman" and "TimesNewRoman" are one. */
static void fold_name(char out[128], const char *name, size_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < end && name[i] != '\0' && n < 127; i++)
		if (isalnum((unsigned char)name[i]))
			out[n++] = (char)tolower((unsigned char)name[i]);
	out[n] = '\0';
}

static void cut_suffix(char *s, const char *suffix)
{
	const size_t n = strlen(s), m = strlen(suffix);

	if (n > m && strcmp(s + n - m, suffix) == 0)
		s[n - m] = '\0';
}

/* "ABCDEF+TimesNewRomanPS-BoldMT" -> "timesnewroman" */
static void fold_family(char out[128], const char *font)
{
	const char *plus = strchr(font, '+');

	if (plus == font + 6)
		font = plus + 1;
	fold_name(out, font, strcspn(font, ",-"));
	cut_suffix(out, "mt");
	cut_suffix(out, "ps");
}

static bool name_is(const FcPattern *p, const char *object, const char *folded)
{
	FcChar8 *value;
	char name[128];

	for (int i = 0; FcPatternGetString(p, object, i, &value) == FcResultMatch; i++) {
		fold_name(name, (const char *)value, SIZE_MAX);
		if (strcmp(name, folded) == 0)
			return true;
	}
	return false;
}

static bool pattern_stands_for(const FcPattern *p, const char *font)
{
	char family[128], whole[128], name[128];
	const char *plus = strchr(font, '+');

	fold_name(whole, plus == font + 6 ? plus + 1 : font, SIZE_MAX);
	fold_family(family, font);
	if (name_is(p, FC_POSTSCRIPT_NAME, whole) || name_is(p, FC_FULLNAME, whole) || name_is(p, FC_FAMILY, family))
		return true;
	for (size_t i = 0; i < ASSAY_COUNT(aliases); i++) {
		fold_name(name, aliases[i].family, SIZE_MAX);
		if (strcmp(name, family) != 0)
			continue;
		fold_name(name, aliases[i].stands, SIZE_MAX);
		if (name_is(p, FC_FAMILY, name))
			return true;
	}
	return false;
}

bool page_fonts_stands_for(const page_fonts *f, const char *font, const char *file)
{
	const FcFontSet *set = FcConfigGetFonts(f->config, FcSetApplication);

	for (int i = 0; font != NULL && file != NULL && set != NULL && i < set->nfont; i++) {
		FcChar8 *at;

		if (FcPatternGetString(set->fonts[i], FC_FILE, 0, &at) == FcResultMatch &&
		    strcmp((const char *)at, file) == 0 && pattern_stands_for(set->fonts[i], font))
			return true;
	}
	return false;
}
