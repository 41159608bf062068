/*
 * A page as a poor scan gives it: bench-degrade IN OUT.png PERCENT DPI SKEW BLUR NOISE SEED. The picture is turned by
 * SKEW hundredths of a degree, scaled to PERCENT, blurred over squares of 2 BLUR + 1 pixels, given noise of up to NOISE grey
 * levels either way (the mean of four numbers of a linear congruential generator that SEED begins) and written with DPI.
 * The same on any machine.
 */
#include <leptonica/allheaders.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void add_noise(PIX *pix, int most, uint32_t seed)
{
	const int w = pixGetWidth(pix), h = pixGetHeight(pix);

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			int sum = 0;
			l_uint32 v = 0;

			for (int i = 0; i < 4; i++)
				sum += (int)(next(&seed) % (2u * (unsigned)most + 1)) - most;
			(void)pixGetPixel(pix, x, y, &v);
			sum = (int)v + sum / 4;
			(void)pixSetPixel(pix, x, y, (l_uint32)(sum < 0 ? 0 : sum > 255 ? 255 : sum));
		}
}

/* Consumes the picture. */
static PIX *degraded(PIX *pix, float scale, int skew, int blur)
{
	PIX *grey = pix != NULL ? pixConvertTo8(pix, 0) : NULL;
	PIX *turned =
	    grey != NULL ? pixRotate(grey, (float)skew * 3.14159265f / 18000, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, 0, 0)
			 : NULL;
	PIX *scaled = turned != NULL ? pixScale(turned, scale, scale) : NULL;
	PIX *out = scaled == NULL ? NULL : blur > 0 ? pixBlockconv(scaled, blur, blur) : pixClone(scaled);

	pixDestroy(&scaled);
	pixDestroy(&turned);
	pixDestroy(&grey);
	pixDestroy(&pix);
	return out;
}

int main(int argc, char **argv)
{
	PIX *out;
	int failed, noise;

	if (argc != 9) {
		(void)fprintf(stderr, "usage: bench-degrade IN OUT.png PERCENT DPI SKEW BLUR NOISE SEED\n");
		return 64;
	}
	noise = atoi(argv[7]);
	out = degraded(pixRead(argv[1]), (float)atoi(argv[3]) / 100, atoi(argv[5]), atoi(argv[6]));
	if (out == NULL) {
		(void)fprintf(stderr, "bench-degrade: cannot read '%s'\n", argv[1]);
		return 66;
	}
	if (noise > 0)
		add_noise(out, noise, (uint32_t)strtoul(argv[8], NULL, 10));
	(void)pixSetResolution(out, atoi(argv[4]), atoi(argv[4]));
	failed = pixWrite(argv[2], out, IFF_PNG);
	pixDestroy(&out);
	return failed != 0 ? 74 : 0;
}
