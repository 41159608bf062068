#include "deflate.h"

#include <stdlib.h>
#include <string.h>

enum {
	LITERALS = 256,
	END = 256,      /* symbol that ends a block */
	SYMBOLS = 286,  /* literals, end, lengths */
	LENGTHS = 19,   /* symbols of the code of the codes' lengths */
	CODE_BITS = 12, /* longest code of ours: four of them and the bits that are left fit 64 */
	LENGTH_BITS = 7,
	RUN = 12,       /* shortest run that is written as one; of 15 bytes on every one is found */
	REPEAT_MIN = 3, /* of one length symbol, without the byte that is repeated */
	REPEAT_MAX = 258,
	HEADER = 512, /* bytes that a block's header, end and last bits never reach */
};

typedef struct code {
	uint16_t bits[SYMBOLS]; /* first bit lowest */
	uint8_t length[SYMBOLS];
} code;

/* ---------------------------------------------------------------- codes */

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The symbols that occur, rarest first, as count * 2^16 + symbol: no two are equal. */
static unsigned sort_symbols(uint64_t *sorted, const uint32_t *counts, unsigned n)
{
	unsigned used = 0;

	for (unsigned i = 0; i < n; i++)
		if (counts[i] > 0)
			sorted[used++] = (uint64_t)counts[i] << 16 | i;
	qsort(sorted, used, sizeof *sorted, by_value);
	return used;
}

/* Depths of the leaves of Huffman's tree over sorted weights: two queues, of leaves and of what was joined. */
static void tree_depths(unsigned *depth, const uint64_t *sorted, unsigned leaves)
{
	uint64_t weight[2 * SYMBOLS];
	unsigned parent[2 * SYMBOLS] = {0};
	unsigned leaf = 0;
	unsigned joint = leaves;
	const unsigned nodes = 2 * leaves - 1;

	for (unsigned i = 0; i < leaves; i++)
		weight[i] = sorted[i] >> 16;
	for (unsigned next = leaves; next < nodes; next++) {
		weight[next] = 0;
		for (int child = 0; child < 2; child++) {
			const bool takes_leaf = leaf < leaves && (joint >= next || weight[leaf] <= weight[joint]);
			const unsigned c = takes_leaf ? leaf++ : joint++;
			weight[next] += weight[c];
			parent[c] = next;
		}
	}
	depth[nodes - 1] = 0;
	for (unsigned i = nodes - 1; i-- > 0;)
		depth[i] = depth[parent[i]] + 1;
}

/*
 * Codes longer than `most` are cut to it; as long as there are then too many codes, the longest of the shorter ones is
 * lengthened by a bit, which makes room for one of `most` beside it.
 */
static void limit_lengths(unsigned *of_length, unsigned most)
{
	uint32_t used = 0; /* of 2^most */

	for (unsigned l = 1; l <= most; l++)
		used += of_length[l] << (most - l);
	for (; used > 1u << most; used--) {
		unsigned l = most - 1;
		while (of_length[l] == 0)
			l--;
		of_length[most]--;
		of_length[l]--;
		of_length[l + 1] += 2;
	}
}

static void find_lengths(uint8_t *length, const uint32_t *counts, unsigned n, unsigned most)
{
	uint64_t sorted[SYMBOLS];
	unsigned depth[2 * SYMBOLS];
	unsigned of_length[CODE_BITS + 1] = {0};
	const unsigned used = sort_symbols(sorted, counts, n);
	unsigned at = 0;

	memset(length, 0, n);
	tree_depths(depth, sorted, used);
	for (unsigned i = 0; i < used; i++)
		of_length[depth[i] < most ? depth[i] : most]++;
	limit_lengths(of_length, most);
	for (unsigned l = most; l > 0; l--)
		for (unsigned k = 0; k < of_length[l]; k++)
			length[sorted[at++] & 0xffff] = (uint8_t)l;
}

static uint16_t reversed(uint32_t bits, unsigned length)
{
	uint32_t r = 0;

	for (unsigned i = 0; i < length; i++)
		r |= (bits >> i & 1) << (length - 1 - i);
	return (uint16_t)r;
}

/* RFC 1951, 3.2.2: codes in the order of length, then of symbol. */
static void make_code(code *c, const uint32_t *counts, unsigned n, unsigned most)
{
	uint32_t next = 0;

	find_lengths(c->length, counts, n, most);
	for (unsigned l = 1; l <= most; l++) {
		for (unsigned i = 0; i < n; i++)
			if (c->length[i] == l)
				c->bits[i] = reversed(next++, l);
		next <<= 1;
	}
}

/* ---------------------------------------------------------------- runs */

static uint64_t load8(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

/* Bytes from p on, up to end, that equal the one before p. */
static size_t repeated(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q = p;
	const uint64_t eight = p[-1] * UINT64_C(0x0101010101010101);

	while (end - q >= 8 && load8(q) == eight)
		q += 8;
	while (q < end && *q == p[-1])
		q++;
	return (size_t)(q - p);
}

/*
 * The next run at or after p: its first byte, and in *more how many equal ones follow; end when there is none. Looks
 * at every eighth place for eight equal bytes, so that bytes which are no run cost little.
 */
static const uint8_t *next_run(const uint8_t *p, const uint8_t *end, size_t *more)
{
	const uint8_t *q = p;

	while (end - q >= 8) {
		const uint64_t v = load8(q);
		const uint8_t *first = q;

		if (v != (v << 8 | v >> 56)) {
			q += 8;
			continue;
		}
		while (first > p && first[-1] == *q)
			first--;
		*more = (size_t)(q - first) + repeated(q + 1, end);
		if (*more + 1 >= RUN)
			return first;
		q = first + *more + 1;
	}
	*more = 0;
	return end;
}

/* How many of the bytes that are left go into the next length symbol; fewer than REPEAT_MIN are written out. */
static unsigned repeat_of(size_t more)
{
	return more < REPEAT_MAX ? (unsigned)more : REPEAT_MAX;
}

/* RFC 1951, 3.2.5. */
static unsigned length_symbol(unsigned repeat, unsigned *extra, unsigned *extra_bits)
{
	const unsigned n = repeat - REPEAT_MIN;

	*extra = *extra_bits = 0;
	if (repeat == REPEAT_MAX)
		return SYMBOLS - 1;
	if (n < 8)
		return END + 1 + n;
	*extra_bits = 29u - (unsigned)__builtin_clz(n);
	*extra = n & ((1u << *extra_bits) - 1);
	return END + 1 + 4 * *extra_bits + (n >> *extra_bits);
}

/* ---------------------------------------------------------------- counting */

/* Four tables: equal neighbours do not wait for each other. */
static void count_literals(uint32_t counts[4][SYMBOLS], const uint8_t *p, const uint8_t *end)
{
	for (; end - p >= 4; p += 4) {
		counts[0][p[0]]++;
		counts[1][p[1]]++;
		counts[2][p[2]]++;
		counts[3][p[3]]++;
	}
	while (p < end)
		counts[0][*p++]++;
}

static void count_symbols(uint32_t counts[4][SYMBOLS], const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		size_t more;
		const uint8_t *run = next_run(p, end, &more);

		count_literals(counts, p, run < end ? run + 1 : end);
		p = run + (run < end) + more;
		for (; more >= REPEAT_MIN; more -= repeat_of(more)) {
			unsigned extra, bits;
			counts[0][length_symbol(repeat_of(more), &extra, &bits)]++;
		}
		count_literals(counts, p - more, p);
	}
	for (unsigned i = 0; i < SYMBOLS; i++)
		counts[0][i] += counts[1][i] + counts[2][i] + counts[3][i];
	counts[0][END] = 1;
}

/* ---------------------------------------------------------------- writing */

typedef struct writer {
	uint64_t bits;
	unsigned count;
	unsigned char *at;
} writer;

/* Write the whole bytes; there is room for eight. */
static inline void spill(writer *w)
{
	for (unsigned i = 0; i < 8; i++)
		w->at[i] = (unsigned char)(w->bits >> (8 * i));
	w->at += w->count / 8;
	w->bits >>= w->count & ~7u;
	w->count &= 7;
}

static inline void put(writer *w, uint32_t bits, unsigned count)
{
	w->bits |= (uint64_t)bits << w->count;
	w->count += count;
}

static void put_number(writer *w, uint32_t n, unsigned count)
{
	put(w, n, count);
	spill(w);
}

static void put_literals(writer *w, const code *c, const uint8_t *p, const uint8_t *end)
{
	writer v = *w; /* in registers: what is stored through at might be anything */

	for (; end - p >= 4; p += 4) {
		for (unsigned i = 0; i < 4; i++)
			put(&v, c->bits[p[i]], c->length[p[i]]);
		spill(&v);
	}
	for (; p < end; p++) {
		put(&v, c->bits[*p], c->length[*p]);
		spill(&v);
	}
	*w = v;
}

static void put_repeat(writer *w, const code *c, unsigned repeat)
{
	unsigned extra, extra_bits;
	const unsigned symbol = length_symbol(repeat, &extra, &extra_bits);

	put(w, c->bits[symbol], c->length[symbol]);
	put(w, extra, extra_bits);
	put(w, 0, 1); /* distance 1, the only one */
	spill(w);
}

static void put_symbols(writer *w, const code *c, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		size_t more;
		const uint8_t *run = next_run(p, end, &more);

		put_literals(w, c, p, run < end ? run + 1 : end);
		p = run + (run < end) + more;
		for (; more >= REPEAT_MIN; more -= repeat_of(more))
			put_repeat(w, c, repeat_of(more));
		put_literals(w, c, p - more, p);
	}
	put_number(w, c->bits[END], c->length[END]);
}

/* RFC 1951, 3.2.7, with every length written out: runs of lengths would save little. */
static void put_codes(writer *w, const code *c)
{
	static const uint8_t order[LENGTHS] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	uint32_t counts[LENGTHS] = {0};
	code lengths = {0};
	unsigned n = LENGTHS;

	for (unsigned i = 0; i < SYMBOLS; i++)
		counts[c->length[i]]++;
	counts[1]++; /* the one distance */
	make_code(&lengths, counts, LENGTHS, LENGTH_BITS);
	while (lengths.length[order[n - 1]] == 0)
		n--;
	put_number(w, SYMBOLS - 257, 5);
	put_number(w, 0, 5);
	put_number(w, n - 4, 4);
	for (unsigned i = 0; i < n; i++)
		put_number(w, lengths.length[order[i]], 3);
	for (unsigned i = 0; i < SYMBOLS; i++)
		put_number(w, lengths.bits[c->length[i]], lengths.length[c->length[i]]);
	put_number(w, lengths.bits[1], lengths.length[1]);
}

void assay_deflate_block(assay_buf *out, assay_bits *b, const uint8_t *data, size_t n, bool last)
{
	const size_t most = n / 2 * 3 + HEADER; /* CODE_BITS a byte */
	uint32_t counts[4][SYMBOLS] = {0};
	writer w = {b->bits, b->count, assay_buf_extend(out, most)};
	code c = {0};

	if (w.at == NULL)
		return;
	count_symbols(counts, data, data + n);
	make_code(&c, counts[0], SYMBOLS, CODE_BITS);
	put_number(&w, last, 1);
	put_number(&w, 2, 2); /* codes of its own */
	put_codes(&w, &c);
	put_symbols(&w, &c, data, data + n);
	if (last)
		w.count = (w.count + 7) & ~7u;
	spill(&w);
	out->len = (size_t)(w.at - out->data);
	b->bits = w.bits;
	b->count = w.count;
}
