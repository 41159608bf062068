/*
 * pages-degrade KIND LEVEL IN OUT.png: a page made worse in a known way, for the fit of the estimate and its benchmark:
 * good pages alone teach nothing about bad ones. Levels are 1, 2 and 3. Equal input, kind and level give an equal page.
 * Without arguments it prints the kinds.
 */
#include <leptonica/allheaders.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All take an 8 bpp page and return a new one. */
typedef PIX *degrade_fn(PIX *page, int level);

static uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static PIX *blur(PIX *page, int level)
{
	PIX *once = pixBlockconv(page, level, level);
	PIX *out = pixBlockconv(once, (level + 1) / 2, (level + 1) / 2);

	pixDestroy(&once);
	return out;
}

/* The sum of four uniform numbers is near enough to a bell. */
static PIX *noise(PIX *page, int level)
{
	const int width = 30 * level;
	PIX *out = pixCopy(NULL, page);
	uint64_t state = 1;

	for (int y = 0; y < pixGetHeight(out); y++) {
		for (int x = 0; x < pixGetWidth(out); x++) {
			l_uint32 v;
			int n = -2 * width;

			for (int i = 0; i < 4; i++)
				n += (int)(next(&state) % (unsigned)(width + 1));
			(void)pixGetPixel(page, x, y, &v);
			n += (int)v;
			(void)pixSetPixel(out, x, y, (l_uint32)(n < 0 ? 0 : n > 255 ? 255 : n));
		}
	}
	return out;
}

static PIX *thresholded(PIX *page, int blur_by, int threshold)
{
	PIX *soft = pixBlockconv(page, blur_by, blur_by);
	PIX *ink = pixThresholdToBinary(soft, threshold);

	pixDestroy(&soft);
	return ink;
}

/* Ink that swells until letters touch. */
static PIX *dark(PIX *page, int level)
{
	PIX *ink = thresholded(page, 1 + level / 2, 195 + 15 * level);
	PIX *out = pixConvert1To8(NULL, ink, 255, 0);

	pixDestroy(&ink);
	return out;
}

/* Ink that breaks. */
static PIX *light(PIX *page, int level)
{
	PIX *ink = thresholded(page, 1 + level / 2, 100 - 22 * level);
	PIX *out = pixConvert1To8(NULL, ink, 255, 0);

	pixDestroy(&ink);
	return out;
}

/* As scanned with fewer dots. */
static PIX *coarse(PIX *page, int level)
{
	static const float scales[] = {0.5F, 0.38F, 0.28F};

	return pixScaleAreaMap(page, scales[level - 1], scales[level - 1]);
}

/* Little contrast, and noise below it. */
static PIX *faint(PIX *page, int level)
{
	PIX *out = pixCopy(NULL, page);
	uint64_t state = 2;

	for (int y = 0; y < pixGetHeight(out); y++) {
		for (int x = 0; x < pixGetWidth(out); x++) {
			l_uint32 v;

			(void)pixGetPixel(page, x, y, &v);
			v = 200 - (255 - v) * (unsigned)(50 - 13 * level) / 255 +
			    next(&state) % (unsigned)(8 + 8 * level);
			(void)pixSetPixel(out, x, y, v);
		}
	}
	return out;
}

/* The right margin is lost, and with it the ends of the lines. */
static PIX *cut(PIX *page, int level)
{
	PIX *ink = pixThresholdToBinary(page, 128);
	BOX *all = NULL, *part;
	PIX *out;

	(void)pixClipToForeground(ink, NULL, &all);
	part = boxCreate(0, 0, all != NULL ? all->x + all->w - all->w * (2 * level + 1) / 40 : pixGetWidth(page),
			 pixGetHeight(page));
	out = pixClipRectangle(page, part, NULL);
	boxDestroy(&all);
	boxDestroy(&part);
	pixDestroy(&ink);
	return out;
}

static PIX *turned(PIX *page, int level)
{
	return pixRotate(page, 0.025F * (float)level, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0);
}

static PIX *speckled(PIX *page, int level)
{
	PIX *out = pixCopy(NULL, page);
	const int size = 2 + (pixGetHeight(page) > 2000);
	const uint64_t dots = (uint64_t)pixGetWidth(page) * (uint64_t)pixGetHeight(page) / 600 * (unsigned)level;
	uint64_t state = 3;

	for (uint64_t i = 0; i < dots; i++) {
		const int x = (int)(next(&state) % (unsigned)pixGetWidth(page));
		const int y = (int)(next(&state) % (unsigned)pixGetHeight(page));

		(void)pixRasterop(out, x, y, size, size, i % 3 == 0 ? PIX_SET : PIX_CLR, NULL, 0, 0);
	}
	return out;
}

/* Light that falls off to one side, then one threshold for all. */
static PIX *shaded(PIX *page, int level)
{
	const int width = pixGetWidth(page);
	PIX *out = pixBlockconv(page, 1, 1);

	for (int y = 0; y < pixGetHeight(out); y++) {
		for (int x = 0; x < width; x++) {
			l_uint32 v;

			(void)pixGetPixel(out, x, y, &v);
			v = v * (unsigned)(100 - (long)level * 22 * x / width) / 100;
			(void)pixSetPixel(out, x, y, v);
		}
	}
	PIX *ink = pixThresholdToBinary(out, 150);

	pixDestroy(&out);
	out = pixConvert1To8(NULL, ink, 255, 0);
	pixDestroy(&ink);
	return out;
}

static const struct kind {
	const char *name;
	degrade_fn *make;
} kinds[] = {{"blur", blur},   {"noise", noise}, {"dark", dark},     {"light", light},       {"coarse", coarse},
	     {"faint", faint}, {"cut", cut},     {"turned", turned}, {"speckled", speckled}, {"shaded", shaded}};

#define KINDS (sizeof kinds / sizeof *kinds)

static const struct kind *find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int fail(const char *what, const char *name)
{
	(void)fprintf(stderr, "pages-degrade: %s: %s\n", what, name);
	return 1;
}

int main(int argc, char **argv)
{
	const struct kind *k = argc == 5 ? find(argv[1]) : NULL;
	const int level = argc == 5 && argv[2][1] == '\0' ? argv[2][0] - '0' : 0;
	PIX *file, *grey, *out;
	int rc;

	if (argc == 1) {
		for (size_t i = 0; i < KINDS; i++)
			(void)puts(kinds[i].name);
		return 0;
	}
	if (k == NULL || level < 1 || level > 3)
		return fail("usage", "pages-degrade KIND 1|2|3 IN OUT.png");
	(void)setMsgSeverity(L_SEVERITY_ERROR);
	file = pixRead(argv[3]);
	grey = file != NULL ? pixConvertTo8(file, 0) : NULL;
	if (grey == NULL)
		return fail("cannot be read", argv[3]);
	out = k->make(grey, level);
	pixSetResolution(out, 0, 0);
	rc = out != NULL && pixWrite(argv[4], out, IFF_PNG) == 0 ? 0 : fail("cannot be written", argv[4]);
	pixDestroy(&file);
	pixDestroy(&grey);
	pixDestroy(&out);
	return rc;
}
