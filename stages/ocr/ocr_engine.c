#include "ocr_engine.h"

#include "ocr_network.h"
#include "ocr_shim.h"

#include "assay/memory.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <leptonica/allheaders.h>

/* ---------------------------------------------------------------- models */

static const char *find_tessdata(const ocr_engine_params *p)
{
	static const char *const places[] = {"/usr/share/tesseract-ocr/5/tessdata",
					     "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata",
					     "/usr/local/share/tessdata"};

	if (p->tessdata[0] != '\0')
		return p->tessdata;
	for (size_t i = 0; i < ASSAY_COUNT(places); i++)
		if (access(places[i], R_OK | X_OK) == 0)
			return places[i];
	return places[0];
}

/* "deu_frak" -> "deu-frak"; "script/Fraktur" -> "script-frak": how Debian names the packages. */
static void package_of(char out[64], const char *language)
{
	const char *slash = strchr(language, '/');
	size_t n = 0;

	if (slash != NULL) {
		(void)snprintf(out, 64, "script-%.4s", slash + 1);
		n = 7;
	} else {
		(void)snprintf(out, 64, "%s", language);
	}
	for (; out[n] != '\0'; n++)
		out[n] = out[n] == '_' ? '-' : (char)tolower((unsigned char)out[n]);
}

static bool is_language(const char *s)
{
	const size_t n = strlen(s);

	return n > 0 && n < 48 && s[0] != '/' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/") == n;
}

static assay_code add_model(assay_stage_files *out, const char *dir, const char *language, assay_err *err)
{
	ASSAY_AUTO_FREE char *path = NULL;
	char package[64];

	if (!is_language(language))
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "languages: '%s' is not the name of a language", language);
	path = assay_asprintf("%s/%s.traineddata", dir, language);
	if (path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "model path");
	if (access(path, R_OK) == 0)
		return assay_stage_files_add(out, "model", path, err);
	package_of(package, language);
	return ASSAY_RAISE(err, ASSAY_ECONFIG, "languages: no model '%s' (Debian package tesseract-ocr-%s)", path,
			   package);
}

assay_code ocr_engine_files(assay_stage_files *out, const ocr_engine_params *p, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->languages->count && rc == ASSAY_OK; i++)
		rc = add_model(out, find_tessdata(p), p->languages->items[i], err);
	return rc;
}

/* ---------------------------------------------------------------- the engine */

const char *ocr_engine_version(void)
{
	static char text[96]; /* the same text at every call */
	char *lept = getLeptonicaVersion();

	(void)snprintf(text, sizeof text, "tesseract %s, %s", TessVersion(), lept != NULL ? lept : "leptonica");
	lept_free(lept);
	return text;
}

static char *join_languages(const ocr_engine_params *p)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	for (size_t i = 0; i < p->languages->count; i++)
		assay_buf_printf(&b, "%s%s", i > 0 ? "+" : "", p->languages->items[i]);
	return b.failed ? NULL : assay_buf_steal(&b);
}

static assay_code init_engine(TessBaseAPI *api, const ocr_engine_params *p, const char *languages, assay_err *err)
{
	static const char *const names[] = {"debug_file", "load_system_dawg", "load_freq_dawg"};
	const char *const values[] = {"/dev/null", p->dictionary ? "1" : "0", p->dictionary ? "1" : "0"};

	if (TessBaseAPIInit4(api, find_tessdata(p), languages, OEM_LSTM_ONLY, NULL, 0, (char **)(uintptr_t)names,
			     (char **)(uintptr_t)values, ASSAY_COUNT(names), 0) != 0)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "Tesseract cannot load '%s' from '%s': is it an LSTM model?",
				   languages, find_tessdata(p));
	TessBaseAPISetPageSegMode(api, p->segmentation);
	return ASSAY_OK;
}

/* Strokes of many kinds in a line; as writing goes they mean nothing. */
static PIX *strokes(void)
{
	PIX *pix = pixCreate(240, 48, 1);

	for (int i = 0; pix != NULL && i < 20; i++) {
		const int x = 8 + 11 * i, top = 8 + 5 * (i % 3);

		(void)pixRasterop(pix, x, top, 3, 40 - top, PIX_SET, NULL, 0, 0);
		(void)pixRasterop(pix, x, 12 + 7 * (i % 4), 9, 3, PIX_SET, NULL, 0, 0);
	}
	return pix;
}

/* A first line, however small: what is computed here of the network is held against what Tesseract computes. */
static void try_network(TessBaseAPI *api, TessPageSegMode segmentation, PIX *pix)
{
	TessBaseAPISetPageSegMode(api, PSM_RAW_LINE);
	TessBaseAPISetImage2(api, pix);
	(void)TessBaseAPIRecognize(api, NULL);
	TessBaseAPISetPageSegMode(api, segmentation);
}

/* A first page before the fork: what Tesseract sets up on first use is then shared, and no
 * file is opened later. */
static void warm_up(TessBaseAPI *api, TessPageSegMode segmentation)
{
	PIX *pix = strokes();

	if (pix == NULL)
		return;
	try_network(api, segmentation, pix);
	TessBaseAPISetImage2(api, pix);
	/* a resolution that it refuses makes it say so, which opens debug_file */
	TessBaseAPISetSourceResolution(api, 10);
	(void)TessBaseAPIRecognize(api, NULL);
	TessBaseAPIClear(api);
	TessBaseAPIClearAdaptiveClassifier(api);
	pixDestroy(&pix);
}

assay_code ocr_engine_open(TessBaseAPI **out, const ocr_engine_params *p, assay_err *err)
{
	ASSAY_AUTO_FREE char *languages = join_languages(p);
	TessBaseAPI *api = TessBaseAPICreate();
	assay_code rc;

	*out = NULL;
	(void)setMsgSeverity(L_SEVERITY_NONE);
	if (languages == NULL || api == NULL)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "recogniser");
	else
		rc = init_engine(api, p, languages, err);
	if (rc != ASSAY_OK) {
		TessBaseAPIDelete(api);
		return rc;
	}
	warm_up(api, p->segmentation);
	*out = api;
	return ASSAY_OK;
}

void ocr_engine_close(TessBaseAPI *api)
{
	if (api != NULL)
		TessBaseAPIEnd(api);
	TessBaseAPIDelete(api);
	ocr_network_forget();
}

assay_code ocr_engine_recognize(TessBaseAPI *api, PIX *pix, int32_t dpi, assay_err *err)
{
	int refused;

	TessBaseAPISetImage2(api, pix);
	if (dpi > 0)
		TessBaseAPISetSourceResolution(api, dpi);
	ocr_shim_lines(true);
	refused = TessBaseAPIRecognize(api, NULL);
	ocr_shim_lines(false);
	return refused != 0 ? ASSAY_RAISE(err, ASSAY_EINVAL, "Tesseract refuses the page") : ASSAY_OK;
}

void ocr_engine_clear(TessBaseAPI *api)
{
	TessBaseAPIClear(api);
	TessBaseAPIClearAdaptiveClassifier(api);
}
