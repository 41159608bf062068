#include "scene.h"

#include <stddef.h>
#include <string.h>

/* 0..255..0 with a period of 512 */
static int wave(int64_t x)
{
	const int p = (int)(x & 511);

	return p < 256 ? p : 511 - p;
}

static int stripes(int x, int y, int64_t n)
{
	return 60 + wave(x * 6 + y * 3 + n * 10) / 3;
}

static int squares(int x, int y, int64_t n)
{
	const int cell = (int)((x + n) / 16 + y / 16) & 1;

	return (cell ? 215 : 150) + wave(x * 4) / 16;
}

static int ball(int x, int y, int64_t n)
{
	const int cx = 40 + wave(n * 7) / 4, cy = 40 + wave(n * 5) / 6;
	const int d = (x - cx) * (x - cx) + (y - cy) * (y - cy);

	return d < 500 ? 200 - d / 8 : 36 + wave(x * 2 + y * 5) / 12;
}

static int ripples(int x, int y, int64_t n)
{
	const int dx = x - 80, dy = y - 60;

	return 70 + wave((dx * dx + dy * dy) / 12 - n * 9) / 2;
}

/* The wall stands still, the light on it moves. */
static int bricks(int x, int y, int64_t n)
{
	const int row = y / 12;
	const int joint = y % 12 < 2 || (x + row % 2 * 14) % 28 < 3;

	return (joint ? 170 : 80) + wave(x * 5 + row * 40 + n * 12) / 5;
}

static int luma(int scene, int x, int y, int64_t n)
{
	switch (scene) {
	case 0:
		return stripes(x, y, n);
	case 1:
		return squares(x, y, n);
	case 2:
		return ball(x, y, n);
	case 3:
		return ripples(x, y, n);
	case 4:
		return bricks(x, y, n);
	default:
		return 16;
	}
}

static void fill(AVFrame *f, int plane, int value)
{
	for (int y = 0; y < f->height / 2; y++)
		memset(f->data[plane] + (ptrdiff_t)y * f->linesize[plane], value, (size_t)f->width / 2);
}

void scene_draw(AVFrame *canvas, int scene, int64_t n)
{
	static const unsigned char tints[SCENE_COUNT + 1][2] = {{150, 110}, {120, 135}, {110, 160},
								{165, 105}, {105, 150}, {128, 128}};

	for (int y = 0; y < canvas->height; y++) {
		unsigned char *row = canvas->data[0] + (ptrdiff_t)y * canvas->linesize[0];
		for (int x = 0; x < canvas->width; x++)
			row[x] = (unsigned char)luma(scene, x, y, n);
	}
	fill(canvas, 1, tints[scene][0]);
	fill(canvas, 2, tints[scene][1]);
}
