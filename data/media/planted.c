/* A folder of pages for a gate: good ones, and ones with one planted fault each, that its own check must find. */
#include "media.h"
#include "page.h"

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

#define BEND 40 /* px */

typedef PIX *spoil_fn(PIX *page);

static const page_text harbour = {
    LINES("Report on the harbour", "The new pier was opened in the spring. It is",
	  "built of oak and stands on forty piles. Boats", "of all sizes can make fast there, and the",
	  "large crane lifts up to six tons at a time.", "The old pier is used by fishermen alone. They",
	  "mend their nets there in the winter and sell", "fresh fish on the quay every morning. Visitors",
	  "are welcome but should keep their dogs away", "from the boxes. The ferry leaves at noon and",
	  "returns before the lamps are lit. On Sundays", "there is no ferry, and the bridge is open for",
	  "carts and people on foot. The keeper of the", "bridge lives in the small house beside it and",
	  "will answer any question about the tides.")};
static const page_text garden = {
    LINES("Advice for the garden", "Dig the ground in autumn and leave it rough,",
	  "so that the frost can break the heavy soil.", "In early spring spread some old manure over",
	  "it and rake the beds until they are level.", "Peas and beans may be sown as soon as the",
	  "nights are mild. Carrots need loose earth and", "plenty of water while they are young. Keep",
	  "the rows apart by the width of two hands, and", "pull the weeds before they flower. Apples are",
	  "picked when they come away with a gentle turn", "of the hand. Store them in a cool dark room",
	  "and look them over every week, because one", "bad apple will soon spoil the others in the",
	  "box. Clean the tools and oil them for winter.")};
static const page_text kitchen = {
    LINES("Rules of the kitchen", "Wash your hands before you touch any food and",
	  "tie back long hair. The cook decides what is", "served and in which order. Knives are cleaned",
	  "at once and put back into the wooden block.", "Hot pans stay on the stone table until they",
	  "have cooled. Nobody runs, and whoever carries", "a full pot calls out at the door. Bread is",
	  "baked on three days of the week, and the rest", "of the dough is kept for the next morning.",
	  "Milk and butter belong on the lowest shelf.", "When something is used up, write it on the",
	  "slate beside the window. The last one to go", "puts out the fire, closes the shutters and",
	  "brings the key to the housekeeper upstairs.")};
static const page_text german = {
    LINES("Bericht aus dem Hafen", "Die neue Anlegestelle wurde im letzten Jahr",
	  "fertig. Jeden Morgen laufen hier kleine Boote", "ein und bringen frische Ware in die Stadt.",
	  "Danach ist es meistens ruhig, bis gegen Abend", "wieder die ersten Fischer hinausfahren. Am",
	  "Sonntag kommen viele Familien und gehen am", "Wasser spazieren. Die Kinder werfen Steine",
	  "und freuen sich, wenn ein Schiff vorbeizieht.", "Im Winter bleibt alles still. Dann wird das",
	  "Holz der Kutter geschliffen und gestrichen,", "und abends sitzen die Leute zusammen in der",
	  "Stube und reden von vergangenen Zeiten. Der", "Hafenmeister schreibt alles auf, was ihm an",
	  "diesem Ort wichtig erscheint.")};
/* A tab goes on at the next third of the page. */
static const page_text stores = {LINES("Stores of the harbour", "Item\tPrice\tDate", "Anchor\t340.50\t2024-03-01",
				       "Chain\t99.00\t2024-03-04", "Rope\t75.25\t2024-03-09",
				       "Lantern\t61.80\t2024-03-12", "Compass\t158.00\t2024-03-20",
				       "Bucket\t42.75\t2024-03-21", "Barrel\t64.10\t2024-03-25")};
static const page_text stores_swapped = {
    LINES("Stores of the harbour", "Item\tPrice\tDate", "Anchor\t2024-03-01\t340.50", "Chain\t2024-03-04\t99.00",
	  "Rope\t2024-03-09\t75.25", "Lantern\t2024-03-12\t61.80", "Compass\t2024-03-20\t158.00",
	  "Bucket\t2024-03-21\t42.75", "Barrel\t2024-03-25\t64.10")};

/* ---------------------------------------------------------------- faults */

static PIX *turn(PIX *page)
{
	return pixRotate90(page, 1);
}

static PIX *overturn(PIX *page)
{
	return pixRotate180(NULL, page);
}

static PIX *erase(PIX *page)
{
	PIX *out = pixCreateTemplate(page);

	if (out != NULL)
		(void)pixSetAllArbitrary(out, 245);
	return out;
}

/* A third of an inch and more of the left side is missing, through the first words. */
static PIX *crop(PIX *page)
{
	const int cut = PAGE_DPI * 55 / 100;
	BOX *box = boxCreate(cut, 0, pixGetWidth(page) - cut, pixGetHeight(page));
	PIX *out = pixClipRectangle(page, box, NULL);

	boxDestroy(&box);
	return out;
}

/* The upper side is missing, down to the middle of the letters of the second line. */
static PIX *behead(PIX *page)
{
	const int cut = PAGE_DPI * 61 / 72;
	BOX *box = boxCreate(0, cut, pixGetWidth(page), pixGetHeight(page) - cut);
	PIX *out = pixClipRectangle(page, box, NULL);

	boxDestroy(&box);
	return out;
}

static PIX *blur(PIX *page)
{
	PIX *once = pixBlockconv(page, 4, 4), *out = once != NULL ? pixBlockconv(once, 3, 3) : NULL;

	pixDestroy(&once);
	return out;
}

/* Ink is an eighth as dark against the paper. */
static PIX *fade(PIX *page)
{
	PIX *out = pixCopy(NULL, page);

	for (int y = 0; out != NULL && y < pixGetHeight(out); y++) {
		l_uint32 *line = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out);

		for (int x = 0; x < pixGetWidth(out); x++)
			SET_DATA_BYTE(line, x, (l_uint8)(245 - (245 - GET_DATA_BYTE(line, x)) / 8));
	}
	return out;
}

/* Light from the left. */
static PIX *shade(PIX *page)
{
	const int w = pixGetWidth(page);
	PIX *out = pixCopy(NULL, page);

	for (int y = 0; out != NULL && y < pixGetHeight(out); y++) {
		l_uint32 *line = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out);

		for (int x = 0; x < w; x++)
			SET_DATA_BYTE(line, x, (l_uint8)(GET_DATA_BYTE(line, x) * (100 - 50 * x / w) / 100));
	}
	return out;
}

/* On the dark bed of a scanner. */
static PIX *border(PIX *page)
{
	const int by = PAGE_DPI / 3;

	return pixAddBorder(page, by, 30);
}

/* The sheet is raised in its middle, as beside the spine of a book. */
static PIX *bend(PIX *page)
{
	const int w = pixGetWidth(page), h = pixGetHeight(page);
	PIX *out = erase(page);

	for (int x = 0; out != NULL && x < w; x++)
		(void)pixRasterop(out, x, (int)(4 * (int64_t)BEND * x * (w - x) / ((int64_t)w * w)), 1, h, PIX_SRC,
				  page, x, 0);
	return out;
}

/* Two dots where there should be five, and the file says otherwise. */
static PIX *shrink(PIX *page)
{
	return pixScaleAreaMap(page, 0.4F, 0.4F);
}

/* The open book on the glass: the page, and beyond a dark fold this one. */
static PIX *open_book(PIX *left, PIX *right)
{
	const int w = pixGetWidth(left), h = pixGetHeight(left), reach = PAGE_DPI / 6;
	PIX *out = pixCreate(2 * w, h, 8);

	if (out == NULL)
		return NULL;
	(void)pixRasterop(out, 0, 0, w, h, PIX_SRC, left, 0, 0);
	(void)pixRasterop(out, w, 0, w, h, PIX_SRC, right, 0, 0);
	for (int y = 0; y < h; y++) {
		l_uint32 *line = pixGetData(out) + (size_t)y * (size_t)pixGetWpl(out);

		for (int x = w - reach; x < w + reach; x++)
			SET_DATA_BYTE(line, x,
				      (l_uint8)(GET_DATA_BYTE(line, x) * (30 + 70 * abs(x - w) / reach) / 100));
	}
	return out;
}

/* ---------------------------------------------------------------- the folder */

#define REFUSED .outcome = "quarantined"

static const struct planted {
	media_file file;
	const page_text *text;
	spoil_fn *spoil;         /* NULL: as printed */
	const char *table;       /* part of its sample, NULL for none */
	const page_text *beside; /* the page on its right, NULL for none */
	int says;                /* resolution that the file declares; 0: its own */
} pages[] = {
    {{.path = "inbox/pages/harbour.png", .outcome = "accepted", .why = "a clean page"}, .text = &harbour},
    {{.path = "inbox/pages/garden.png", .outcome = "accepted", .why = "a clean page"}, .text = &garden},
    {{.path = "inbox/pages/kitchen.png", .outcome = "accepted", .why = "a clean page"}, .text = &kitchen},
    {{.path = "inbox/pages/stores.png", .outcome = "accepted", .why = "a clean page with a table"},
     .text = &stores,
     .table = "page=1&table=1"},
    {{.path = "inbox/pages/shaded.png",
      REFUSED,
      .metric = "ocr.text_missed",
      .check = "missed",
      .why = "half as much light on the right, where text is missed"},
     .text = &garden,
     .spoil = shade},
    {{.path = "inbox/pages/turned.png",
      REFUSED,
      .metric = "page.orientation",
      .check = "upright",
      .why = "lies on its side, and nothing in the file says so"},
     .text = &garden,
     .spoil = turn},
    {{.path = "inbox/pages/overturned.png",
      REFUSED,
      .metric = "page.orientation",
      .check = "upright",
      .why = "stands on its head"},
     .text = &kitchen,
     .spoil = overturn},
    {{.path = "inbox/pages/blank.png",
      REFUSED,
      .failure = "empty",
      .metric = "page.blank",
      .check = "not-blank",
      .why = "paper without any ink"},
     .text = &garden,
     .spoil = erase},
    {{.path = "inbox/pages/cropped.png",
      REFUSED,
      .metric = "ocr.margin_cut",
      .check = "whole-lines",
      .why = "the left side is missing, through the first words of the lines"},
     .text = &harbour,
     .spoil = crop},
    {{.path = "inbox/pages/beheaded.png",
      REFUSED,
      .metric = "ocr.rows_cut",
      .check = "whole-rows",
      .why = "the upper side is missing, through the middle of a line"},
     .text = &kitchen,
     .spoil = behead},
    {{.path = "inbox/pages/blurred.png", REFUSED, .metric = "page.focus", .check = "in-focus", .why = "out of focus"},
     .text = &kitchen,
     .spoil = blur},
    {{.path = "inbox/pages/faint.png",
      REFUSED,
      .metric = "page.contrast",
      .check = "contrast",
      .why = "ink an eighth as dark as it should be"},
     .text = &garden,
     .spoil = fade},
    {{.path = "inbox/pages/bordered.png",
      REFUSED,
      .metric = "page.cropped",
      .check = "no-border",
      .why = "scanned with the dark bed around it"},
     .text = &harbour,
     .spoil = border},
    {{.path = "inbox/pages/bent.png",
      REFUSED,
      .metric = "page.bend",
      .check = "flat",
      .why = "lines rise and fall by 40 pixels, as beside the spine of a book"},
     .text = &harbour,
     .spoil = bend},
    {{.path = "inbox/pages/small.png",
      REFUSED,
      .metric = "page.text_height",
      .check = "print-size",
      .why = "scanned at 120 dpi, and said to be 300"},
     .text = &kitchen,
     .spoil = shrink},
    {{.path = "inbox/pages/spread.png",
      REFUSED,
      .metric = "page.spread",
      .check = "one-page",
      .why = "two pages on one picture"},
     .text = &garden,
     .beside = &kitchen},
    {{.path = "inbox/pages/claimed.png",
      REFUSED,
      .metric = "page.resolution_doubt",
      .check = "resolution",
      .why = "said to be 75 dpi, and scanned at 300"},
     .text = &stores,
     .says = PAGE_DPI / 4},
    {{.path = "inbox/pages/german.png",
      REFUSED,
      .metric = "ocr.language_doubt",
      .check = "language",
      .why = "a clean page in German among English ones"},
     .text = &german},
    {{.path = "inbox/pages/swapped.png",
      REFUSED,
      .metric = "table.schema",
      .check = "table.Price",
      .why = "prices stand under Date and dates under Price"},
     .text = &stores_swapped,
     .table = "page=1&table=1"},
};

/* What is wrong with a table is said of the table; its page is good. */
static void list_page(media_set *set, const struct planted *p)
{
	static const media_file good = {.outcome = "accepted"};
	media_file file = p->file;

	file.modality = "page";
	media_set_file(set, &file);
	media_set_sample(set, "page", "page=1", p->table != NULL ? &good : &file);
	if (p->table != NULL)
		media_set_sample(set, "table", p->table, &file);
	media_set_end(set);
}

/* NULL when memory is out. */
static PIX *spoilt_page(PIX *pix, const page_faces *faces, const struct planted *p, assay_err *err)
{
	PIX *right = NULL, *out = NULL;

	if (p->beside == NULL)
		return p->spoil != NULL ? p->spoil(pix) : pixClone(pix);
	if (page_render(&right, faces, p->beside, 0, err) == ASSAY_OK)
		out = open_book(pix, right);
	pixDestroy(&right);
	return out;
}

static assay_code make_page(media_set *set, const page_faces *faces, const struct planted *p, assay_err *err)
{
	const int dpi = p->says > 0 ? p->says : PAGE_DPI;
	PIX *pix = NULL, *spoilt;
	l_uint8 *data = NULL;
	size_t size = 0;
	assay_code rc;

	ASSAY_TRY(page_render(&pix, faces, p->text, 0, err));
	spoilt = spoilt_page(pix, faces, p, err);
	pixDestroy(&pix);
	pix = spoilt;
	if (pix != NULL)
		(void)pixSetResolution(pix, dpi, dpi);
	if (pix == NULL || pixWriteMemPng(&data, &size, pix, 0) != 0)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "page '%s'", p->file.path);
	rc = media_set_write(set, p->file.path, data, size, err);
	lept_free(data);
	list_page(set, p);
fail:
	pixDestroy(&pix);
	return rc;
}

assay_code media_make_planted(const char *dir, assay_err *err)
{
	page_faces faces = {0};
	media_set set;
	assay_code rc = media_set_open(&set, dir, err);

	if (rc != ASSAY_OK)
		return rc;
	ASSAY_TRY(page_faces_open(&faces, err));
	for (size_t i = 0; i < ASSAY_COUNT(pages); i++)
		ASSAY_TRY(make_page(&set, &faces, &pages[i], err));
	rc = media_set_finish(&set, err);
fail:
	page_faces_release(&faces);
	media_set_release(&set);
	return rc;
}
