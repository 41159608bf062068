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

enum { ARTIFACT_PICTURE, ARTIFACT_PIECE };

static const assay_artifact_type artifacts[] = {
    [ARTIFACT_PICTURE] = {"picture", "image/png", "png", "the page"},
    [ARTIFACT_PIECE] = {"piece", "image/png", "png", "a box of it that the sidecar `boxes` names, in its order"},
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

static assay_code push(void *state, const assay_value *v, assay_sink *sink, assay_err *err)
{
	const assay_sidecar *boxes = assay_input_sidecar(state, "boxes");
	const char *at = boxes != NULL ? (const char *)boxes->data : NULL;
	const char *end = boxes != NULL ? at + boxes->size : NULL;
	assay_code rc = keep(v->u.page.pix, v, ARTIFACT_PICTURE, sink, err);

	for (int n = 0; rc == ASSAY_OK && at < end; n++) {
		int box[4];

		if (n == PIECES_MAX || !take_box(box, &at, end, v->u.page.pix))
			return assay_fail(sink, ASSAY_FAILURE_STAGE, err, "line %d of 'boxes' is no box of the page",
					  n + 1);
		rc = keep_piece(box, v, sink, err);
	}
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
