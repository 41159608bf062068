/** page.read: the reader of page images and documents. What a file is, its first bytes say, never its name. */
#include "ocr.h"

#include "page_image.h"
#include "page_value.h"
#if ASSAY_PDF
#include "page_pdf.h"
#include "page_pdf_images.h"
#endif

#include "assay/file.h"
#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const char *const animations[] = {"refuse", "first", NULL};
enum { ANIMATION_REFUSE };

typedef struct params {
	int64_t dpi;
	int64_t max_pixels;
	int animation;
	assay_text_list fonts;
} params;

static const assay_param schema[] = {
    ASSAY_PARAM_ROW_INT(params, dpi, "300", 72, 1200, "dpi", "resolution at which PDF pages are rendered"),
    ASSAY_PARAM_ROW_INT(params, max_pixels, "200000000", 1, 500000000, "px",
			"largest width x height that a page may declare; larger ones fail before they are decoded"),
    ASSAY_PARAM_ROW_ENUM(
	params, animation, "refuse", animations,
	"files with more than one picture in time (GIF, PNG, WebP): refuse them, or read the first picture"),
    {.name = "fonts",
     .type = ASSAY_PARAM_LIST,
     .offset = offsetof(params, fonts),
     .min = 0,
     .max = 64,
     .initial = "/usr/share/fonts/opentype/urw-base35,/usr/share/fonts/truetype/dejavu",
     .local = true,
     .unit = "",
     .help = "folders of the fonts that PDF pages may use beside embedded ones"},
    {0},
};

enum { METRIC_DPI, METRIC_BITS, METRIC_LAYER };

static const assay_metric metrics[] = {
    {"page.dpi_declared", "dpi", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "lower of the two resolutions that the file declares, the rendering resolution for PDF; undefined when it "
     "declares none, less than 36, more than 4800, or one that would make the page wider than 34 inches"},
    {"page.bits", "bit", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "bits a pixel as stored in the file, all components together; undefined for PDF"},
    {"page.layer_characters", "1", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
     "code points, but blanks, of the text that the file itself holds of the page, 0 and up: none for a PDF of mere "
     "pictures; undefined for images"},
    {0},
};

/* ---------------------------------------------------------------- kinds of file */

typedef struct format {
	const char *magic;
	size_t length, at;
	page_decode_fn *decode; /* NULL: a document, or one that is not read */
	const char *name;
} format;

static const format formats[] = {
    {"\xff\xd8\xff", 3, 0, page_jpeg_decode, "JPEG"},
    {"\x89PNG\r\n\x1a\n", 8, 0, page_png_decode, "PNG"},
    {"GIF87a", 6, 0, page_gif_decode, "GIF"},
    {"GIF89a", 6, 0, page_gif_decode, "GIF"},
    {"WEBP", 4, 8, page_webp_decode, "WebP"},
    {"\0\0\0\x0cjP  \r\n\x87\n", 12, 0, page_jp2_decode, "JPEG 2000"},
    {"\xff\x4f\xff\x51", 4, 0, page_jp2_decode, "JPEG 2000"},
    {"BM", 2, 0, page_bmp_decode, "BMP"},
    {"P1", 2, 0, page_pnm_decode, "PNM"},
    {"P2", 2, 0, page_pnm_decode, "PNM"},
    {"P3", 2, 0, page_pnm_decode, "PNM"},
    {"P4", 2, 0, page_pnm_decode, "PNM"},
    {"P5", 2, 0, page_pnm_decode, "PNM"},
    {"P6", 2, 0, page_pnm_decode, "PNM"},
};

static const format tiffs[] = {
    {"II*\0", 4, 0, NULL, "TIFF"},
    {"MM\0*", 4, 0, NULL, "TIFF"},
    {"II+\0\x08\0\0\0", 8, 0, NULL, "BigTIFF"},
    {"MM\0+\0\x08\0\0", 8, 0, NULL, "BigTIFF"},
};

/* Named in messages only. */
static const format others[] = {
    {"\x89PNG", 4, 0, NULL, "a damaged PNG file"},
    {"P7", 2, 0, NULL, "a PAM file"},
    {"AT&TFORM", 8, 0, NULL, "a DjVu file"},
    {"%!", 2, 0, NULL, "PostScript"},
    {"8BPS", 4, 0, NULL, "a Photoshop file"},
    {"\0\0\1\0", 4, 0, NULL, "an icon file"},
    {"ftyp", 4, 4, NULL, "an ISO media file (video, HEIF or AVIF)"},
    {"RIFF", 4, 0, NULL, "a RIFF file (audio or video)"},
    {"OggS", 4, 0, NULL, "an Ogg file"},
    {"ID3", 3, 0, NULL, "an MP3 file"},
    {"fLaC", 4, 0, NULL, "a FLAC file"},
    {"PK\3\4", 4, 0, NULL, "a ZIP archive or office document"},
    {"\x1f\x8b", 2, 0, NULL, "a gzip file"},
    {"\x7f"
     "ELF",
     4, 0, NULL, "a program"},
    {"<?xml", 5, 0, NULL, "XML"},
    {"<svg", 4, 0, NULL, "SVG"},
    {"<!DOCTYPE", 9, 0, NULL, "HTML"},
    {"<html", 5, 0, NULL, "HTML"},
};

static const format *match(const format *table, size_t n, page_bytes in)
{
	for (size_t i = 0; i < n; i++)
		if (in.size >= table[i].at + table[i].length &&
		    memcmp(in.data + table[i].at, table[i].magic, table[i].length) == 0)
			return &table[i];
	return NULL;
}

#define MATCH(table, in) match((table), ASSAY_COUNT(table), (in))

/* PDF readers accept some bytes before the header. */
static bool is_pdf(page_bytes in)
{
	return memmem(in.data, in.size, "%PDF-", 5) != NULL;
}

static bool is_text(page_bytes in)
{
	const size_t n = in.size < 512 ? in.size : 512;

	for (size_t i = 0; i < n; i++)
		if (in.data[i] < 0x20 && (in.data[i] < '\t' || in.data[i] > '\r'))
			return false;
	return true;
}

static assay_code unknown(page_bytes in, assay_err *err)
{
	const format *f = MATCH(others, in);
	const unsigned char *d = in.data;

	if (f != NULL)
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "not an image or PDF: %s", f->name);
	if (is_text(in))
		return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "not an image or PDF: plain text");
	if (in.size < 4)
		return ASSAY_RAISE(err, ASSAY_ESHORT, "not an image or PDF: only %zu bytes", in.size);
	return ASSAY_RAISE(err, ASSAY_EUNSUPPORTED, "not an image or PDF: unknown bytes %02x %02x %02x %02x", d[0],
			   d[1], d[2], d[3]);
}

/* ---------------------------------------------------------------- emitting */

typedef struct job {
	const params *p;
	const assay_input *in;
	assay_sink *sink;
	assay_err *err;
	uint32_t first, last, total; /* 1-based, inclusive */
} job;

static assay_code choose_range(job *j, uint32_t total)
{
	j->total = total;
	if (total == 0)
		return ASSAY_RAISE(j->err, ASSAY_EEMPTY, "the document has no pages");
	j->first = j->in->part.first_page > 0 ? j->in->part.first_page : 1;
	j->last = j->in->part.last_page > 0 && j->in->part.last_page < total ? j->in->part.last_page : total;
	if (j->first > total)
		return ASSAY_RAISE(j->err, ASSAY_EEMPTY, "the document has %u pages, none from page %u on", total,
				   j->first);
	return assay_pages(j->sink, total, j->err);
}

static assay_code measure_page(const job *j, const page_image *p, uint32_t sample)
{
	const int32_t dpi = p->dpi_x < p->dpi_y ? p->dpi_x : p->dpi_y;
	const assay_code rc =
	    dpi > 0 ? assay_measure(j->sink, sample, METRIC_DPI, dpi, j->err)
		    : assay_undefined(j->sink, sample, METRIC_DPI, "the file declares no credible resolution", j->err);

	if (rc != ASSAY_OK)
		return rc;
	if (p->bits == 0)
		return assay_undefined(j->sink, sample, METRIC_BITS, "rendered", j->err);
	return assay_measure(j->sink, sample, METRIC_BITS, p->bits, j->err);
}

static int64_t count_points(const char *text)
{
	int64_t n = 0;

	for (; *text != '\0'; text++)
		n += (unsigned char)*text > ' ' && ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static assay_code measure_layer(const job *j, const page_image *p, uint32_t sample)
{
	if (p->layer == NULL)
		return assay_undefined(j->sink, sample, METRIC_LAYER, "an image", j->err);
	return assay_measure(j->sink, sample, METRIC_LAYER, count_points(p->layer), j->err);
}

static assay_code emit_page(const job *j, page_image *p, uint32_t number)
{
	char part[24];
	uint32_t sample;
	assay_value *v;
	assay_code rc;

	ASSAY_TRY(page_orient(p, j->err));
	page_check_dpi(p);
	(void)snprintf(part, sizeof part, "page=%u", number);
	ASSAY_TRY(assay_sample(j->sink, ASSAY_SAMPLE_PAGE, part, ASSAY_NO_PARENT, &sample, j->err));
	ASSAY_TRY(measure_page(j, p, sample));
	ASSAY_TRY(measure_layer(j, p, sample));
	v = page_value_new(ASSAY_STEAL(&p->pix), sample, number, j->total, j->err);
	if (v == NULL)
		return ASSAY_ENOMEM;
	v->u.page.dpi_x = p->dpi_x;
	v->u.page.dpi_y = p->dpi_y;
	if (page_value_set_layer(v, p->layer, j->err) != ASSAY_OK) {
		assay_value_unref(v);
		return ASSAY_ENOMEM;
	}
	ASSAY_TRY(assay_emit(j->sink, v, j->err));
	return assay_end(j->sink, sample, j->err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- reading */

static assay_code read_single(job *j, page_bytes in, const format *f)
{
	page_image p = PAGE_IMAGE_INIT;
	assay_code rc;

	ASSAY_TRY(choose_range(j, 1));
	ASSAY_TRY(f->decode(&p, in, (uint64_t)j->p->max_pixels, j->err));
	if (p.pictures > 1 && j->p->animation == ANIMATION_REFUSE) {
		rc = ASSAY_RAISE(j->err, ASSAY_EUNSUPPORTED,
				 "%s: an animation of %u pictures; 'page.read: {animation: first}' reads the first",
				 f->name, p.pictures);
		goto fail;
	}
	rc = emit_page(j, &p, 1);
fail:
	page_image_release(&p);
	return rc;
}

static assay_code read_tiff(job *j, unsigned char *data, size_t size)
{
	page_image p = PAGE_IMAGE_INIT;
	page_tiff *t = NULL;
	assay_code rc;

	ASSAY_TRY(page_tiff_open(&t, data, size, j->err));
	ASSAY_TRY(choose_range(j, page_tiff_count(t)));
	for (uint32_t n = j->first; n <= j->last; n++) {
		rc = page_tiff_decode(&p, t, n - 1, (uint64_t)j->p->max_pixels, j->err);
		if (rc != ASSAY_OK) {
			rc = assay_err_prefix(j->err, "page %u", n);
			goto fail;
		}
		ASSAY_TRY(emit_page(j, &p, n));
		page_image_release(&p);
	}
fail:
	page_image_release(&p);
	page_tiff_close(t);
	return rc;
}

#if ASSAY_PDF
static assay_code read_pdf_page(job *j, page_pdf *pdf, uint32_t number)
{
	page_image p = PAGE_IMAGE_INIT;
	char missing[128];
	assay_code rc =
	    page_pdf_render(&p, pdf, number - 1, (int32_t)j->p->dpi, (uint64_t)j->p->max_pixels, missing, j->err);

	if (rc != ASSAY_OK)
		rc = assay_err_prefix(j->err, "page %u", number);
	else if (missing[0] != '\0')
		rc = assay_fail(j->sink, ASSAY_FAILURE_FONT, j->err,
				"page %u: font '%s' is not embedded and no listed font stands for it", number, missing);
	else
		rc = emit_page(j, &p, number);
	page_image_release(&p);
	return rc;
}

static assay_code read_pdf(job *j, const page_fonts *fonts)
{
	page_pdf *pdf = NULL;
	assay_code rc;

	ASSAY_TRY(page_pdf_open(&pdf, j->in->fd, fonts, j->err));
	ASSAY_TRY(choose_range(j, page_pdf_count(pdf)));
	ASSAY_TRY(page_pdf_images_check(j->in->fd, j->total, j->first - 1, j->last - 1, j->err));
	for (uint32_t n = j->first; n <= j->last; n++)
		ASSAY_TRY(read_pdf_page(j, pdf, n));
fail:
	page_pdf_close(pdf);
	return rc;
}
#endif

static assay_code read_mapped(job *j, unsigned char *data, size_t size)
{
	const page_bytes in = {data, size};
	const format *f = MATCH(formats, in);

	if (f != NULL)
		return read_single(j, in, f);
	return MATCH(tiffs, in) != NULL ? read_tiff(j, data, size) : unknown(in, j->err);
}

/* PDF is read through the descriptor, by poppler bit by bit: it is mapped only while its pictures are looked at. */
static assay_code dispatch(job *j, page_bytes head, void *shared)
{
	void *map;
	assay_code rc;

	if (MATCH(formats, head) == NULL && MATCH(tiffs, head) == NULL && is_pdf(head)) {
#if ASSAY_PDF
		return read_pdf(j, shared);
#else
		(void)shared;
		return ASSAY_RAISE(j->err, ASSAY_EUNSUPPORTED, "this build does not read PDF");
#endif
	}
	map = mmap(NULL, j->in->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, j->in->fd, 0);
	if (map == MAP_FAILED)
		return ASSAY_RAISE_ERRNO(j->err, "map the file");
	rc = read_mapped(j, map, j->in->size);
	(void)munmap(map, j->in->size);
	return rc;
}

static assay_code read_pages(void *shared, const void *p, const assay_input *in, assay_sink *sink, assay_err *err)
{
	unsigned char head[1024];
	job j = {.p = p, .in = in, .sink = sink, .err = err};
	const size_t n = in->size < sizeof head ? in->size : sizeof head;
	const assay_code rc = assay_pread_all(in->fd, head, n, 0, err);

	if (rc != ASSAY_OK)
		return rc;
	(void)setMsgSeverity(L_SEVERITY_NONE);
	if (in->size == 0)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "the file is empty");
	return dispatch(&j, (page_bytes){head, n}, shared);
}

/* ---------------------------------------------------------------- fonts and descriptor */

#if ASSAY_PDF
static assay_code files(const void *p, assay_stage_files *out, assay_err *err)
{
	return page_fonts_list(out, &((const params *)p)->fonts, err);
}

static assay_code prepare(void **shared, const void *p, assay_err *err)
{
	page_fonts *fonts;
	const assay_code rc = page_fonts_load(&fonts, &((const params *)p)->fonts, err);

	*shared = fonts;
	return rc;
}

static void unprepare(void *shared)
{
	page_fonts_unload(shared);
}
#endif

static const char *const libraries[] = {"libpoppler", "libqpdf", "libcairo", "libfreetype", "libfontconfig",
					"libpng16",   "libjpeg", "libtiff",  "libwebp",     "libwebpdemux",
					"libopenjp2", "libgif",  "liblept",  "libpixman-1", "liblcms2",
					"libz",       NULL};

const assay_stage assay_stage_page_read = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.read",
    .version = 4,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "read images and PDF documents page by page",
    .reference = "",
    .emits = ASSAY_VALUE_PAGE,
    .makes = ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE),
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .params = schema,
    .params_size = sizeof(params),
    .metrics = metrics,
#if ASSAY_PDF
    .files = files,
    .prepare = prepare,
    .unprepare = unprepare,
#endif
    .read = read_pages,
};
