#include "ocr_network.h"

#include "ocr_gates.h"
#include "ocr_network_objects.h"

#include "assay/memory.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tesseract/capi.h>

/* Reads and writes past the end that Tesseract's products of matrices may do. */
#define PADDING 64

/* ---------------------------------------------------------------- Tesseract's functions */

typedef void forward_function(tess_layer *l, bool debug, const tess_values *in, const void *transposed, void *scratch,
			      tess_values *out);

enum { WINDOW, CONNECTED, LARGEST, LSTM, KINDS };

#define ARGUMENTS "ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_"
static const char *const names[KINDS] = {"_ZN9tesseract8Convolve7" ARGUMENTS,
					 "_ZN9tesseract14FullyConnected7" ARGUMENTS, "_ZN9tesseract7Maxpool7" ARGUMENTS,
					 "_ZN9tesseract4LSTM7" ARGUMENTS};

static struct engine {
	bool sought, known;
	forward_function *forward[KINDS];
	void (*multiply)(const tess_matrix *m, const int8_t *u, float *v);
	void (*resize)(tess_values *v, bool whole, const tess_map *m, int32_t columns);
	void (*resize_scaled)(tess_values *v, const tess_values *like, int32_t x, int32_t y, int32_t columns);
	void (*resize_narrow)(tess_values *v, const tess_values *like, int32_t columns);
	void (*randomize)(tess_values *v, int32_t row, int32_t from, int32_t count, uint64_t *random);
	const float *tanh, *logistic;
	const ocr_gates *gates;
} engine;

static bool find(void *out, const char *name)
{
	void *const symbol = dlsym(RTLD_NEXT, name);

	memcpy(out, &symbol, sizeof symbol); /* ISO C has no cast from a pointer to data to one to a function */
	return symbol != NULL;
}

/* The arguments that are floats tell that the tables are, too. */
static void seek(void)
{
	bool all;

	if (engine.sought)
		return;
	all = strcmp(TessVersion(), TESS_VERSION) == 0;
	engine.sought = true;
	engine.gates = ocr_gates_best();
	for (int i = 0; i < KINDS; i++)
		all &= find(&engine.forward[i], names[i]);
	all &= find(&engine.multiply, "_ZNK9tesseract12WeightMatrix15MatrixDotVectorEPKaPf");
	all &= find(&engine.resize, "_ZN9tesseract9NetworkIO11ResizeToMapEbRKNS_9StrideMapEi");
	all &= find(&engine.resize_scaled, "_ZN9tesseract9NetworkIO12ResizeScaledERKS0_iii");
	all &= find(&engine.resize_narrow, "_ZN9tesseract9NetworkIO10ResizeXTo1ERKS0_i");
	all &= find(&engine.randomize, "_ZN9tesseract9NetworkIO9RandomizeEiiiPNS_5TRandE");
	all &= find(&engine.tanh, "_ZN9tesseract9TanhTableE");
	all &= find(&engine.logistic, "_ZN9tesseract13LogisticTableE");
	engine.known = all;
}

/* ---------------------------------------------------------------- what they have in common */

static const tess_grid *grid_of(const tess_values *v)
{
	return v->whole ? &v->bytes : &v->floats;
}

static int8_t *row_of(const tess_values *v, size_t row)
{
	return (int8_t *)v->bytes.cells + row * (size_t)v->bytes.columns;
}

/* Of a picture that is_plain. */
static int8_t *place_of(const tess_values *v, int32_t y, int32_t x)
{
	return row_of(v, (size_t)y * (size_t)v->map.shape[2] + (size_t)x);
}

static bool holds_one(const tess_numbers *n, int32_t number)
{
	return n->end - n->begin == 1 && n->begin[0] == number;
}

/* One picture without a rest, in bytes, for a layer that does not learn. */
static bool is_plain(const tess_layer *l, const tess_values *in)
{
	const tess_map *m = &in->map;

	return in->whole && l->training != 1 && m->shape[0] == 1 && m->shape[1] > 0 && m->shape[2] > 0 &&
	       holds_one(&m->heights, m->shape[1]) && holds_one(&m->widths, m->shape[2]) && m->steps[2] == 1 &&
	       m->steps[1] == m->shape[2] && in->bytes.rows == m->shape[1] * m->shape[2] &&
	       in->bytes.columns == l->inputs && l->inputs > 0 && l->outputs > 0;
}

/* ---------------------------------------------------------------- the sliding window */

#define REACH_MOST 64 /* models reach 1 to each side */

static bool is_inside(int32_t at, int32_t size)
{
	return at >= 0 && at < size;
}

/* One column of a window into one row of values. What lies outside of the picture is noise, in Tesseract's order. */
static void fill_column(tess_values *out, const tess_values *in, const tess_window *w, int32_t x, int32_t y, int32_t dx)
{
	const int32_t height = in->map.shape[1], width = in->map.shape[2], inputs = w->base.inputs;
	const int32_t row = y * width + x, tall = 2 * w->y + 1;
	int32_t at = (dx + w->x) * tall * inputs;

	if (!is_inside(x + dx, width)) {
		engine.randomize(out, row, at, tall * inputs, w->base.random);
		return;
	}
	for (int32_t dy = -w->y; dy <= w->y; dy++, at += inputs) {
		if (is_inside(y + dy, height))
			memcpy(place_of(out, y, x) + at, place_of(in, y + dy, x + dx), (size_t)inputs);
		else
			engine.randomize(out, row, at, inputs, w->base.random);
	}
}

/* Windows that lie inside of a picture of one value a place: the usual case. */
static void fill_inside(tess_values *out, const tess_values *in, const tess_window *w, int32_t y)
{
	const int32_t width = in->map.shape[2];
	int8_t *to = place_of(out, y, w->x);

	for (int32_t x = w->x; x < width - w->x; x++) {
		const int8_t *const centre = place_of(in, y, x);

		for (int32_t dx = -w->x; dx <= w->x; dx++)
			for (int32_t dy = -w->y; dy <= w->y; dy++)
				*to++ = centre[(ptrdiff_t)dy * width + dx];
	}
}

static void fill_edge(tess_values *out, const tess_values *in, const tess_window *w, int32_t y, int32_t from,
		      int32_t to)
{
	for (int32_t x = from; x < to; x++)
		for (int32_t dx = -w->x; dx <= w->x; dx++)
			fill_column(out, in, w, x, y, dx);
}

static bool fits_window(const tess_layer *l)
{
	const tess_window *w = (const tess_window *)(const void *)l;

	return w->x >= 0 && w->x <= REACH_MOST && w->y >= 0 && w->y <= REACH_MOST && l->random != NULL &&
	       (int64_t)l->outputs == (int64_t)l->inputs * (2 * w->x + 1) * (2 * w->y + 1);
}

static bool slide_window(tess_layer *l, const tess_values *in, tess_values *out)
{
	const tess_window *w = (const tess_window *)(const void *)l;
	const int32_t height = in->map.shape[1], width = in->map.shape[2];

	engine.resize(out, true, &in->map, l->outputs);
	for (int32_t y = 0; y < height; y++) {
		if (l->inputs > 1 || y < w->y || y >= height - w->y || width <= 2 * w->x) {
			fill_edge(out, in, w, y, 0, width);
			continue;
		}
		fill_edge(out, in, w, y, 0, w->x);
		fill_inside(out, in, w, y);
		fill_edge(out, in, w, y, width - w->x, width);
	}
	return true;
}

/* ---------------------------------------------------------------- fully connected, tanh */

#define ROWS_AT_ONCE 32

static bool fits_connected(const tess_layer *l)
{
	return l->type == TESS_TYPE_TANH;
}

static bool connect(tess_layer *l, const tess_values *in, tess_values *out)
{
	const tess_connected *c = (const tess_connected *)(const void *)l;
	const size_t outputs = (size_t)l->outputs;
	ASSAY_AUTO_FREE float *lines = assay_alloc(outputs * ROWS_AT_ONCE + PADDING, sizeof *lines);

	if (lines == NULL)
		return false;
	engine.resize(out, true, &in->map, l->outputs);
	for (size_t row = 0, rows = (size_t)in->bytes.rows; row < rows; row += ROWS_AT_ONCE) {
		const size_t count = rows - row < ROWS_AT_ONCE ? rows - row : ROWS_AT_ONCE;

		/* what a product writes past its row the next one overwrites */
		for (size_t i = 0; i < count; i++)
			engine.multiply(&c->weights, row_of(in, row + i), lines + i * outputs);
		engine.gates->tanh(lines, count * outputs, engine.tanh);
		engine.gates->quantise(row_of(out, row), lines, count * outputs);
	}
	return true;
}

/* ---------------------------------------------------------------- the largest of a rectangle */

/* First of each column, for a whole row of rectangles, then of the columns. */
static void take_largest(tess_values *out, const tess_values *in, const tess_rectangle *r, size_t y, int8_t *tallest)
{
	const size_t width = (size_t)in->map.shape[2], features = (size_t)in->bytes.columns;
	const size_t columns = (size_t)out->map.shape[2], across = (size_t)r->x;

	memcpy(tallest, row_of(in, y * (size_t)r->y * width), width * features);
	for (size_t dy = 1; dy < (size_t)r->y; dy++)
		engine.gates->larger(tallest, row_of(in, (y * (size_t)r->y + dy) * width), width * features);
	for (size_t x = 0; x < columns; x++) {
		int8_t *to = row_of(out, y * columns + x);

		memcpy(to, tallest + x * across * features, features);
		for (size_t dx = 1; dx < across; dx++)
			engine.gates->larger(to, tallest + (x * across + dx) * features, features);
	}
}

static bool fits_rectangle(const tess_layer *l)
{
	const tess_rectangle *r = (const tess_rectangle *)(const void *)l;

	return r->x >= 1 && r->y >= 1 && l->outputs == l->inputs;
}

/* Of a picture that is no smaller than the rectangle. */
static bool find_largest(tess_layer *l, const tess_values *in, tess_values *out)
{
	const tess_rectangle *r = (const tess_rectangle *)(const void *)l;
	ASSAY_AUTO_FREE int8_t *tallest = NULL;

	if (in->map.shape[1] < r->y || in->map.shape[2] < r->x)
		return false;
	tallest = assay_alloc((size_t)in->map.shape[2], (size_t)in->bytes.columns);
	if (tallest == NULL)
		return false;
	engine.resize_scaled(out, in, r->x, r->y, l->outputs);
	for (size_t y = 0; y < (size_t)out->map.shape[1]; y++)
		take_largest(out, in, r, y, tallest);
	return true;
}

/* ---------------------------------------------------------------- LSTM */

/* Of one row of a picture, from left to right. */
typedef struct row {
	const tess_lstm *l;
	size_t inputs, states, stride; /* stride: of lines */
	int8_t *source;                /* input, then the last output */
	float *lines;                  /* of the four matrices, then state and output */
} row;

static void step(const row *r)
{
	float *const in = r->lines, *const gate_in = in + r->stride, *const keep = gate_in + r->stride;
	float *const gate_out = keep + r->stride, *const state = gate_out + r->stride, *const out = state + r->stride;
	const ocr_cells cells = {state, out, in, gate_in, keep, gate_out, engine.tanh};

	for (size_t i = 0; i < TESS_GATE_OTHER; i++)
		engine.multiply(&r->l->weights[i], r->source, r->lines + i * r->stride);
	engine.gates->tanh(in, r->states, engine.tanh);
	engine.gates->logistic(gate_in, r->states, engine.logistic);
	engine.gates->logistic(keep, r->states, engine.logistic);
	engine.gates->logistic(gate_out, r->states, engine.logistic);
	engine.gates->cells(&cells, r->states);
	engine.gates->quantise(r->source + r->inputs, out, r->states);
}

/* Each output, or the last of each row alone. */
static void walk(row *r, const tess_values *in, tess_values *out, bool last_only)
{
	const size_t height = (size_t)in->map.shape[1], width = (size_t)in->map.shape[2];

	for (size_t y = 0; y < height; y++) {
		memset(r->source + r->inputs, 0, r->states);
		memset(r->lines + TESS_GATE_OTHER * r->stride, 0, r->stride * sizeof *r->lines);
		for (size_t x = 0; x < width; x++) {
			memcpy(r->source, row_of(in, y * width + x), r->inputs);
			step(r);
			if (!last_only)
				memcpy(row_of(out, y * width + x), r->source + r->inputs, r->states);
		}
		if (last_only)
			memcpy(row_of(out, y), r->source + r->inputs, r->states);
	}
}

static bool fits_lstm(const tess_layer *base)
{
	const tess_lstm *l = (const tess_lstm *)(const void *)base;

	return (base->type == TESS_TYPE_LSTM || base->type == TESS_TYPE_LSTM_SUMMARY) && !l->two_ways &&
	       l->fed_back == 0 && l->softmax == NULL && l->states == base->outputs &&
	       l->sources == (int64_t)base->inputs + l->states;
}

static bool remember(tess_layer *base, const tess_values *in, tess_values *out)
{
	const tess_lstm *l = (const tess_lstm *)(const void *)base;
	ASSAY_AUTO_FREE int8_t *source = NULL;
	ASSAY_AUTO_FREE float *lines = NULL;
	row r = {.l = l, .inputs = (size_t)base->inputs, .states = (size_t)l->states};

	r.stride = (r.states + 2 * PADDING - 1) / PADDING * PADDING;
	source = r.source = assay_alloc(r.inputs + r.states + PADDING, 1);
	lines = r.lines = assay_alloc((TESS_GATE_OTHER + 2) * r.stride, sizeof *lines);
	if (source == NULL || lines == NULL)
		return false;
	if (base->type == TESS_TYPE_LSTM_SUMMARY)
		engine.resize_narrow(out, in, base->outputs);
	else
		engine.resize(out, true, &in->map, base->outputs);
	walk(&r, in, out, base->type == TESS_TYPE_LSTM_SUMMARY);
	return true;
}

/* ---------------------------------------------------------------- what a layer is */

/* Of a picture that is plain. False: nothing is done, for want of memory or since the picture is too small. */
static const struct {
	bool (*fits)(const tess_layer *l);
	bool (*compute)(tess_layer *l, const tess_values *in, tess_values *out);
} own[KINDS] = {
    [WINDOW] = {fits_window, slide_window},
    [CONNECTED] = {fits_connected, connect},
    [LARGEST] = {fits_rectangle, find_largest},
    [LSTM] = {fits_lstm, remember},
};

static uint64_t random_of(const tess_layer *l)
{
	return l->random != NULL ? *l->random : 0;
}

static void set_random(tess_layer *l, uint64_t to)
{
	if (l->random != NULL)
		*l->random = to;
}

/* ---------------------------------------------------------------- which are trusted */

#define LAYERS_MAX   256 /* at once: 7 of a model */
#define LEAST_PLACES 32  /* of a picture, for that both ways give the same to tell anything */

static struct trust {
	bool unused;
	size_t count;
	struct {
		const tess_layer *layer;
		bool same;
	} items[LAYERS_MAX];
} trust;

/* trust.count: it was not tried yet. */
static size_t find_layer(const tess_layer *l)
{
	size_t i = 0;

	while (i < trust.count && trust.items[i].layer != l)
		i++;
	return i;
}

static bool can_try(const tess_values *in)
{
	return trust.count < LAYERS_MAX && in->bytes.rows >= LEAST_PLACES;
}

static bool equal(const tess_values *a, const tess_values *b)
{
	const tess_grid *x = grid_of(a), *y = grid_of(b);

	return a->whole == b->whole && x->rows == y->rows && x->columns == y->columns &&
	       memcmp(a->map.shape, b->map.shape, sizeof a->map.shape) == 0 &&
	       memcmp(a->map.steps, b->map.steps, sizeof a->map.steps) == 0;
}

static size_t size_of(const tess_values *v)
{
	const tess_grid *g = grid_of(v);

	return (size_t)g->rows * (size_t)g->columns * (v->whole ? 1 : sizeof(float));
}

/* What ours does not write differs from theirs. */
static void complement(void *cells, size_t size)
{
	uint8_t *bytes = cells;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)~bytes[i];
}

enum { UNKNOWN, SAME, OTHER };

/* Ours in the place of theirs, which stays where there is no memory for both. */
static int compare(int kind, tess_layer *l, const tess_values *in, tess_values *out, uint64_t after)
{
	const tess_values theirs = *out; /* but for the cells, which may move */
	const size_t size = size_of(out);
	ASSAY_AUTO_FREE void *cells = assay_alloc(size + 1, 1);

	if (cells == NULL)
		return UNKNOWN;
	memcpy(cells, grid_of(out)->cells, size);
	complement(grid_of(out)->cells, size);
	if (!own[kind].compute(l, in, out)) {
		memcpy(grid_of(out)->cells, cells, size);
		return UNKNOWN;
	}
	return equal(&theirs, out) && memcmp(cells, grid_of(out)->cells, size) == 0 && random_of(l) == after ? SAME
													     : OTHER;
}

/* Both ways, from the same random numbers on. */
static void try_layer(int kind, tess_layer *l, const tess_values *in, const void *transposed, void *scratch,
		      tess_values *out)
{
	const uint64_t before = random_of(l);
	uint64_t after;
	int found;

	engine.forward[kind](l, false, in, transposed, scratch, out);
	after = random_of(l);
	set_random(l, before);
	found = compare(kind, l, in, out, after);
	if (found == OTHER) {
		set_random(l, before);
		engine.forward[kind](l, false, in, transposed, scratch, out);
	}
	set_random(l, after);
	if (found == UNKNOWN)
		return;
	trust.items[trust.count].layer = l;
	trust.items[trust.count++].same = found == SAME;
}

static void forward(int kind, tess_layer *l, bool debug, const tess_values *in, const void *transposed, void *scratch,
		    tess_values *out)
{
	size_t at;

	seek();
	at = find_layer(l);
	if (!engine.known || trust.unused || debug || !is_plain(l, in) || !own[kind].fits(l))
		engine.forward[kind](l, debug, in, transposed, scratch, out);
	else if (at == trust.count && can_try(in))
		try_layer(kind, l, in, transposed, scratch, out);
	else if (at == trust.count || !trust.items[at].same || !own[kind].compute(l, in, out))
		engine.forward[kind](l, false, in, transposed, scratch, out);
}

void ocr_network_forget(void)
{
	engine = (struct engine){.sought = false};
	trust.count = 0;
}

void ocr_network_use(bool on)
{
	trust.unused = !on;
}

size_t ocr_network_layers(void)
{
	size_t count = 0;

	for (size_t i = 0; i < trust.count; i++)
		count += trust.items[i].same;
	return count;
}

/* The names by which the tables of Tesseract's classes find them. */
#define ENTRY(function, kind, name)                                                                                    \
	forward_function function __asm__(name ARGUMENTS);                                                             \
	void function(tess_layer *l, bool debug, const tess_values *in, const void *transposed, void *scratch,         \
		      tess_values *out)                                                                                \
	{                                                                                                              \
		forward(kind, l, debug, in, transposed, scratch, out);                                                 \
	}

ENTRY(forward_window, WINDOW, "_ZN9tesseract8Convolve7")
ENTRY(forward_connected, CONNECTED, "_ZN9tesseract14FullyConnected7")
ENTRY(forward_largest, LARGEST, "_ZN9tesseract7Maxpool7")
ENTRY(forward_lstm, LSTM, "_ZN9tesseract4LSTM7")
