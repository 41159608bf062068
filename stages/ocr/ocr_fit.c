#include "ocr_fit.h"

#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ONE       OCR_EVIDENCE_ONE
#define RIDGE     0.01 /* of weights, where the mean weight of a page is 1 */
#define SPREAD    0.02 /* errors of estimates grow with this and the truth */
#define ROUNDS    400
#define BIN_PAGES 60
#define OWN_BINS  20 /* pages from which on a calibration has intervals of its own */
#define FOLDS     5
#define NEAR      100000

/* What may become a term; the fit leaves those out whose weight is 0. */
static const struct candidate {
	int evidence;
	int64_t upto;
	double drawn; /* the weight that few pages leave it at: what the evidence means */
	double least; /* no weight below: there are next to no pages that speak for it, and all do */
} candidates[] = {
    {OCR_KNOWN, ONE, 0, 0},           {OCR_KNOWN + 1, ONE, 0, 0},
    {OCR_KNOWN + 2, ONE, 0, 0},       {OCR_KNOWN + 3, ONE, 0, 0},
    {OCR_UNKNOWN, ONE, 0, 0},         {OCR_UNKNOWN + 1, ONE, 0, 0},
    {OCR_UNKNOWN + 2, ONE, 0, 0},     {OCR_UNKNOWN + 3, ONE, 0, 0},
    {OCR_OTHER, ONE, 0, 0},           {OCR_OTHER + 1, ONE, 0, 0},
    {OCR_OTHER + 2, ONE, 0, 0},       {OCR_OTHER + 3, ONE, 0, 0},
    {OCR_ODD, 50000, 0, 0},           {OCR_SHORT, 100000, 0, 0},
    {OCR_UNREAD, 50000, 0.6, 0},      {OCR_CUT, ONE, 0.1, 0},
    {OCR_REPEATED, ONE, 0.1, 0},      {OCR_FEW, ONE, 0.05, 0.05},
    {OCR_ALONE, ONE, 0, 0},           {OCR_CAPITALS, ONE, 0, 0},
    {OCR_UNKNOWN_SMALL, ONE, 0, 0},   {OCR_KNOWN_SHORT, ONE, 0, 0},
    {OCR_STRAY, 300000, 1.5, 0},      {OCR_DARK, ONE, 0.4, 0},
    {OCR_APART, 50000, 0.3, 0},       {OCR_DIFFERENT, ONE, 0.3, 0},
    {OCR_MOVED, 50000, 0, 0},         {OCR_UNKNOWN_DIFFERENT, ONE, 0, 0},
    {OCR_OTHER_DIFFERENT, ONE, 0, 0},
};

#define CANDIDATES (ASSAY_COUNT(candidates) + 1) /* and the constant */

typedef struct equations {
	double a[CANDIDATES][CANDIDATES], b[CANDIDATES];
} equations;

static double share_of(const ocr_evidence *e, size_t candidate)
{
	const int64_t s = e->share[candidates[candidate].evidence];

	return (double)(s < candidates[candidate].upto ? s : candidates[candidate].upto) / ONE;
}

/* Which pages a fit is made of. */
typedef struct part {
	const ocr_fit_page *pages;
	size_t count;
	bool reread, twice;
	bool leave; /* leave pages of `group` out */
	uint32_t group;
	uint32_t families; /* 1: groups are fifths */
	double *balance;   /* by family: no family counts for more than the root of its pages */
} part;

static uint32_t group_of(const part *p, size_t page)
{
	return p->families > 1 ? p->pages[page].family : (uint32_t)(page % FOLDS);
}

static bool is_of(const part *p, size_t page)
{
	const ocr_evidence *e = &p->pages[page].evidence;

	return e->reread == p->reread && (!p->twice || e->twice);
}

static bool takes(const part *p, size_t page)
{
	return is_of(p, page) && (!p->leave || group_of(p, page) != p->group);
}

/* Pages that the part is for, but for those left out. */
static size_t count_of(const part *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += takes(p, i);
	return n;
}

static double truth_of(const ocr_fit_page *p)
{
	return (double)(p->truth < ONE ? p->truth : ONE) / ONE;
}

/* Errors of good pages weigh more: what is to be told apart lies about 2 %. */
static double weight_of(const part *p, size_t page)
{
	const double spread = truth_of(&p->pages[page]) + SPREAD;

	return p->balance[p->pages[page].family] / (spread * spread);
}

static void add_page(equations *s, const part *p, size_t page, double weight)
{
	const size_t n = CANDIDATES;
	double x[CANDIDATES];

	for (size_t i = 0; i + 1 < n; i++)
		x[i] = ocr_evidence_has(candidates[i].evidence, p->reread, p->twice)
			   ? share_of(&p->pages[page].evidence, i)
			   : 0;
	x[n - 1] = 1;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			s->a[i][j] += weight * x[i] * x[j];
		s->b[i] += weight * x[i] * truth_of(&p->pages[page]);
	}
}

static void descend(double x[CANDIDATES], const equations *s)
{
	double least[CANDIDATES] = {0};

	for (size_t i = 0; i + 1 < CANDIDATES; i++)
		least[i] = candidates[i].least;
	memcpy(x, least, sizeof least);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < CANDIDATES; i++) {
			double rest = s->b[i];

			for (size_t j = 0; j < CANDIDATES; j++)
				rest -= j == i ? 0 : s->a[i][j] * x[j];
			rest = s->a[i][i] > 0 ? rest / s->a[i][i] : 0;
			x[i] = rest > least[i] ? rest : least[i];
		}
	}
}

static int64_t millionths(double x)
{
	return x > 100 ? (int64_t)100 * ONE : (int64_t)(x * ONE + 0.5);
}

static void fit_terms(ocr_estimate_part *out, const part *p)
{
	equations s = {0};
	double x[CANDIDATES], sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++) {
		sum += takes(p, i) ? weight_of(p, i) : 0;
		n += takes(p, i);
	}
	for (size_t i = 0; i < p->count; i++)
		if (takes(p, i))
			add_page(&s, p, i, weight_of(p, i) * (double)n / sum);
	for (size_t i = 0; i + 1 < CANDIDATES; i++) {
		s.a[i][i] += RIDGE;
		s.b[i] += RIDGE * candidates[i].drawn;
	}
	descend(x, &s);
	*out = (ocr_estimate_part){.scale = ONE, .constant = millionths(x[CANDIDATES - 1])};
	if (out->constant > ONE)
		out->constant = ONE;
	for (size_t i = 0; i + 1 < CANDIDATES; i++)
		if (millionths(x[i]) > 0 && ocr_evidence_has(candidates[i].evidence, p->reread, p->twice))
			out->terms[out->term_count++] =
			    (ocr_estimate_term){candidates[i].evidence, candidates[i].upto, millionths(x[i])};
	if (out->term_count == 0)
		out->terms[out->term_count++] = (ocr_estimate_term){OCR_KNOWN, ONE, 0};
}

/* Scale and offset near 1 and 0: as if ten pages more had said so. */
static void fit_scale(ocr_estimate_part *out, const ocr_estimate_part *base, const part *p)
{
	double a = 0, b = 0, c = 0, u = 0, v = 0, sum = 0, det;
	size_t n = 0;

	*out = *base;
	for (size_t i = 0; i < p->count; i++) {
		sum += takes(p, i) ? weight_of(p, i) : 0;
		n += takes(p, i);
	}
	for (size_t i = 0; i < p->count; i++) {
		const double x = (double)ocr_estimate_sum(base, &p->pages[i].evidence) / ONE;
		const double w = takes(p, i) ? weight_of(p, i) * (double)n / sum : 0;

		a += w * x * x;
		b += w * x;
		c += w;
		u += w * x * truth_of(&p->pages[i]);
		v += w * truth_of(&p->pages[i]);
	}
	a += 10 * 0.05 * 0.05;
	u += 10 * 0.05 * 0.05 * (double)base->scale / ONE;
	c += 10;
	v += 10 * (double)base->offset / ONE;
	det = a * c - b * b;
	out->scale = det > 0 && u * c > b * v ? millionths((u * c - b * v) / det) : base->scale;
	if (out->scale < 1)
		out->scale = 1;
	v = det > 0 ? (a * v - b * u) / det : 0;
	out->offset = v < -1 ? -ONE : v > 1 ? ONE : v < 0 ? -millionths(-v) : millionths(v);
}

static void fit_part(ocr_estimate_part *out, const ocr_estimate_part *base, const part *p)
{
	if (base != NULL)
		fit_scale(out, base, p);
	else
		fit_terms(out, p);
}

/* ---------------------------------------------------------------- intervals */

typedef struct pair {
	int64_t rate, truth;
	uint32_t group;
} pair;

static int by_rate(const void *x, const void *y)
{
	const pair *a = x, *b = y;

	return a->rate != b->rate ? (a->rate > b->rate) - (a->rate < b->rate)
				  : (a->truth > b->truth) - (a->truth < b->truth);
}

static int by_value(const void *x, const void *y)
{
	const int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a > b) - (a < b);
}

/* The 5th and 95th percentile of what the truth is beyond the estimate, with one page more on either side. */
static void add_bin(ocr_estimate_part *out, const pair *p, size_t n, int64_t upto, int64_t *residuals)
{
	size_t k = ((n + 1) * 95 + 99) / 100;
	ocr_estimate_bin b = {.upto = upto};

	for (size_t i = 0; i < n; i++)
		residuals[i] = p[i].truth - p[i].rate;
	qsort(residuals, n, sizeof *residuals, by_value);
	k = k > n ? n : k;
	b.high = residuals[k - 1] > 0 ? residuals[k - 1] : 0;
	b.low = residuals[n - k] < 0 ? residuals[n - k] : 0;
	out->bins[out->bin_count++] = b;
}

/* Bins of equally many pages by their estimates, of all pairs but those of a group. Sorts the pairs. */
static assay_code fit_bins(ocr_estimate_part *out, pair *pairs, size_t count, bool leave, uint32_t group,
			   assay_err *err)
{
	ASSAY_AUTO_FREE pair *p = assay_alloc(count, sizeof *p);
	ASSAY_AUTO_FREE int64_t *residuals = assay_alloc(count, sizeof *residuals);
	size_t n = 0, bins, from = 0;

	if (p == NULL || residuals == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "intervals");
	for (size_t i = 0; i < count; i++)
		if (!leave || pairs[i].group != group)
			p[n++] = pairs[i];
	qsort(p, n, sizeof *p, by_rate);
	out->bin_count = 0;
	bins = n / BIN_PAGES > OCR_ESTIMATE_BINS ? OCR_ESTIMATE_BINS : n / BIN_PAGES;
	for (size_t i = 1; i < bins; i++) {
		const size_t to = i * n / bins;

		if (to - from < BIN_PAGES / 2 || p[to - 1].rate == p[to].rate)
			continue;
		add_bin(out, p + from, to - from, p[to - 1].rate < 1 ? 1 : p[to - 1].rate, residuals);
		if (out->bin_count > 1 && out->bins[out->bin_count - 2].upto >= out->bins[out->bin_count - 1].upto)
			out->bin_count--;
		else
			from = to;
	}
	if (n == 0)
		out->bins[out->bin_count++] = (ocr_estimate_bin){ONE, -ONE, ONE};
	else
		add_bin(out, p + from, n - from, ONE, residuals);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- families left out */

static uint32_t groups_of(const part *p)
{
	return p->families > 1 ? p->families : FOLDS;
}

static void keep(ocr_fit_page *page, bool twice, ocr_estimate e)
{
	if (!twice)
		page->once = e;
	page->twice = e;
}

/* Each page by a model of the others, first without intervals, then with those of the others. */
static assay_code leave_out(ocr_estimate_part *whole, const ocr_estimate_part *base, part *p, ocr_fit_page *pages,
			    assay_err *err)
{
	ASSAY_AUTO_FREE pair *pairs = assay_alloc(p->count, sizeof *pairs);
	const bool own = base == NULL || count_of(p) >= OWN_BINS;
	ocr_estimate_part model = {0};
	size_t n = 0;
	assay_code rc = ASSAY_OK;

	if (pairs == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "pages left out");
	for (p->group = 0; p->group < groups_of(p); p->group++) {
		p->leave = true;
		fit_part(&model, base, p);
		if (model.bin_count == 0)
			model.bins[model.bin_count++] = (ocr_estimate_bin){ONE, 0, 0};
		for (size_t i = 0; i < p->count; i++) {
			if (group_of(p, i) != p->group || !is_of(p, i))
				continue;
			keep(&pages[i], p->twice, ocr_estimate_by(&model, &pages[i].evidence));
			pairs[n++] = (pair){pages[i].twice.rate, pages[i].truth, p->group};
		}
	}
	for (uint32_t g = 0; own && g < groups_of(p) && rc == ASSAY_OK; g++) {
		rc = fit_bins(&model, pairs, n, true, g, err);
		for (size_t i = 0; i < p->count && rc == ASSAY_OK; i++) {
			ocr_estimate_part flat = {.scale = ONE, .constant = pages[i].twice.rate};

			if (group_of(p, i) != g || !is_of(p, i))
				continue;
			memcpy(flat.bins, model.bins, sizeof flat.bins);
			flat.bin_count = model.bin_count;
			keep(&pages[i], p->twice, ocr_estimate_by(&flat, &pages[i].evidence));
		}
	}
	return rc == ASSAY_OK && own ? fit_bins(whole, pairs, n, false, 0, err) : rc;
}

static assay_code fit_way(ocr_estimate_part *out, const ocr_estimate_part *base, part *p, ocr_fit_page *pages,
			  assay_err *err)
{
	size_t n;

	p->leave = false;
	n = count_of(p);
	if (n < OCR_FIT_PAGES_MIN)
		return ASSAY_RAISE(err, ASSAY_EEMPTY, "%zu pages%s%s: a fit needs at least %d", n,
				   p->twice ? " recognised twice" : "", p->reread ? " with lines read again" : "",
				   OCR_FIT_PAGES_MIN);
	fit_part(out, base, p);
	return leave_out(out, base, p, pages, err);
}

/* Both parts for pages whose lines were read again, or for the others. */
static assay_code fit_ways(ocr_estimate_model *out, const ocr_estimate_model *base, part *p, ocr_fit_page *pages,
			   assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (int twice = 0; twice < 2 && rc == ASSAY_OK; twice++) {
		const int kind = ocr_estimate_part_of(p->reread, twice);

		p->twice = twice;
		rc = fit_way(&out->parts[kind], base != NULL ? &base->parts[kind] : NULL, p, pages, err);
	}
	return rc;
}

/* There are no pages for the part: as the base has it, or by the terms that it shares with the other. */
static void borrow(ocr_estimate_model *out, const ocr_estimate_model *base, bool reread, bool twice)
{
	const int kind = ocr_estimate_part_of(reread, twice);
	const ocr_estimate_part *from = &out->parts[ocr_estimate_part_of(!reread, twice)];
	ocr_estimate_part *to = &out->parts[kind];

	if (base != NULL) {
		*to = base->parts[kind];
		return;
	}
	*to = *from;
	to->term_count = 0;
	for (size_t i = 0; i < from->term_count; i++)
		if (ocr_evidence_has(from->terms[i].evidence, reread, twice))
			to->terms[to->term_count++] = from->terms[i];
	if (to->term_count == 0)
		to->terms[to->term_count++] = (ocr_estimate_term){OCR_KNOWN, ONE, 0};
}

static assay_code fit_all(ocr_estimate_model *out, const ocr_estimate_model *base, part *p, ocr_fit_page *pages,
			  assay_err *err)
{
	bool any[2] = {false, false};
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < p->count; i++)
		any[pages[i].evidence.reread] = true;
	any[false] = any[false] || !any[true];
	for (int reread = 0; reread < 2 && rc == ASSAY_OK; reread++) {
		p->reread = reread;
		rc = any[reread] ? fit_ways(out, base, p, pages, err) : ASSAY_OK;
	}
	for (int way = 0; way < 4 && rc == ASSAY_OK; way++)
		if (!any[way / 2])
			borrow(out, base, way / 2, way % 2);
	return rc;
}

static uint32_t count_families(const ocr_fit_page *pages, size_t count)
{
	uint32_t n = 0;

	for (size_t i = 0; i < count; i++)
		n = pages[i].family >= n ? pages[i].family + 1 : n;
	return n;
}

assay_code ocr_fit(ocr_estimate_model *out, ocr_fit_page *pages, size_t count, const ocr_estimate_model *base,
		   int64_t bound, assay_err *err)
{
	const uint32_t families = count_families(pages, count);
	ASSAY_AUTO_FREE uint32_t *sizes = assay_alloc(families, sizeof *sizes);
	ASSAY_AUTO_FREE double *balance = assay_alloc(families, sizeof *balance);
	part p = {.pages = pages, .count = count, .families = families, .balance = balance};
	assay_code rc;

	*out = (ocr_estimate_model){0};
	if (sizes == NULL || balance == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "families");
	for (size_t i = 0; i < count; i++)
		sizes[pages[i].family]++;
	for (uint32_t f = 0; f < families; f++)
		balance[f] = sizes[f] > 0 ? 1 / sqrt(sizes[f]) : 0;
	ASSAY_TRY(fit_all(out, base, &p, pages, err));
	for (size_t i = 0; i < count; i++)
		pages[i].doubted = ocr_estimate_doubts(&pages[i].once, bound);
fail:
	return rc;
}

/* ---------------------------------------------------------------- how good it is */

ocr_estimate ocr_fit_chosen(const ocr_fit_page *p, ocr_fit_pass pass)
{
	return pass == OCR_FIT_ONCE || (pass == OCR_FIT_DOUBT && !p->doubted) ? p->once : p->twice;
}

static void count_page(ocr_fit_quality *q, int64_t truth, ocr_estimate e, int64_t bound)
{
	const bool good = truth <= bound;

	q->pages++;
	q->good += good;
	q->certified += e.rate < bound;
	q->false_ones += e.rate < bound && !good;
	q->sure += e.high < bound;
	q->false_sure += e.high < bound && !good;
	q->covered += truth >= e.low && truth <= e.high;
	if (truth <= NEAR) {
		q->near++;
		q->error += truth > e.rate ? truth - e.rate : e.rate - truth;
	}
}

/* Mann and Whitney's: over sorted pairs, equal estimates count for half. */
static int64_t auc_of(pair *p, size_t n, int64_t bound)
{
	uint64_t good = 0, bad = 0, halves = 0;

	qsort(p, n, sizeof *p, by_rate);
	for (size_t i = 0, j; i < n; i = j) {
		uint64_t g = 0, b = 0;

		for (j = i; j < n && p[j].rate == p[i].rate; j++) {
			g += p[j].truth <= bound;
			b += p[j].truth > bound;
		}
		halves += b * (2 * good + g);
		good += g;
		bad += b;
	}
	return good == 0 || bad == 0 ? -1 : (int64_t)(halves * 5000 / (good * bad));
}

assay_code ocr_fit_quality_of(ocr_fit_quality *out, const ocr_fit_page *pages, size_t count, uint32_t family,
			      ocr_fit_pass pass, int64_t bound, assay_err *err)
{
	ASSAY_AUTO_FREE pair *pairs = assay_alloc(count, sizeof *pairs);
	size_t n = 0;

	*out = (ocr_fit_quality){0};
	if (pairs == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "quality of the fit");
	for (size_t i = 0; i < count; i++) {
		if (family != UINT32_MAX && pages[i].family != family)
			continue;
		const ocr_estimate e = ocr_fit_chosen(&pages[i], pass);
		const int64_t truth = pages[i].truth < ONE ? pages[i].truth : ONE;

		count_page(out, truth, e, bound);
		pairs[n++] = (pair){e.rate, truth, 0};
	}
	out->error = out->near > 0 ? out->error / (int64_t)out->near : 0;
	out->auc = auc_of(pairs, n, bound);
	return ASSAY_OK;
}
