#include "ocr_cmocka.h"

#include "ocr_gates.h"

#include <math.h>
#include <string.h>

enum { COUNT = 4099 }; /* not a multiple of what is done at once */

/* tanh and the logistic function of n/256, as Tesseract's tables have them. */
static float tanh_table[OCR_GATES_TABLE], logistic_table[OCR_GATES_TABLE];

static int make_tables(void **state)
{
	(void)state;
	for (int i = 0; i < OCR_GATES_TABLE; i++) {
		tanh_table[i] = (float)tanh(i / 256.0);
		logistic_table[i] = (float)(1 / (1 + exp(-i / 256.0)));
	}
	return 0;
}

/* Of every size, the ends of the tables, halves, and both zeros among them. */
static void fill(float *to, uint32_t seed)
{
	static const float special[] = {0.0F,         -0.0F,         1.0F,         -1.0F,        15.996F,
					15.99609375F, -15.99609375F, 16.0F,        -16.0F,       1e6F,
					-1e6F,        0.5F / 127,    -0.5F / 127,  1.5F / 127,   -2.5F / 127,
					1e-30F,       -1e-30F,       126.5F / 127, -126.5F / 127};
	static const float sizes[] = {0.01F, 1, 4, 20, 400};

	for (size_t i = 0; i < COUNT; i++)
		to[i] = ((float)(test_random(&seed) % 2000001) / 1000000 - 1) * sizes[i % 5];
	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		to[i * 31] = special[i];
}

static void functions__values__known(void **state)
{
	float x[] = {0.5F, -0.5F, 20, -20, 3.5F / 256};
	const ocr_gates *g = &ocr_gates_plain;

	(void)state;
	g->tanh(x, 5, tanh_table);
	assert_true(x[0] == tanh_table[128] && x[1] == -x[0] && x[2] == 1 && x[3] == -1);
	assert_true(x[4] > tanh_table[3] && x[4] < tanh_table[4]);
	memcpy(x, (float[]){0.5F, -0.5F, 20, -20, 0}, sizeof x);
	g->logistic(x, 5, logistic_table);
	assert_true(x[0] == logistic_table[128] && x[1] == 1 - x[0] && x[2] == 1 && x[3] == 0 && x[4] == 0.5F);
}

static void quantise__halves_and_ends__away_from_0_and_bounded(void **state)
{
	static const float in[] = {0, 0.25F / 127, 0.5F / 127, -0.5F / 127, 1.5F / 127, 1, -1, 7, -7};
	static const int8_t expected[] = {0, 0, 1, -1, 2, 127, -127, 127, -127};
	int8_t out[9];

	(void)state;
	ocr_gates_plain.quantise(out, in, 9);
	assert_memory_equal(out, expected, 9);
}

static void cells__step__keeps_and_bounds(void **state)
{
	float s[] = {2, 100, -100}, out[3];
	const float in[] = {0.5F, 1, -1}, gate[] = {0.5F, 1, 1}, open[] = {1, 1, 1};
	const ocr_cells c = {s, out, in, gate, gate, open, tanh_table};

	(void)state;
	ocr_gates_plain.cells(&c, 3);
	assert_true(s[0] == 1.25F && s[1] == 100 && s[2] == -100);
	assert_true(out[0] == tanh_table[320] && out[1] == 1 && out[2] == -1);
}

static void best__tables__bits_of_plain(void **state)
{
	static float a[COUNT], b[COUNT];

	(void)state;
	for (uint32_t seed = 1; seed <= 5; seed++) {
		fill(a, seed);
		fill(b, seed);
		ocr_gates_plain.tanh(a, COUNT, tanh_table);
		ocr_gates_best()->tanh(b, COUNT, tanh_table);
		assert_memory_equal(a, b, sizeof a);
		fill(a, seed);
		fill(b, seed);
		ocr_gates_plain.logistic(a, COUNT, logistic_table);
		ocr_gates_best()->logistic(b, COUNT, logistic_table);
		assert_memory_equal(a, b, sizeof a);
	}
}

static void best__bytes__those_of_plain(void **state)
{
	static float in[COUNT];
	static int8_t a[COUNT], b[COUNT], other[COUNT];

	(void)state;
	fill(in, 7);
	ocr_gates_plain.quantise(a, in, COUNT);
	ocr_gates_best()->quantise(b, in, COUNT);
	assert_memory_equal(a, b, sizeof a);
	for (size_t i = 0; i < COUNT; i++)
		other[i] = (int8_t)(i * 97);
	ocr_gates_plain.larger(a, other, COUNT);
	ocr_gates_best()->larger(b, other, COUNT);
	assert_memory_equal(a, b, sizeof a);
	for (size_t i = 0; i < COUNT; i++)
		assert_true(a[i] >= other[i]);
}

static void best__cells__those_of_plain(void **state)
{
	static float in[4][COUNT], s[2][COUNT], out[2][COUNT];

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		fill(in[i], 11 + i);
	for (int k = 0; k < 2; k++) {
		const ocr_cells c = {s[k], out[k], in[0], in[1], in[2], in[3], tanh_table};

		fill(s[k], 21);
		(k == 0 ? &ocr_gates_plain : ocr_gates_best())->cells(&c, COUNT);
	}
	assert_memory_equal(s[0], s[1], sizeof s[0]);
	assert_memory_equal(out[0], out[1], sizeof out[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(functions__values__known),
	    cmocka_unit_test(quantise__halves_and_ends__away_from_0_and_bounded),
	    cmocka_unit_test(cells__step__keeps_and_bounds),
	    cmocka_unit_test(best__tables__bits_of_plain),
	    cmocka_unit_test(best__bytes__those_of_plain),
	    cmocka_unit_test(best__cells__those_of_plain),
	};

	return cmocka_run_group_tests_name("ocr_gates", tests, make_tables, NULL);
}
