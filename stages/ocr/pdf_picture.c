#include "pdf_picture.h"

#include "page_image.h"
#include "pdf_inflate.h"

#include "assay/memory.h"

#include <string.h>

#define DATA_MAX    (1U << 29) /* bytes in memory; 65535 x 65535 pixels of a scan are fewer as a JPEG */
#define SIDE_MAX    (1 << 24)
#define BITS_MAX    16
#define INKS_MAX    32 /* DeviceN (ISO 32000-1, annex C) */
#define PNG_FIRST   10 /* predictors from here on put a byte before each row */
#define FILTERS_MAX 4

/* Text and packed data are for qpdf. Flate is inflated here, in pieces: pictures may be larger than memory. */
typedef enum filter { FOREIGN, TEXT, PACKED, FLATE, JPEG } filter;

typedef struct picture {
	const pdf_document *d;
	qpdf_oh stream, dict;
	int64_t width, height, bits, inks;
	filter filters[FILTERS_MAX];
	int filter_count;
	int unpacked; /* how many filters are for qpdf, from the first on */
} picture;

/* ---------------------------------------------------------------- what it declares */

static bool is_name(const picture *p, qpdf_oh oh, const char *name)
{
	return qpdf_oh_is_name_and_equals(p->d->q, oh, name);
}

static int64_t count_items(const picture *p, qpdf_oh array)
{
	const int n = qpdf_oh_is_array(p->d->q, array) ? qpdf_oh_get_array_n_items(p->d->q, array) : 0;

	return n > 0 && n <= INKS_MAX ? n : 1;
}

static int64_t inks_of_profile(const picture *p, qpdf_oh profile)
{
	qpdf_oh dict;
	int64_t n;

	if (!qpdf_oh_is_stream(p->d->q, profile))
		return 1;
	dict = qpdf_oh_get_dict(p->d->q, profile);
	n = pdf_number(p->d, dict, "/N", 4, 1);
	qpdf_oh_release(p->d->q, dict);
	return n;
}

/* Of a space of the given name; `detail` is what follows it. */
static int64_t inks_of_space(const picture *p, qpdf_oh name, qpdf_oh detail)
{
	if (is_name(p, name, "/DeviceRGB") || is_name(p, name, "/CalRGB") || is_name(p, name, "/Lab"))
		return 3;
	if (is_name(p, name, "/DeviceCMYK"))
		return 4;
	if (is_name(p, name, "/ICCBased"))
		return inks_of_profile(p, detail);
	return is_name(p, name, "/DeviceN") ? count_items(p, detail) : 1;
}

/* Numbers a pixel; 1 where it cannot be told: then less is asked of the data than there may have to be. */
static int64_t count_inks(const picture *p)
{
	const qpdf_oh space = pdf_get(p->d, p->dict, "/ColorSpace");
	const bool array = qpdf_oh_is_array(p->d->q, space);
	const qpdf_oh name = array ? pdf_item(p->d, space, 0) : qpdf_oh_new_object(p->d->q, space);
	const qpdf_oh detail = pdf_item(p->d, space, 1);
	const int64_t n = inks_of_space(p, name, detail);

	qpdf_oh_release(p->d->q, detail);
	qpdf_oh_release(p->d->q, name);
	qpdf_oh_release(p->d->q, space);
	return n;
}

static bool is_mask(const picture *p)
{
	const qpdf_oh value = pdf_get(p->d, p->dict, "/ImageMask");
	QPDF_BOOL mask = QPDF_FALSE;

	(void)qpdf_oh_get_value_as_bool(p->d->q, value, &mask);
	qpdf_oh_release(p->d->q, value);
	return mask;
}

static bool measure(picture *p)
{
	const bool mask = is_mask(p);

	p->width = pdf_number(p->d, p->dict, "/Width", SIDE_MAX, 0);
	p->height = pdf_number(p->d, p->dict, "/Height", SIDE_MAX, 0);
	p->bits = mask ? 1 : pdf_number(p->d, p->dict, "/BitsPerComponent", BITS_MAX, 1);
	p->inks = mask ? 1 : count_inks(p);
	return p->width > 0 && p->height > 0;
}

/* Bytes of its rows; no overflow: 2^24 * 2^24 * 16 * 32 / 8. */
static uint64_t bytes_of(const picture *p)
{
	return (uint64_t)p->height * (uint64_t)((p->width * p->bits * p->inks + 7) / 8);
}

/* Bytes before a predictor is undone. */
static uint64_t bytes_predicted(const picture *p, qpdf_oh parms)
{
	const uint64_t n = bytes_of(p);
	const int64_t columns = pdf_number(p->d, parms, "/Columns", SIDE_MAX, 1);
	const int64_t colours = pdf_number(p->d, parms, "/Colors", INKS_MAX, 1);
	const int64_t bits = pdf_number(p->d, parms, "/BitsPerComponent", BITS_MAX, 8);
	const uint64_t row = (uint64_t)((columns * colours * bits + 7) / 8);

	if (pdf_number(p->d, parms, "/Predictor", PNG_FIRST + 5, 1) < PNG_FIRST)
		return n;
	return n + (n + row - 1) / row;
}

/* ---------------------------------------------------------------- its filters */

static filter filter_of(const picture *p, qpdf_oh name)
{
	static const struct {
		const char *name, *brief;
		filter is;
	} known[] = {
	    {"/ASCIIHexDecode", "/AHx", TEXT},   {"/ASCII85Decode", "/A85", TEXT}, {"/LZWDecode", "/LZW", PACKED},
	    {"/RunLengthDecode", "/RL", PACKED}, {"/FlateDecode", "/Fl", FLATE},   {"/DCTDecode", "/DCT", JPEG},
	};

	for (size_t i = 0; i < ASSAY_COUNT(known); i++)
		if (is_name(p, name, known[i].name) || is_name(p, name, known[i].brief))
			return known[i].is;
	return FOREIGN;
}

/* A sole filter, or its parameters, may stand without an array. */
static qpdf_oh entry_of(const picture *p, const char *key, int i)
{
	const qpdf_oh value = pdf_get(p->d, p->dict, key);
	qpdf_oh item;

	if (!qpdf_oh_is_array(p->d->q, value))
		return value;
	item = pdf_item(p->d, value, i);
	qpdf_oh_release(p->d->q, value);
	return item;
}

static int count_filters(const picture *p)
{
	const qpdf_oh value = pdf_get(p->d, p->dict, "/Filter");
	const int n = qpdf_oh_is_array(p->d->q, value) ? qpdf_oh_get_array_n_items(p->d->q, value)
						       : !qpdf_oh_is_null(p->d->q, value);

	qpdf_oh_release(p->d->q, value);
	return n;
}

static int skip(const picture *p, int i, filter which)
{
	return i < p->filter_count && p->filters[i] == which ? i + 1 : i;
}

/* Text or none, then a compression or none, then a JPEG or none. */
static bool take_filters(picture *p)
{
	int n;

	p->filter_count = count_filters(p);
	if (p->filter_count > FILTERS_MAX)
		return false;
	for (int i = 0; i < p->filter_count; i++) {
		const qpdf_oh name = entry_of(p, "/Filter", i);

		p->filters[i] = filter_of(p, name);
		qpdf_oh_release(p->d->q, name);
	}
	n = skip(p, skip(p, 0, TEXT), TEXT);
	p->unpacked = skip(p, n, PACKED);
	n = p->unpacked > n ? p->unpacked : skip(p, n, FLATE);
	return skip(p, n, JPEG) == p->filter_count;
}

static bool has(const picture *p, filter which)
{
	for (int i = 0; i < p->filter_count; i++)
		if (p->filters[i] == which)
			return true;
	return false;
}

/* ---------------------------------------------------------------- its data */

static void keep_first(const picture *p, const char *key)
{
	const qpdf_oh old = pdf_get(p->d, p->dict, key);
	const qpdf_oh first = qpdf_oh_new_array(p->d->q);

	for (int i = 0; i < p->unpacked && qpdf_oh_is_array(p->d->q, old); i++) {
		const qpdf_oh item = pdf_item(p->d, old, i);

		qpdf_oh_append_item(p->d->q, first, item);
		qpdf_oh_release(p->d->q, item);
	}
	if (qpdf_oh_is_array(p->d->q, old))
		qpdf_oh_replace_key(p->d->q, p->dict, key, first);
	qpdf_oh_release(p->d->q, first);
	qpdf_oh_release(p->d->q, old);
}

/* As it is behind the filters that are for qpdf, which applies all that a stream has or none. */
static assay_code take_data(unsigned char **data, size_t *n, const picture *p, assay_err *err)
{
	if (p->unpacked > 0 && p->unpacked < p->filter_count) {
		keep_first(p, "/Filter");
		keep_first(p, "/DecodeParms");
	}
	return pdf_stream_data(data, n, p->d, p->stream, p->unpacked > 0, err);
}

static assay_code check_enough(const picture *p, uint64_t n, uint64_t need, assay_err *err)
{
	if (n >= need)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_ESHORT, "%llu bytes of pixels, where %lld x %lld take %llu",
			   (unsigned long long)n, (long long)p->width, (long long)p->height, (unsigned long long)need);
}

static assay_code check_jpeg(const picture *p, page_bytes data, assay_err *err)
{
	ASSAY_AUTO_BUF jpeg = ASSAY_BUF_INIT;
	uint64_t n;

	if (has(p, FLATE)) {
		const assay_code rc = pdf_inflate(&n, &jpeg, data, DATA_MAX, err);

		if (rc != ASSAY_OK)
			return rc;
		data = (page_bytes){jpeg.data, jpeg.len};
	}
	if (data.size > DATA_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "a JPEG of more than %u bytes", DATA_MAX);
	return page_jpeg_check(data, (uint32_t)p->height, err);
}

/* Of rows as they stand in the data: a predictor is undone by qpdf, where the data is for it. */
static uint64_t bytes_needed(const picture *p)
{
	const qpdf_oh parms = entry_of(p, "/DecodeParms", p->filter_count - 1);
	const uint64_t n = has(p, FLATE) ? bytes_predicted(p, parms) : bytes_of(p);

	qpdf_oh_release(p->d->q, parms);
	return n;
}

static assay_code check_data(const picture *p, assay_err *err)
{
	const uint64_t need = bytes_needed(p);
	ASSAY_AUTO_FREE unsigned char *data = NULL;
	uint64_t out;
	size_t n = 0;
	assay_code rc;

	if (p->unpacked > 0 && need > DATA_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "%lld x %lld pixels of more than %u bytes", (long long)p->width,
				   (long long)p->height, DATA_MAX);
	rc = take_data(&data, &n, p, err);
	if (rc != ASSAY_OK || data == NULL)
		return rc;
	if (has(p, JPEG))
		return check_jpeg(p, (page_bytes){data, n}, err);
	if (!has(p, FLATE))
		return check_enough(p, n, need, err);
	rc = pdf_inflate(&out, NULL, (page_bytes){data, n}, need, err);
	return rc == ASSAY_OK ? check_enough(p, out, need, err) : rc;
}

assay_code pdf_picture_check(const pdf_document *d, qpdf_oh stream, assay_err *err)
{
	picture p = {.d = d, .stream = stream, .dict = qpdf_oh_get_dict(d->q, stream)};
	assay_code rc = ASSAY_OK;

	if (measure(&p) && take_filters(&p))
		rc = check_data(&p, err);
	qpdf_oh_release(d->q, p.dict);
	return rc == ASSAY_OK ? rc
			      : assay_err_prefix(err, "PDF: picture (object %d)", qpdf_oh_get_object_id(d->q, stream));
}
