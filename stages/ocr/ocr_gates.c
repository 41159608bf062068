#include "ocr_gates.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SCALE      256.0F
#define STATE_MOST 100.0F

/* ---------------------------------------------------------------- plain */

/* x is not below 0. */
static float look_up(float x, const float *table)
{
	const float scaled = x * SCALE;
	const float bounded = scaled < OCR_GATES_TABLE ? scaled : OCR_GATES_TABLE;
	const unsigned i = (unsigned)bounded;

	return i >= OCR_GATES_TABLE - 1 ? 1.0F : table[i] + (table[i + 1] - table[i]) * (scaled - (float)i);
}

static float tanh_of(float x, const float *table)
{
	return x < 0 ? -look_up(-x, table) : look_up(x, table);
}

static void plain_tanh(float *inout, size_t count, const float *table)
{
	for (size_t i = 0; i < count; i++)
		inout[i] = tanh_of(inout[i], table);
}

static void plain_logistic(float *inout, size_t count, const float *table)
{
	for (size_t i = 0; i < count; i++)
		inout[i] = inout[i] < 0 ? 1.0F - look_up(-inout[i], table) : look_up(inout[i], table);
}

static void plain_cells(const ocr_cells *c, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const float kept = c->state[i] * c->gate_keep[i];
		const float s = kept + c->in[i] * c->gate_in[i];

		c->state[i] = s < -STATE_MOST ? -STATE_MOST : s > STATE_MOST ? STATE_MOST : s;
		c->out[i] = tanh_of(c->state[i], c->tanh) * c->gate_out[i];
	}
}

static int8_t quantised(float x)
{
	const float scaled = x * INT8_MAX;
	const int n = scaled >= 0 ? (int)(scaled + 0.5F) : -(int)(-scaled + 0.5F);

	return (int8_t)(n > INT8_MAX ? INT8_MAX : n < -INT8_MAX ? -INT8_MAX : n);
}

static void plain_quantise(int8_t *out, const float *in, size_t count)
{
	for (size_t i = 0; i < count; i++)
		out[i] = quantised(in[i]);
}

static void plain_larger(int8_t *inout, const int8_t *other, size_t count)
{
	for (size_t i = 0; i < count; i++)
		inout[i] = other[i] > inout[i] ? other[i] : inout[i];
}

const ocr_gates ocr_gates_plain = {plain_tanh, plain_logistic, plain_cells, plain_quantise, plain_larger};

/* ---------------------------------------------------------------- AVX2: eight at a time, the rest plain */

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))

/* An entry and the one behind it, for each of four indices; by loads of their own, which are faster than a gather. */
AVX2 static inline __m256 pairs_4(const float *table, const uint32_t *i, size_t a, size_t b, size_t c, size_t d)
{
	const __m128 none = _mm_setzero_ps();
	const __m128 low = _mm_loadh_pi(_mm_loadl_pi(none, (const __m64 *)(const void *)(table + i[a])),
					(const __m64 *)(const void *)(table + i[b]));
	const __m128 high = _mm_loadh_pi(_mm_loadl_pi(none, (const __m64 *)(const void *)(table + i[c])),
					 (const __m64 *)(const void *)(table + i[d]));

	return _mm256_set_m128(high, low);
}

/* The sign aside. A number too large for an index becomes the most negative one, which is the largest without sign. */
AVX2 static inline __m256 look_up_8(__m256 x, const float *table)
{
	const __m256i last = _mm256_set1_epi32(OCR_GATES_TABLE - 1);
	const __m256 scaled = _mm256_mul_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0F), x), _mm256_set1_ps(SCALE));
	const __m256i wanted = _mm256_cvttps_epi32(scaled);
	const __m256i beyond = _mm256_cmpeq_epi32(_mm256_max_epu32(wanted, last), wanted);
	const __m256i i = _mm256_min_epu32(wanted, _mm256_set1_epi32(OCR_GATES_TABLE - 2));
	uint32_t at[8];

	_mm256_storeu_si256((__m256i *)(void *)at, i);
	/* in the order in which the shuffles take the halves apart again */
	const __m256 a = pairs_4(table, at, 0, 1, 4, 5), b = pairs_4(table, at, 2, 3, 6, 7);
	const __m256 low = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(2, 0, 2, 0));
	const __m256 high = _mm256_shuffle_ps(a, b, _MM_SHUFFLE(3, 1, 3, 1));
	const __m256 part = _mm256_sub_ps(scaled, _mm256_cvtepi32_ps(i));
	const __m256 between = _mm256_add_ps(low, _mm256_mul_ps(_mm256_sub_ps(high, low), part));

	return _mm256_blendv_ps(between, _mm256_set1_ps(1.0F), _mm256_castsi256_ps(beyond));
}

AVX2 static inline __m256 below_0(__m256 x)
{
	return _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ);
}

AVX2 static inline __m256 tanh_8(__m256 x, const float *table)
{
	return _mm256_xor_ps(look_up_8(x, table), _mm256_and_ps(below_0(x), _mm256_set1_ps(-0.0F)));
}

AVX2 static inline __m256 logistic_8(__m256 x, const float *table)
{
	const __m256 y = look_up_8(x, table);

	return _mm256_blendv_ps(y, _mm256_sub_ps(_mm256_set1_ps(1.0F), y), below_0(x));
}

AVX2 static void avx2_tanh(float *inout, size_t count, const float *table)
{
	size_t i = 0;

	for (; i + 8 <= count; i += 8)
		_mm256_storeu_ps(inout + i, tanh_8(_mm256_loadu_ps(inout + i), table));
	plain_tanh(inout + i, count - i, table);
}

AVX2 static void avx2_logistic(float *inout, size_t count, const float *table)
{
	size_t i = 0;

	for (; i + 8 <= count; i += 8)
		_mm256_storeu_ps(inout + i, logistic_8(_mm256_loadu_ps(inout + i), table));
	plain_logistic(inout + i, count - i, table);
}

AVX2 static void avx2_cells(const ocr_cells *c, size_t count)
{
	const __m256 most = _mm256_set1_ps(STATE_MOST), least = _mm256_set1_ps(-STATE_MOST);
	size_t i = 0;

	for (; i + 8 <= count; i += 8) {
		const __m256 kept = _mm256_mul_ps(_mm256_loadu_ps(c->state + i), _mm256_loadu_ps(c->gate_keep + i));
		const __m256 put = _mm256_mul_ps(_mm256_loadu_ps(c->in + i), _mm256_loadu_ps(c->gate_in + i));
		const __m256 s = _mm256_max_ps(least, _mm256_min_ps(most, _mm256_add_ps(kept, put)));

		_mm256_storeu_ps(c->state + i, s);
		_mm256_storeu_ps(c->out + i, _mm256_mul_ps(tanh_8(s, c->tanh), _mm256_loadu_ps(c->gate_out + i)));
	}
	const ocr_cells rest = {c->state + i,     c->out + i,      c->in + i, c->gate_in + i,
				c->gate_keep + i, c->gate_out + i, c->tanh};

	plain_cells(&rest, count - i);
}

AVX2 static inline __m256i quantised_8(const float *in)
{
	const __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(in), _mm256_set1_ps(INT8_MAX));
	const __m256 size = _mm256_andnot_ps(_mm256_set1_ps(-0.0F), scaled);
	const __m256i n = _mm256_cvttps_epi32(_mm256_add_ps(size, _mm256_set1_ps(0.5F)));

	return _mm256_sign_epi32(_mm256_min_epi32(n, _mm256_set1_epi32(INT8_MAX)), _mm256_castps_si256(scaled));
}

AVX2 static void avx2_quantise(int8_t *out, const float *in, size_t count)
{
	size_t i = 0;

	for (; i + 8 <= count; i += 8) {
		const __m256i n = quantised_8(in + i);
		const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(n), _mm256_extracti128_si256(n, 1));

		_mm_storel_epi64((__m128i *)(void *)(out + i), _mm_packs_epi16(words, words));
	}
	plain_quantise(out + i, in + i, count - i);
}

AVX2 static void avx2_larger(int8_t *inout, const int8_t *other, size_t count)
{
	size_t i = 0;

	for (; i + 16 <= count; i += 16) {
		__m128i *const at = (__m128i *)(void *)(inout + i);
		const __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(other + i));

		_mm_storeu_si128(at, _mm_max_epi8(_mm_loadu_si128(at), b));
	}
	plain_larger(inout + i, other + i, count - i);
}

static const ocr_gates avx2 = {avx2_tanh, avx2_logistic, avx2_cells, avx2_quantise, avx2_larger};
#endif

const ocr_gates *ocr_gates_best(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return &avx2;
#endif
	return &ocr_gates_plain;
}
