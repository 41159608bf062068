/*
 * page.picture: the page as it reached this step, for people to look at. Pieces of it are asked for by a sidecar, so that
 * a worker that is started once shows any page.
 */
#include "ocr.h"

#include "page_value.h"

#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECES_MAX 4096
#define NUMBER_MAX 9 /* digits */
#define MARKS_MAX  16384

enum { ARTIFACT_PICTURE, ARTIFACT_PIECE, ARTIFACT_DRAWN };

static const assay_artifact_type artifacts[] = {
    [ARTIFACT_PICTURE] = {"picture", "image/png", "png", "the page"},
    [ARTIFACT_PIECE] = {"piece", "image/png", "png", "a box of it that the sidecar `boxes` names, in its order"},
    [ARTIFACT_DRAWN] = {"drawn", "image/png", "png", "such a box with marks drawn on it"},
    {0},
};

static assay_code open_picture(void **state, void *shared, const void *p, const assay_input *in, uint32_t root,
			       assay_err *err)
{
	(void)shared, (void)p, (void)root, (void)err;
	*state = (void *)(uintptr_t)in;
	return ASSAY_OK;
}

static assay_code keep(PIX *pix, const assay_value *v, unsigned artifact, assay_sink *sink, assay_err *err)
{
	ASSAY_AUTO_FREE l_uint8 *png = NULL;
	size_t size = 0;

	if (pixWriteMem(&png, &size, pix, IFF_PNG) != 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "picture of a page");
	return assay_artifact(sink, v->root, artifact, png, size, err);
}

/* A number and the blanks before it; -1 when there is none. */
static int take_number(const char **at, const char *end)
{
	int n = -1, digits = 0;

	while (*at < end && **at == ' ')
		++*at;
	for (; *at < end && **at >= '0' && **at <= '9' && digits < NUMBER_MAX; ++*at, digits++)
		n = (n < 0 ? 0 : n) * 10 + (**at - '0');
	return n;
}

/* "left top right bottom"; false when it is no box of this page. */
static bool take_box(int box[4], const char **at, const char *end, const PIX *page)
{
	const int width = pixGetWidth(page), height = pixGetHeight(page);

	for (int i = 0; i < 4; i++)
		box[i] = take_number(at, end);
	if (*at < end && *(*at)++ != '\n')
		return false;
	if (box[2] > width)
		box[2] = width;
	if (box[3] > height)
		box[3] = height;
	return box[0] >= 0 && box[1] >= 0 && box[0] < box[2] && box[1] < box[3];
}

static assay_code keep_piece(const int box[4], const assay_value *v, assay_sink *sink, assay_err *err)
{
	BOX *b = boxCreate(box[0], box[1], box[2] - box[0], box[3] - box[1]);
	PIX *piece = b != NULL ? pixClipRectangle(v->u.page.pix, b, NULL) : NULL;
	const assay_code rc = piece != NULL ? keep(piece, v, ARTIFACT_PIECE, sink, err)
					    : ASSAY_RAISE(err, ASSAY_ENOMEM, "piece of a page");

	boxDestroy(&b);
	pixDestroy(&piece);
	return rc;
}

/* ---------------------------------------------------------------- a piece that is drawn on */

/* What a line of the sidecar may begin with, behind one that begins a drawn piece; 0 thick: filled. */
static const struct {
	char sign;
	int thick; /* px, inside of the box */
	l_uint8 red, green, blue;
} marks[] = {{'|', 0, 0, 150, 110}, {'-', 2, 0, 90, 200}, {'!', 3, 210, 0, 0}};

typedef struct drawing {
	PIX *pix; /* NULL: none is begun */
	int box[4];
	int marks;
} drawing;

static assay_code fill(drawing *d, int left, int top, int right, int bottom, l_uint32 colour, assay_err *err)
{
	BOX *b = boxCreate(left, top, right - left, bottom - top);
	const bool done = b != NULL && pixSetInRectArbitrary(d->pix, b, colour) == 0;

	boxDestroy(&b);
	return done ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "mark on a page");
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* @param box  of the page; what of it lies outside of the piece is not drawn */
static assay_code draw(drawing *d, const int box[4], size_t mark, assay_err *err)
{
	const int left = (box[0] > d->box[0] ? box[0] : d->box[0]) - d->box[0];
	const int top = (box[1] > d->box[1] ? box[1] : d->box[1]) - d->box[1];
	const int right = smaller(box[2], d->box[2]) - d->box[0], bottom = smaller(box[3], d->box[3]) - d->box[1];
	const int thick = marks[mark].thick;
	l_uint32 colour;
	assay_code rc;

	if (left >= right || top >= bottom)
		return ASSAY_OK;
	composeRGBPixel(marks[mark].red, marks[mark].green, marks[mark].blue, &colour);
	if (thick == 0 || right - left <= 2 * thick || bottom - top <= 2 * thick)
		return fill(d, left, top, right, bottom, colour, err);
	ASSAY_TRY(fill(d, left, top, right, top + thick, colour, err));
	ASSAY_TRY(fill(d, left, bottom - thick, right, bottom, colour, err));
	ASSAY_TRY(fill(d, left, top, left + thick, bottom, colour, err));
	rc = fill(d, right - thick, top, right, bottom, colour, err);
fail:
	return rc;
}

static assay_code end_drawing(drawing *d, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_code rc = d->pix != NULL ? keep(d->pix, v, ARTIFACT_DRAWN, sink, err) : ASSAY_OK;

	pixDestroy(&d->pix);
	return rc;
}

static assay_code begin_drawing(drawing *d, const int box[4], const assay_value *v, assay_err *err)
{
	BOX *b = boxCreate(box[0], box[1], box[2] - box[0], box[3] - box[1]);
	PIX *piece = b != NULL ? pixClipRectangle(v->u.page.pix, b, NULL) : NULL;

	memcpy(d->box, box, sizeof d->box);
	d->pix = piece != NULL ? pixConvertTo32(piece) : NULL;
	boxDestroy(&b);
	pixDestroy(&piece);
	return d->pix != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "piece of a page");
}

static assay_code take_mark(drawing *d, bool *good, char sign, const int box[4], assay_err *err)
{
	size_t mark = 0;

	while (mark < ASSAY_COUNT(marks) && marks[mark].sign != sign)
		mark++;
	*good = mark < ASSAY_COUNT(marks) && d->pix != NULL && d->marks++ < MARKS_MAX;
	return *good ? draw(d, box, mark, err) : ASSAY_OK;
}

/* ---------------------------------------------------------------- the sidecar */

static assay_code take_line(drawing *d, bool *good, const char **at, const char *end, const assay_value *v,
			    assay_sink *sink, assay_err *err)
{
	const char sign = **at >= '0' && **at <= '9' ? '\0' : **at;
	int box[4];
	assay_code rc;

	*at += sign != '\0' && sign != ' ';
	*good = take_box(box, at, end, v->u.page.pix);
	if (!*good)
		return ASSAY_OK;
	if (sign != '\0' && sign != ' ' && sign != '=')
		return take_mark(d, good, sign, box, err);
	rc = end_drawing(d, v, sink, err);
	if (rc != ASSAY_OK)
		return rc;
	return sign == '=' ? begin_drawing(d, box, v, err) : keep_piece(box, v, sink, err);
}

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_sidecar *boxes = assay_input_sidecar(state, "boxes");
	const char *at = boxes != NULL ? (const char *)boxes->data : NULL;
	const char *end = boxes != NULL ? at + boxes->size : NULL;
	drawing d = {0};
	assay_code rc = keep(v->u.page.pix, v, ARTIFACT_PICTURE, sink, err);

	for (int n = 0; rc == ASSAY_OK && at < end; n++) {
		bool good = n - d.marks < PIECES_MAX;

		if (good)
			rc = take_line(&d, &good, &at, end, v, sink, err);
		if (!good)
			rc = assay_fail(sink, ASSAY_FAILURE_STAGE, err, "line %d of 'boxes' is no box of the page",
					n + 1);
	}
	if (rc == ASSAY_OK)
		rc = end_drawing(&d, v, sink, err);
	pixDestroy(&d.pix);
	return rc;
}

static const char *const libraries[] = {"liblept.so", "libpng16.so", "libz.so", NULL};

const assay_stage assay_stage_page_picture = {
    .abi = ASSAY_STAGE_ABI,
    .name = "page.picture",
    .version = 1,
    .modality = ASSAY_MODALITY_PAGE,
    .summary = "keep the page as it is here as a PNG, for people",
    .reference = "",
    .observes = ASSAY_VALUE_PAGE,
    .determinism = ASSAY_EXACT_PER_BUILD,
    .libraries = libraries,
    .artifacts = artifacts,
    .open = open_picture,
    .push = push,
};
