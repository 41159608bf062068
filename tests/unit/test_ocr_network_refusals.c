/*
 * When layers of Tesseract's network are computed here, and when not: on objects that are made here, with functions of
 * Tesseract's that are told by name.
 */
#include "ocr_cmocka.h"

#include "ocr_gates.h"
#include "ocr_network.h"
#include "ocr_network_objects.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 12, HEIGHT = 6, SIZE_MOST = WIDTH * HEIGHT * 18 };

/* Values outside of the picture, in all windows of 3 by 3: (WIDTH + 2) by (HEIGHT + 2) less the picture, seen by 1 to 3. */
enum { NOISE = 9 * WIDTH * HEIGHT - (3 * WIDTH - 2) * (3 * HEIGHT - 2) };

#define ARGUMENTS "ForwardEbRKNS_9NetworkIOEPKNS_15TransposedArrayEPNS_14NetworkScratchEPS1_"
typedef void forward_function(tess_layer *l, bool debug, const tess_values *in, const void *transposed, void *scratch,
			      tess_values *out);
forward_function forward_window __asm__("_ZN9tesseract8Convolve7" ARGUMENTS);
forward_function forward_connected __asm__("_ZN9tesseract14FullyConnected7" ARGUMENTS);
forward_function forward_largest __asm__("_ZN9tesseract7Maxpool7" ARGUMENTS);
forward_function forward_lstm __asm__("_ZN9tesseract4LSTM7" ARGUMENTS);

/* ---------------------------------------------------------------- what Tesseract would be */

static const char *version = TESS_VERSION, *missing;
static unsigned theirs, ours; /* calls of their layers, and of what ours makes its output with */
static unsigned calls, fail_at;
static bool differs;       /* their result, in its first value */
static uint64_t step_more; /* random numbers that theirs takes beyond those that ours takes */
static float table[OCR_GATES_TABLE];

const char *__wrap_TessVersion(void);
void *__wrap_dlsym(void *from, const char *name);
void *__real_dlsym(void *from, const char *name);
void *__wrap_calloc(size_t n, size_t size);
void *__real_calloc(size_t n, size_t size);

const char *__wrap_TessVersion(void)
{
	return version;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, size);
}

/* What theirs gives: at first something else than ours, which is learnt when they are asked again. */
static bool learning;
static tess_values result;
static int8_t cells[SIZE_MOST];

static void their_forward(tess_layer *l, bool debug, const tess_values *in, const void *transposed, void *scratch,
			  tess_values *out)
{
	(void)debug;
	(void)in;
	(void)transposed;
	(void)scratch;
	theirs++;
	if (learning && theirs == 2) {
		result = *out;
		memcpy(cells, out->bytes.cells, SIZE_MOST);
	}
	if (l->random != NULL)
		*l->random += NOISE + step_more;
	result.bytes.cells = out->bytes.cells;
	*out = result;
	memcpy(out->bytes.cells, cells, SIZE_MOST);
	if (differs)
		((int8_t *)out->bytes.cells)[0] ^= 1;
}

static void resize(tess_values *v, bool whole, const tess_map *m, int32_t columns)
{
	ours++;
	v->whole = whole;
	v->map = *m;
	v->bytes.rows = m->shape[1] * m->shape[2];
	v->bytes.columns = columns;
}

static void resize_scaled(tess_values *v, const tess_values *like, int32_t x, int32_t y, int32_t columns)
{
	tess_map m = like->map;

	m.shape[1] /= y;
	m.shape[2] /= x;
	m.steps[1] = m.shape[2];
	resize(v, true, &m, columns);
}

static void resize_narrow(tess_values *v, const tess_values *like, int32_t columns)
{
	resize_scaled(v, like, like->map.shape[2], 1, columns);
}

static void randomize(tess_values *v, int32_t row, int32_t from, int32_t count, uint64_t *random)
{
	memset((int8_t *)v->bytes.cells + row * v->bytes.columns + from, 7, (size_t)count);
	*random += (uint64_t)count;
}

/* content: how many come out, how many go in */
static void multiply(const tess_matrix *m, const int8_t *u, float *v)
{
	for (uint64_t i = 0; i < m->content[0]; i++) {
		v[i] = 0;
		for (uint64_t j = 0; j < m->content[1]; j++)
			v[i] += (float)u[j] * (float)(i + j + 1) / 4096;
	}
}

#define FUNCTION(name, function)                                                                                       \
	{                                                                                                              \
		name, (void (*)(void))(function), NULL                                                                 \
	}

static const struct {
	const char *name;
	void (*function)(void);
	float *data;
} symbols[] = {
    FUNCTION("_ZN9tesseract8Convolve7" ARGUMENTS, their_forward),
    FUNCTION("_ZN9tesseract14FullyConnected7" ARGUMENTS, their_forward),
    FUNCTION("_ZN9tesseract7Maxpool7" ARGUMENTS, their_forward),
    FUNCTION("_ZN9tesseract4LSTM7" ARGUMENTS, their_forward),
    FUNCTION("_ZNK9tesseract12WeightMatrix15MatrixDotVectorEPKaPf", multiply),
    FUNCTION("_ZN9tesseract9NetworkIO11ResizeToMapEbRKNS_9StrideMapEi", resize),
    FUNCTION("_ZN9tesseract9NetworkIO12ResizeScaledERKS0_iii", resize_scaled),
    FUNCTION("_ZN9tesseract9NetworkIO10ResizeXTo1ERKS0_i", resize_narrow),
    FUNCTION("_ZN9tesseract9NetworkIO9RandomizeEiiiPNS_5TRandE", randomize),
    {"_ZN9tesseract9TanhTableE", NULL, table},
    {"_ZN9tesseract13LogisticTableE", NULL, table},
};
enum { LAYER_SYMBOLS = 4, SYMBOLS = sizeof symbols / sizeof *symbols };

void *__wrap_dlsym(void *from, const char *name)
{
	void *out = NULL;

	if (missing != NULL && strcmp(name, missing) == 0)
		return NULL;
	for (size_t i = 0; i < SYMBOLS; i++)
		if (strcmp(name, symbols[i].name) == 0) {
			if (symbols[i].data != NULL)
				return symbols[i].data;
			memcpy(&out, &symbols[i].function, sizeof out);
			return out;
		}
	return __real_dlsym(from, name);
}

/* ---------------------------------------------------------------- a layer of each kind */

enum { WINDOW, CONNECTED, LARGEST, LSTM, SUMMARY, KINDS };

static forward_function *const forwards[KINDS] = {forward_window, forward_connected, forward_largest, forward_lstm,
						  forward_lstm};

typedef union any_layer {
	tess_layer base;
	tess_window window;
	tess_connected connected;
	tess_rectangle rectangle;
	tess_lstm lstm;
} any_layer;

static any_layer layer;
static tess_values in, out;
static int8_t in_cells[SIZE_MOST], out_cells[SIZE_MOST];
static int32_t height[2], width[2];
static uint64_t noise;

static void make_picture(int32_t inputs, int32_t tall)
{
	height[0] = tall;
	width[0] = WIDTH;
	in = (tess_values){.whole = true};
	in.map = (tess_map){
	    {1, tall, WIDTH}, {tall * WIDTH, WIDTH, 1}, {height, height + 1, NULL}, {width, width + 1, NULL}};
	in.bytes = (tess_grid){.cells = in_cells, .rows = tall * WIDTH, .columns = inputs};
	for (int i = 0; i < SIZE_MOST; i++)
		in_cells[i] = (int8_t)(i * 37 % 255 - 127);
	memset(out_cells, 0, sizeof out_cells);
	out = (tess_values){.whole = true};
	out.bytes = (tess_grid){.cells = out_cells, .rows = 1, .columns = 1};
}

static void make(int kind)
{
	const int32_t inputs = kind == WINDOW ? 1 : 4, outputs = kind == WINDOW ? 9 : kind == LARGEST ? 4 : 3;

	layer = (any_layer){0};
	noise = 1;
	layer.base.inputs = inputs;
	layer.base.outputs = outputs;
	if (kind == WINDOW) {
		layer.base.random = &noise;
		layer.window.x = layer.window.y = 1;
	} else if (kind == CONNECTED) {
		layer.base.type = TESS_TYPE_TANH;
		layer.connected.weights.content[0] = 3;
		layer.connected.weights.content[1] = 4;
	} else if (kind == LARGEST) {
		layer.rectangle.x = layer.rectangle.y = 3;
	} else {
		layer.base.type = kind == LSTM ? TESS_TYPE_LSTM : TESS_TYPE_LSTM_SUMMARY;
		layer.lstm.states = 3;
		layer.lstm.sources = 7;
		for (int i = 0; i < TESS_GATE_OTHER; i++) {
			layer.lstm.weights[i].content[0] = 3;
			layer.lstm.weights[i].content[1] = 7;
		}
	}
	make_picture(inputs, HEIGHT);
}

static void use(int kind)
{
	theirs = ours = calls = 0;
	forwards[kind](&layer.base, false, &in, NULL, NULL, &out);
}

static void start(int kind)
{
	ocr_network_forget();
	make(kind);
}

/* What ours gives for a layer, so that theirs can give it too; then nothing is known of it again. */
static void learn(int kind)
{
	start(kind);
	learning = differs = true;
	memset(cells, 0x55, sizeof cells);
	result = out;
	use(kind);
	assert_int_equal(theirs, 2);
	learning = differs = false;
	start(kind);
}

static void learn_and_trust(int kind)
{
	learn(kind);
	use(kind);
	assert_int_equal(ocr_network_layers(), 1);
	make(kind);
}

static void assert_result(void)
{
	assert_int_equal(out.bytes.rows, result.bytes.rows);
	assert_int_equal(out.bytes.columns, result.bytes.columns);
	assert_memory_equal(out_cells, cells, (size_t)out.bytes.rows * (size_t)out.bytes.columns);
}

/* ---------------------------------------------------------------- tests */

static void forward__first_use__both_then_ours_alone(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		learn(kind);
		use(kind);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, 1);
		assert_result();
		assert_int_equal(ocr_network_layers(), 1);
		make(kind);
		use(kind);
		assert_int_equal(theirs, 0);
		assert_int_equal(ours, 1);
		assert_result();
	}
}

static void forward__another_result__theirs_for_good(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		learn(kind);
		differs = true;
		use(kind);
		differs = false;
		assert_int_equal(theirs, 2);
		assert_int_equal(out_cells[0], cells[0] ^ 1);
		assert_int_equal(noise, kind == WINDOW ? 1 + NOISE : 1);
		assert_int_equal(ocr_network_layers(), 0);
		use(kind);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, 0);
	}
}

/* They may have taken other random numbers, or taken up other ones next. */
static void forward__random_numbers_elsewhere__theirs_for_good(void **state)
{
	(void)state;
	learn(WINDOW);
	layer.base.outputs = 9;
	step_more = 1;
	use(WINDOW);
	step_more = 0;
	assert_int_equal(ocr_network_layers(), 0);
	assert_int_equal(noise, 1 + NOISE + 1);
}

/* Of a layer that is trusted, and of one that is not known. */
static void assert_refused(int kind, void (*spoil)(void))
{
	for (int trusted = 0; trusted < 2; trusted++) {
		if (trusted)
			learn_and_trust(kind);
		else
			learn(kind);
		spoil();
		use(kind);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, 0);
		assert_int_equal(ocr_network_layers(), trusted);
	}
}

#define SPOIL(name, statement)                                                                                         \
	static void name(void)                                                                                         \
	{                                                                                                              \
		statement;                                                                                             \
	}

SPOIL(in_floats, in.whole = false)
SPOIL(while_it_learns, layer.base.training = 1)
SPOIL(two_pictures, in.map.shape[0] = 2)
SPOIL(no_height, in.map.shape[1] = height[0] = in.bytes.rows = 0)
SPOIL(no_width, in.map.shape[2] = in.map.steps[1] = width[0] = in.bytes.rows = 0)
SPOIL(two_heights, in.map.heights.end++)
SPOIL(another_height, height[0]--)
SPOIL(two_widths, in.map.widths.end++)
SPOIL(another_width, width[0]--)
SPOIL(wide_steps, in.map.steps[2] = 2)
SPOIL(long_rows, in.map.steps[1]++)
SPOIL(more_rows, in.bytes.rows++)
SPOIL(more_columns, in.bytes.columns++)
SPOIL(no_inputs, layer.base.inputs = in.bytes.columns = 0)
SPOIL(no_outputs, layer.base.outputs = 0)
SPOIL(inside_out, (layer.window.x = layer.window.y = -1, layer.base.outputs = 1))
SPOIL(too_wide, (layer.window.x = 65, layer.base.outputs = 131 * 3))
SPOIL(too_high, (layer.window.y = 65, layer.base.outputs = 131 * 3))
SPOIL(without_noise, layer.base.random = NULL)
SPOIL(another_window, layer.base.outputs = 10)
SPOIL(another_type, layer.base.type = TESS_TYPE_TANH + 1)
SPOIL(of_no_width, layer.rectangle.x = 0)
SPOIL(of_no_height, layer.rectangle.y = 0)
SPOIL(wider_than_the_picture, layer.rectangle.x = WIDTH + 1)
SPOIL(higher_than_the_picture, layer.rectangle.y = HEIGHT + 1)
SPOIL(another_output, layer.base.outputs = 3)
SPOIL(two_ways, layer.lstm.two_ways = true)
SPOIL(fed_back, layer.lstm.fed_back = 1)
SPOIL(softmax, layer.lstm.softmax = &noise)
SPOIL(more_states, (layer.lstm.states = 4, layer.lstm.sources = 8))
SPOIL(more_sources, layer.lstm.sources = 8)

static void forward__not_one_plain_picture__theirs(void **state)
{
	static void (*const spoils[])(void) = {in_floats,   while_it_learns, two_pictures, no_height,     no_width,
					       two_heights, another_height,  two_widths,   another_width, wide_steps,
					       long_rows,   more_rows,       more_columns, no_inputs,     no_outputs};

	(void)state;
	for (int kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < sizeof spoils / sizeof *spoils; i++)
			assert_refused(kind, spoils[i]);
}

static void forward__layer_of_another_kind__theirs(void **state)
{
	static const struct {
		int kind;
		void (*spoil)(void);
	} rows[] = {
	    {WINDOW, inside_out},
	    {WINDOW, too_wide},
	    {WINDOW, too_high},
	    {WINDOW, without_noise},
	    {WINDOW, another_window},
	    {CONNECTED, another_type},
	    {LARGEST, of_no_width},
	    {LARGEST, of_no_height},
	    {LARGEST, another_output},
	    {LARGEST, wider_than_the_picture},
	    {LARGEST, higher_than_the_picture},
	    {LSTM, another_type},
	    {LSTM, two_ways},
	    {LSTM, fed_back},
	    {LSTM, softmax},
	    {LSTM, more_states},
	    {LSTM, more_sources},
	    {SUMMARY, two_ways},
	    {SUMMARY, more_sources},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_refused(rows[i].kind, rows[i].spoil);
}

static void forward__asked_to_show_its_work__theirs(void **state)
{
	(void)state;
	learn_and_trust(LARGEST);
	theirs = ours = 0;
	forward_largest(&layer.base, true, &in, NULL, NULL, &out);
	assert_int_equal(theirs, 1);
	assert_int_equal(ours, 0);
}

static void forward__another_version__theirs(void **state)
{
	(void)state;
	learn(LARGEST);
	version = "5.3.1";
	for (int i = 0; i < 2; i++) {
		use(LARGEST);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, 0);
	}
	assert_int_equal(ocr_network_layers(), 0);
	version = TESS_VERSION;
}

/* The layer itself is always there: it is by its name that ours was found. */
static void forward__a_function_or_table_that_is_missing__theirs(void **state)
{
	(void)state;
	for (size_t i = LAYER_SYMBOLS; i < SYMBOLS; i++) {
		learn(LARGEST);
		missing = symbols[i].name;
		use(LARGEST);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, 0);
		assert_int_equal(ocr_network_layers(), 0);
		missing = NULL;
	}
}

static void forward__no_use__theirs(void **state)
{
	(void)state;
	learn_and_trust(LARGEST);
	ocr_network_use(false);
	use(LARGEST);
	ocr_network_use(true);
	assert_int_equal(theirs, 1);
	assert_int_equal(ours, 0);
}

/* What is the same in 24 places may be so by chance; once it is trusted a picture may have any size. */
static void forward__small_picture__tells_nothing(void **state)
{
	(void)state;
	for (int trusted = 0; trusted < 2; trusted++) {
		if (trusted)
			learn_and_trust(CONNECTED);
		else
			learn(CONNECTED);
		make_picture(4, 2);
		use(CONNECTED);
		assert_int_equal(theirs, !trusted);
		assert_int_equal(ours, trusted);
		assert_int_equal(ocr_network_layers(), trusted);
	}
}

static void forward__more_layers_than_are_kept__theirs(void **state)
{
	enum { MOST = 256 };
	static any_layer many[MOST + 1];

	(void)state;
	learn(LARGEST);
	for (int i = 0; i <= MOST; i++) {
		many[i] = layer;
		theirs = ours = 0;
		forward_largest(&many[i].base, false, &in, NULL, NULL, &out);
		assert_int_equal(theirs, 1);
		assert_int_equal(ours, i < MOST);
	}
	assert_int_equal(ocr_network_layers(), MOST);
}

/* The first, the second ... call of calloc() fails, until none is left to fail. */
static unsigned use_failing(int kind, void (*before)(int), unsigned layers)
{
	unsigned n = 0;

	for (;; n++) {
		before(kind);
		fail_at = n + 1;
		use(kind);
		fail_at = 0;
		assert_result();
		if (calls <= n)
			return n;
		assert_int_equal(theirs, 1);
		assert_int_equal(ocr_network_layers(), layers);
		/* with memory it goes on as if nothing had been */
		make(kind);
		use(kind);
		assert_int_equal(theirs, 1 - layers);
		assert_int_equal(ours, 1);
		assert_result();
	}
}

static void forward__no_memory__theirs_and_nothing_concluded(void **state)
{
	static const unsigned own[KINDS] = {0, 1, 1, 2, 2};

	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		assert_int_equal(use_failing(kind, learn, 0), own[kind] + 1); /* theirs is kept to compare */
		assert_int_equal(use_failing(kind, learn_and_trust, 1), own[kind]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forward__first_use__both_then_ours_alone),
	    cmocka_unit_test(forward__another_result__theirs_for_good),
	    cmocka_unit_test(forward__random_numbers_elsewhere__theirs_for_good),
	    cmocka_unit_test(forward__not_one_plain_picture__theirs),
	    cmocka_unit_test(forward__layer_of_another_kind__theirs),
	    cmocka_unit_test(forward__asked_to_show_its_work__theirs),
	    cmocka_unit_test(forward__another_version__theirs),
	    cmocka_unit_test(forward__a_function_or_table_that_is_missing__theirs),
	    cmocka_unit_test(forward__no_use__theirs),
	    cmocka_unit_test(forward__small_picture__tells_nothing),
	    cmocka_unit_test(forward__more_layers_than_are_kept__theirs),
	    cmocka_unit_test(forward__no_memory__theirs_and_nothing_concluded),
	};

	for (int i = 0; i < (int)(sizeof table / sizeof *table); i++)
		table[i] = (float)i / (float)(sizeof table / sizeof *table);
	return cmocka_run_group_tests_name("ocr_network_refusals", tests, NULL, NULL);
}
