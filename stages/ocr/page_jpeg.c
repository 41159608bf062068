/**
 * JPEG straight through libjpeg: Leptonica hides whether a warning meant harmless extra bytes or lost data. Rows are
 * decoded into the picture's own memory.
 */
#include "page_image.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

typedef struct decoder {
	struct jpeg_decompress_struct cinfo; /* first: client code sees only this */
	struct jpeg_error_mgr mgr;
	jmp_buf jump;
	assay_code code; /* of the first damage, ASSAY_OK while there is none */
	char text[JMSG_LENGTH_MAX];
	page_image *out;
	unsigned char *line; /* CMYK only */
	bool inverted;       /* CMYK as Adobe stores it */
	uint64_t max_pixels;
	uint32_t rows; /* that must be there, for a check */
	assay_err *err;
	assay_code raised; /* a failure of our own, in err */
} decoder;

static void keep_message(j_common_ptr c, assay_code code)
{
	decoder *d = (decoder *)c->client_data;

	if (d->code != ASSAY_OK)
		return;
	d->code = code;
	c->err->format_message(c, d->text);
}

static assay_code code_from_jpeg(int msg)
{
	switch (msg) {
	case JERR_OUT_OF_MEMORY:
		return ASSAY_ENOMEM;
	case JERR_BAD_PRECISION:
	case JERR_SOF_UNSUPPORTED:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_COMPONENT_COUNT:
		return ASSAY_EUNSUPPORTED;
	case JWRN_JPEG_EOF:
	case JERR_INPUT_EOF:
		return ASSAY_ESHORT;
	default:
		return ASSAY_ECORRUPT;
	}
}

static void on_error(j_common_ptr c)
{
	decoder *d = (decoder *)c->client_data;

	keep_message(c, code_from_jpeg(c->err->msg_code));
	longjmp(d->jump, 1);
}

static void on_message(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_EXTRANEOUS_DATA: /* padding between markers, as cameras write it */
	case JWRN_JFIF_MAJOR:
	case JWRN_ADOBE_XFORM:
	case JWRN_TOO_MUCH_DATA:
		return;
	default:
		keep_message(c, code_from_jpeg(c->err->msg_code));
	}
}

static void no_output(j_common_ptr c)
{
	(void)c;
}

static void read_density(decoder *d)
{
	const struct jpeg_decompress_struct *c = &d->cinfo;

	for (jpeg_saved_marker_ptr m = c->marker_list; m != NULL; m = m->next)
		if (m->marker == JPEG_APP0 + 1 && m->data_length > 14 && memcmp(m->data, "Exif\0", 6) == 0)
			page_exif_parse(d->out, (page_bytes){m->data + 6, m->data_length - 6});
	if (!c->saw_JFIF_marker || (c->density_unit != 1 && c->density_unit != 2))
		return;
	d->out->dpi_x = c->density_unit == 1 ? c->X_density : (c->X_density * 254 + 50) / 100;
	d->out->dpi_y = c->density_unit == 1 ? c->Y_density : (c->Y_density * 254 + 50) / 100;
}

static void cmyk_row(const decoder *d, uint32_t *row)
{
	const unsigned flip = d->inverted ? 0 : 255;

	for (unsigned x = 0; x < d->cinfo.output_width; x++) {
		const unsigned char *s = d->line + 4 * (size_t)x;
		const uint32_t k = s[3] ^ flip;

		row[x] = ((s[0] ^ flip) * k + 127) / 255 << 24 | ((s[1] ^ flip) * k + 127) / 255 << 16 |
			 ((s[2] ^ flip) * k + 127) / 255 << 8;
	}
}

static void finish_row(const decoder *d, uint32_t *row, size_t words)
{
	if (d->line != NULL)
		cmyk_row(d, row);
	else if (d->cinfo.output_components == 1)
		page_row_swap(row, words);
	else
		for (size_t i = 0; i < words; i++)
			row[i] &= ~(uint32_t)0xff; /* libjpeg leaves the filler byte undefined */
}

static void choose_output(decoder *d)
{
	struct jpeg_decompress_struct *c = &d->cinfo;

	if (c->jpeg_color_space == JCS_GRAYSCALE) {
		c->out_color_space = JCS_GRAYSCALE;
	} else if (c->jpeg_color_space == JCS_CMYK || c->jpeg_color_space == JCS_YCCK) {
		c->out_color_space = JCS_CMYK;
		d->inverted = c->saw_Adobe_marker;
	} else {
		c->out_color_space = JCS_EXT_XBGR; /* a little-endian word of Leptonica's */
	}
}

static void decode_rows(decoder *d)
{
	struct jpeg_decompress_struct *c = &d->cinfo;
	const size_t words = (size_t)pixGetWpl(d->out->pix);
	uint32_t *row = pixGetData(d->out->pix);

	if (c->out_color_space == JCS_CMYK)
		d->line = c->mem->alloc_large((j_common_ptr)c, JPOOL_IMAGE, (size_t)c->output_width * 4);
	while (c->output_scanline < c->output_height) {
		JSAMPROW at = d->line != NULL ? d->line : (JSAMPROW)row;

		(void)jpeg_read_scanlines(c, &at, 1);
		if (d->code != ASSAY_OK)
			return; /* damaged: the rest is not worth the time */
		finish_row(d, row, words);
		row += words;
	}
	(void)jpeg_finish_decompress(c);
}

static void decode(decoder *d, page_bytes in)
{
	struct jpeg_decompress_struct *c = &d->cinfo;

	jpeg_create_decompress(c);
	jpeg_mem_src(c, in.data, in.size);
	jpeg_save_markers(c, JPEG_APP0 + 1, 0xffff);
	(void)jpeg_read_header(c, TRUE);
	d->raised = page_check_size(c->image_width, c->image_height, d->max_pixels, d->err);
	if (d->raised != ASSAY_OK)
		return;
	read_density(d);
	choose_output(d);
	d->out->bits = (uint32_t)(c->data_precision * c->num_components);
	(void)jpeg_start_decompress(c);
	d->out->pix = page_pix_new(c->output_width, c->output_height, c->output_components == 1 ? 8 : 32, d->err);
	if (d->out->pix == NULL)
		d->raised = ASSAY_ENOMEM;
	else
		decode_rows(d);
}

static assay_code run(decoder *d, void (*work)(decoder *, page_bytes), page_bytes in)
{
	d->cinfo.err = jpeg_std_error(&d->mgr);
	d->cinfo.client_data = d;
	d->mgr.error_exit = on_error;
	d->mgr.emit_message = on_message;
	d->mgr.output_message = no_output;
	if (setjmp(d->jump) == 0)
		work(d, in);
	jpeg_destroy_decompress(&d->cinfo);
	if (d->raised != ASSAY_OK)
		return d->raised;
	if (d->code != ASSAY_OK)
		return ASSAY_RAISE(d->err, d->code, "JPEG: %s", d->text);
	return ASSAY_OK;
}

assay_code page_jpeg_decode(page_image *out, page_bytes in, uint64_t max_pixels, assay_err *err)
{
	decoder d = {.out = out, .max_pixels = max_pixels, .err = err};

	return run(&d, decode, in);
}

/* An eighth of the size: all codes are read, and next to nothing is computed of them. */
static void check(decoder *d, page_bytes in)
{
	struct jpeg_decompress_struct *c = &d->cinfo;
	JSAMPROW row;

	jpeg_create_decompress(c);
	jpeg_mem_src(c, in.data, in.size);
	(void)jpeg_read_header(c, TRUE);
	if (c->image_height < d->rows) {
		d->raised = ASSAY_RAISE(d->err, ASSAY_ESHORT, "JPEG: %u rows, and %u are declared",
					(unsigned)c->image_height, d->rows);
		return;
	}
	c->out_color_space = c->jpeg_color_space;
	c->scale_denom = 8;
	(void)jpeg_start_decompress(c);
	row = c->mem->alloc_large((j_common_ptr)c, JPOOL_IMAGE, (size_t)c->output_width * (size_t)c->output_components);
	while (c->output_scanline < c->output_height && d->code == ASSAY_OK)
		(void)jpeg_read_scanlines(c, &row, 1);
	if (d->code == ASSAY_OK)
		(void)jpeg_finish_decompress(c);
}

assay_code page_jpeg_check(page_bytes in, uint32_t rows, assay_err *err)
{
	decoder d = {.rows = rows, .err = err};

	return run(&d, check, in);
}
