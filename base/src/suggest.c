#include "assay/suggest.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 63
#define FAR          3 /* beyond that many slips, a guess is noise */

static unsigned min2(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned row_step(const char *a, const char *b, size_t i, size_t j, unsigned rows[3][NAME_MAX_LEN + 1])
{
	unsigned d = rows[1][j - 1] + (a[i - 1] != b[j - 1]);

	d = min2(d, min2(rows[1][j], rows[2][j - 1]) + 1);
	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		d = min2(d, rows[0][j - 2] + 1);
	return d;
}

/* Optimal string alignment by the usual table, of which three rows are alive at a time. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][NAME_MAX_LEN + 1] = {0};

	for (size_t j = 0; j <= nb; j++)
		rows[2][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		memmove(rows[0], rows[1], 2 * sizeof(rows[0]));
		rows[2][0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++)
			rows[2][j] = row_step(a, b, i, j, rows);
	}
	return rows[2][nb];
}

void assay_suggest_init(assay_suggest *s, const char *wanted)
{
	*s = (assay_suggest){.wanted = wanted, .distance = FAR + 1};
}

void assay_suggest_offer(assay_suggest *s, const char *candidate)
{
	const size_t na = strlen(s->wanted), nb = strlen(candidate);
	const size_t longer = na > nb ? na : nb;
	unsigned d;

	if (longer > NAME_MAX_LEN)
		return;
	d = distance(s->wanted, na, candidate, nb);
	/* One slip in three letters still looks like the same word; a word of which nothing is left does not. */
	if (d < s->distance && d <= (longer + 2) / 3 && (d < longer || longer == 0)) {
		s->best = candidate;
		s->distance = d;
	}
}

const char *assay_suggest_text(const assay_suggest *s, char *out, size_t size)
{
	int n = 0;

	if (size == 0)
		return "";
	out[0] = '\0';
	if (s->best != NULL)
		n = snprintf(out, size, ", did you mean '%s'?", s->best);
	if (n < 0 || (size_t)n >= size) /* half a hint misleads */
		out[0] = '\0';
	return out;
}
