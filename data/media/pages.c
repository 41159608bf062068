/* inbox/scans/: pages as images and documents. */
#include "media.h"
#include "page.h"
#include "pdf.h"
#include "random.h"

#include <stdio.h>
#include <stdlib.h>

typedef enum effect { PLAIN, SPECKLES, BLUR, ERASED } effect;
typedef enum format { PNG, JPEG, SIDEWAYS_JPEG, TIFF } format;

/* Single pages. `truth` is the text in the .gt.txt file, -1 for no such file. */
static const struct scan {
	media_file file;
	int text, truth;
	double degrees;
	effect effect;
	format format;
	unsigned keep_percent; /* of the file's bytes; 0 for all */
} scans[] = {
    {.file = {.path = "inbox/scans/letter.png",
	      .outcome = "accepted",
	      .truth = "inbox/scans/letter.gt.txt",
	      .why = "a clean page at 300 dpi"},
     .text = TEXT_LETTER,
     .truth = TEXT_LETTER},
    {.file = {.path = "inbox/scans/letter_copy.png",
	      .outcome = "duplicate",
	      .truth = "inbox/scans/letter_copy.gt.txt",
	      .why = "the same bytes as inbox/scans/letter.png, which sorts first"},
     .text = TEXT_LETTER,
     .truth = TEXT_LETTER},
    {.file = {.path = "inbox/scans/sideways.jpg",
	      .outcome = "accepted",
	      .truth = "inbox/scans/sideways.gt.txt",
	      .why = "pixels lie on their side; EXIF orientation 6 says so"},
     .text = TEXT_SIDEWAYS,
     .truth = TEXT_SIDEWAYS,
     .format = SIDEWAYS_JPEG},
    {.file = {.path = "inbox/scans/tilted.png",
	      .outcome = "accepted",
	      .truth = "inbox/scans/tilted.gt.txt",
	      .why = "skewed by 2.5 degrees, which deskewing puts right"},
     .text = TEXT_TILTED,
     .truth = TEXT_TILTED,
     .degrees = -2.5},
    {.file = {.path = "inbox/scans/speckled.png",
	      .outcome = "quarantined",
	      .metric = "ocr.cer",
	      .check = "cer",
	      .truth = "inbox/scans/speckled.gt.txt",
	      .why = "one pixel in four is flipped: not readable"},
     .text = TEXT_NOISE,
     .truth = TEXT_NOISE,
     .effect = SPECKLES},
    {.file = {.path = "inbox/scans/blurred.jpg",
	      .outcome = "quarantined",
	      .metric = "ocr.cer",
	      .check = "cer",
	      .truth = "inbox/scans/blurred.gt.txt",
	      .why = "out of focus: not readable"},
     .text = TEXT_BLUR,
     .truth = TEXT_BLUR,
     .effect = BLUR,
     .format = JPEG},
    {.file = {.path = "inbox/scans/mislabelled.png",
	      .outcome = "quarantined",
	      .metric = "ocr.cer",
	      .check = "cer",
	      .truth = "inbox/scans/mislabelled.gt.txt",
	      .why = "a clean page whose ground truth is another page's"},
     .text = TEXT_LABEL,
     .truth = TEXT_OTHER},
    {.file = {.path = "inbox/scans/blank.png",
	      .outcome = "quarantined",
	      .failure = "empty",
	      .metric = "page.blank",
	      .check = "not-blank",
	      .why = "paper without any ink"},
     .text = TEXT_OTHER,
     .truth = -1,
     .effect = ERASED},
    {.file = {.path = "inbox/scans/cut.tif",
	      .outcome = "failed",
	      .failure = "short",
	      .why = "the second half of the file is missing"},
     .text = TEXT_OTHER,
     .truth = -1,
     .format = TIFF,
     .keep_percent = 50},
};

/* ---------------------------------------------------------------- spoiling */

static void erase(PIX *pix)
{
	(void)pixSetAllArbitrary(pix, 245);
}

static PIX *speckle(PIX *pix)
{
	uint64_t seed = 1;
	PIX *out = pixThresholdToBinary(pix, 128);

	for (int y = 0; out != NULL && y < pixGetHeight(out); y++) {
		l_uint32 *line = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out);
		for (int x = 0; x < pixGetWidth(out); x++)
			if (media_random(&seed) % 4 == 0)
				SET_DATA_BIT_VAL(line, x, !GET_DATA_BIT(line, x));
	}
	return out;
}

static assay_code spoil(PIX **pix, effect e, assay_err *err)
{
	PIX *changed;

	if (e == PLAIN)
		return ASSAY_OK;
	if (e == ERASED) {
		erase(*pix);
		return ASSAY_OK;
	}
	changed = e == BLUR ? pixBlockconv(*pix, 10, 10) : speckle(*pix);
	pixDestroy(pix);
	*pix = changed;
	if (changed == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page image");
	(void)pixSetResolution(changed, PAGE_DPI, PAGE_DPI);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- encoding */

/* APP1 with a TIFF directory of one entry: orientation 6, turn clockwise by 90 degrees to show (Exif 2.3, 4.6.4). */
static const unsigned char exif_orientation[] = {
    0xff, 0xe1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
    0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   6,   0, 0,  0, 0, 0, 0,
};

static assay_code write_sideways(const media_set *set, const char *path, PIX *pix, assay_err *err)
{
	ASSAY_AUTO_BUF file = ASSAY_BUF_INIT;
	PIX *turned = pixRotate90(pix, -1);
	l_uint8 *data = NULL;
	size_t size = 0;
	assay_code rc;

	if (turned == NULL || pixWriteMemJpeg(&data, &size, turned, 85, 0) != 0 || size < 2) {
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "encode '%s'", path);
	} else {
		assay_buf_append(&file, data, 2); /* start of image */
		assay_buf_append(&file, exif_orientation, sizeof exif_orientation);
		assay_buf_append(&file, data + 2, size - 2);
		rc = assay_buf_check(&file, err);
	}
	lept_free(data);
	pixDestroy(&turned);
	return rc != ASSAY_OK ? rc : media_set_write(set, path, file.data, file.len, err);
}

static assay_code write_image(const media_set *set, const char *path, PIX *pix, format f, assay_err *err)
{
	l_uint8 *data = NULL;
	size_t size = 0;
	assay_code rc;
	l_ok bad;

	if (f == SIDEWAYS_JPEG)
		return write_sideways(set, path, pix, err);
	bad = f == JPEG   ? pixWriteMemJpeg(&data, &size, pix, 70, 0)
	      : f == TIFF ? pixWriteMemTiff(&data, &size, pix, IFF_TIFF_LZW)
			  : pixWriteMemPng(&data, &size, pix, 0);
	rc = bad ? ASSAY_RAISE(err, ASSAY_ENOMEM, "encode '%s'", path) : media_set_write(set, path, data, size, err);
	lept_free(data);
	return rc;
}

/* ---------------------------------------------------------------- single pages */

static assay_code write_truth(const media_set *set, const char *path, const int *texts, size_t count, assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			assay_buf_putc(&text, '\f'); /* between the pages of a document */
		page_text_write(&text, &page_texts[texts[i]]);
	}
	return text.failed ? ASSAY_RAISE(err, ASSAY_ENOMEM, "ground truth")
			   : media_set_write(set, path, text.data, text.len, err);
}

static void list_pages(media_set *set, const media_file *file, unsigned pages)
{
	media_file f = *file;

	f.modality = "page";
	media_set_file(set, &f);
	for (unsigned i = 1; i <= pages; i++) {
		char part[24];
		(void)snprintf(part, sizeof part, "page=%u", i);
		media_set_sample(set, "page", part, &f);
	}
	media_set_end(set);
}

static assay_code make_scan(media_set *set, const page_faces *faces, const struct scan *s, assay_err *err)
{
	PIX *pix = NULL;
	assay_code rc;

	ASSAY_TRY(page_render(&pix, faces, &page_texts[s->text], s->degrees, err));
	ASSAY_TRY(spoil(&pix, s->effect, err));
	ASSAY_TRY(write_image(set, s->file.path, pix, s->format, err));
	if (s->keep_percent > 0)
		ASSAY_TRY(media_set_cut(set, s->file.path, s->keep_percent, err));
	if (s->truth >= 0)
		ASSAY_TRY(write_truth(set, s->file.truth, &s->truth, 1, err));
	list_pages(set, &s->file, s->keep_percent > 0 ? 0 : 1);
fail:
	pixDestroy(&pix);
	return rc;
}

/* ---------------------------------------------------------------- documents */

static const int log_texts[] = {TEXT_LOG_1, TEXT_LOG_2, TEXT_LOG_3};
static const int notice_texts[] = {TEXT_NOTICE_1, TEXT_NOTICE_2};
static const int memo_texts[] = {TEXT_MEMO};

static assay_code add_tiff_page(const char *path, const page_faces *faces, int text, bool first, assay_err *err)
{
	PIX *grey = NULL, *pix;
	assay_code rc = page_render(&grey, faces, &page_texts[text], 0, err);

	if (rc != ASSAY_OK)
		return rc;
	pix = pixThresholdToBinary(grey, 150);
	pixDestroy(&grey);
	if (pix != NULL)
		(void)pixSetResolution(pix, PAGE_DPI, PAGE_DPI);
	if (pix == NULL || pixWriteTiff(path, pix, IFF_TIFF_G4, first ? "w" : "a") != 0)
		rc = ASSAY_RAISE(err, ASSAY_EIO, "write '%s'", path);
	pixDestroy(&pix);
	return rc;
}

static assay_code make_logbook(media_set *set, const page_faces *faces, assay_err *err)
{
	static const media_file file = {.path = "inbox/scans/logbook.tif",
					.outcome = "accepted",
					.truth = "inbox/scans/logbook.gt.txt",
					.why = "three black and white pages; form feeds part the ground truth"};
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc;

	ASSAY_TRY(media_set_path(&path, set, file.path, err));
	for (size_t i = 0; i < ASSAY_COUNT(log_texts); i++)
		ASSAY_TRY(add_tiff_page(path, faces, log_texts[i], i == 0, err));
	ASSAY_TRY(write_truth(set, file.truth, log_texts, ASSAY_COUNT(log_texts), err));
	list_pages(set, &file, ASSAY_COUNT(log_texts));
fail:
	return rc;
}

static assay_code make_notice(media_set *set, const page_faces *faces, assay_err *err)
{
	static const media_file file = {.path = "inbox/scans/notice.pdf",
					.outcome = "accepted",
					.truth = "inbox/scans/notice.gt.txt",
					.why = "two PDF pages with their fonts embedded"};
	const page_text pages[] = {page_texts[TEXT_NOTICE_1], page_texts[TEXT_NOTICE_2]};
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(pdf_embedded(&pdf, faces, pages, ASSAY_COUNT(pages), err));
	ASSAY_TRY(media_set_write(set, file.path, pdf.data, pdf.len, err));
	ASSAY_TRY(write_truth(set, file.truth, notice_texts, ASSAY_COUNT(notice_texts), err));
	list_pages(set, &file, ASSAY_COUNT(notice_texts));
fail:
	return rc;
}

static assay_code make_memo(media_set *set, assay_err *err)
{
	static const media_file file = {.path = "inbox/scans/memo.pdf",
					.outcome = "accepted",
					.truth = "inbox/scans/memo.gt.txt",
					.why =
					    "PDF that names Helvetica without embedding it; Nimbus Sans stands for it"};
	ASSAY_AUTO_BUF pdf = ASSAY_BUF_INIT;
	assay_code rc;

	ASSAY_TRY(pdf_plain(&pdf, &page_texts[TEXT_MEMO], err));
	ASSAY_TRY(media_set_write(set, file.path, pdf.data, pdf.len, err));
	ASSAY_TRY(write_truth(set, file.truth, memo_texts, ASSAY_COUNT(memo_texts), err));
	list_pages(set, &file, ASSAY_COUNT(memo_texts));
fail:
	return rc;
}

/* ---------------------------------------------------------------- what is no page */

static assay_code make_strays(media_set *set, assay_err *err)
{
	static const media_file text = {.path = "inbox/scans/renamed.png",
					.outcome = "failed",
					.failure = "unsupported",
					.why = "plain text under the name of an image"};
	static const media_file empty = {
	    .path = "inbox/scans/empty.png", .outcome = "failed", .failure = "empty", .why = "a file of no bytes"};
	static const char words[] = "This file was given the wrong name.\nIt holds no picture at all.\n";
	assay_code rc;

	ASSAY_TRY(media_set_write(set, text.path, words, sizeof words - 1, err));
	list_pages(set, &text, 0);
	ASSAY_TRY(media_set_write(set, empty.path, "", 0, err));
	list_pages(set, &empty, 0);
fail:
	return rc;
}

static assay_code make_with(media_set *set, const page_faces *faces, assay_err *err)
{
	assay_code rc;

	for (size_t i = 0; i < ASSAY_COUNT(scans); i++)
		ASSAY_TRY(make_scan(set, faces, &scans[i], err));
	ASSAY_TRY(make_logbook(set, faces, err));
	ASSAY_TRY(make_notice(set, faces, err));
	ASSAY_TRY(make_memo(set, err));
	rc = make_strays(set, err);
fail:
	return rc;
}

assay_code media_make_pages(media_set *set, assay_err *err)
{
	page_faces faces;
	assay_code rc = page_faces_open(&faces, err);

	if (rc != ASSAY_OK)
		return rc;
	(void)setMsgSeverity(L_SEVERITY_NONE);
	rc = make_with(set, &faces, err);
	page_faces_release(&faces);
	return rc;
}
