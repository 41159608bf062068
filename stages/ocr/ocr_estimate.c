#include "ocr_estimate.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ONE        ((int64_t)OCR_EVIDENCE_ONE)
#define WEIGHT_MAX ((int64_t)100 * ONE)
#define WORDS_MAX  5

const char *const ocr_estimate_part_names[OCR_PARTS] = {"once", "twice", "reread_once", "reread_twice"};

/* ---------------------------------------------------------------- estimating */

int64_t ocr_estimate_sum(const ocr_estimate_part *p, const ocr_evidence *e)
{
	int64_t sum = 0; /* in units of 10^-12: 64 terms of at most 10^14 */

	for (size_t i = 0; i < p->term_count; i++) {
		const ocr_estimate_term *t = &p->terms[i];
		const int64_t share = e->share[t->evidence];

		sum += (share < t->upto ? share : t->upto) * t->weight;
	}
	return p->constant + sum / ONE;
}

static int64_t clamped(int64_t v)
{
	return v < 0 ? 0 : v > ONE ? ONE : v;
}

ocr_estimate ocr_estimate_by(const ocr_estimate_part *p, const ocr_evidence *e)
{
	const int64_t rate = clamped(ocr_estimate_sum(p, e) * p->scale / ONE + p->offset);
	size_t i = 0;

	while (i + 1 < p->bin_count && rate > p->bins[i].upto)
		i++;
	return (ocr_estimate){rate, clamped(rate + (p->bins[i].low < 0 ? p->bins[i].low : 0)),
			      clamped(rate + (p->bins[i].high > 0 ? p->bins[i].high : 0))};
}

ocr_estimate ocr_estimate_of(const ocr_estimate_model *m, const ocr_evidence *e)
{
	return ocr_estimate_by(&m->parts[ocr_estimate_part_of(e->reread, e->twice)], e);
}

/* ---------------------------------------------------------------- reading */

typedef struct reader {
	const char *name;
	unsigned line;
	ocr_estimate_model *model;
	int64_t format;
	int kind;                /* of the part */
	ocr_estimate_part *part; /* that the line belongs to; NULL before the first */
	char *words[WORDS_MAX + 1];
	size_t count;
	assay_err *err;
} reader;

#define FAULT(r, ...) fault((r), assay_asprintf(__VA_ARGS__))

/* Consumes the message. */
static assay_code fault(const reader *r, char *what)
{
	const assay_code rc =
	    ASSAY_RAISE(r->err, ASSAY_ECONFIG, "%s:%u: %s", r->name, r->line, what != NULL ? what : "malformed");

	free(what);
	return rc;
}

static bool to_number(int64_t *out, const char *s, int64_t low, int64_t high)
{
	const bool minus = *s == '-';
	int64_t v = 0;

	s += minus;
	if (*s == '\0' || strlen(s) > 12 || strspn(s, "0123456789") != strlen(s))
		return false;
	for (; *s != '\0'; s++)
		v = 10 * v + (*s - '0');
	v = minus ? -v : v;
	*out = v;
	return v >= low && v <= high;
}

static assay_code number(int64_t *out, const reader *r, size_t word, int64_t low, int64_t high)
{
	return to_number(out, r->words[word], low, high) ? ASSAY_OK
							 : FAULT(r, "'%s' is not a whole number from %lld to %lld",
								 r->words[word], (long long)low, (long long)high);
}

static assay_code read_constant(reader *r)
{
	return number(&r->part->constant, r, 1, 0, ONE);
}

static assay_code read_scale(reader *r)
{
	return number(&r->part->scale, r, 1, 1, WEIGHT_MAX);
}

static assay_code read_offset(reader *r)
{
	return number(&r->part->offset, r, 1, -ONE, ONE);
}

static assay_code read_term(reader *r)
{
	ocr_estimate_part *p = r->part;
	ocr_estimate_term *t = &p->terms[p->term_count];
	const bool reread = r->kind >= OCR_REREAD_ONCE, twice = r->kind == OCR_TWICE || r->kind == OCR_REREAD_TWICE;
	assay_code rc;

	if (p->term_count == OCR_ESTIMATE_TERMS)
		return FAULT(r, "more than %d terms", OCR_ESTIMATE_TERMS);
	while (t->evidence < OCR_EVIDENCE_COUNT && (!ocr_evidence_has(t->evidence, reread, twice) ||
						    strcmp(ocr_evidence_names[t->evidence].name, r->words[1]) != 0))
		t->evidence++;
	if (t->evidence == OCR_EVIDENCE_COUNT)
		return FAULT(r, "there is no evidence '%s' in part '%s'", r->words[1],
			     ocr_estimate_part_names[r->kind]);
	rc = number(&t->upto, r, 2, 1, ONE);
	if (rc == ASSAY_OK)
		rc = number(&t->weight, r, 3, 0, WEIGHT_MAX);
	p->term_count++;
	return rc;
}

static assay_code read_bin(reader *r)
{
	ocr_estimate_part *p = r->part;
	ocr_estimate_bin *b = &p->bins[p->bin_count];
	assay_code rc;

	if (p->bin_count == OCR_ESTIMATE_BINS)
		return FAULT(r, "more than %d bins", OCR_ESTIMATE_BINS);
	ASSAY_TRY(number(&b->upto, r, 1, p->bin_count > 0 ? b[-1].upto + 1 : 1, ONE));
	ASSAY_TRY(number(&b->low, r, 2, -ONE, ONE));
	ASSAY_TRY(number(&b->high, r, 3, b->low, ONE));
	p->bin_count++;
fail:
	return rc;
}

static assay_code read_part(reader *r)
{
	int kind = 0;

	while (strcmp(ocr_estimate_part_names[kind], r->words[0]) != 0)
		kind++;
	if (r->model->parts[kind].scale != 0)
		return FAULT(r, "a second part '%s'", r->words[0]);
	if (r->format == 1 && kind >= OCR_REREAD_ONCE)
		return FAULT(r, "format 1 has no part '%s'", r->words[0]);
	r->kind = kind;
	r->part = &r->model->parts[kind];
	r->part->scale = ONE;
	return ASSAY_OK;
}

static const struct row {
	const char *word;
	size_t count; /* of words */
	bool outside; /* begins a part */
	assay_code (*read)(reader *r);
} rows[] = {
    {"once", 1, true, read_part},         {"twice", 1, true, read_part},         {"reread_once", 1, true, read_part},
    {"reread_twice", 1, true, read_part}, {"constant", 2, false, read_constant}, {"scale", 2, false, read_scale},
    {"offset", 2, false, read_offset},    {"term", 4, false, read_term},         {"bin", 4, false, read_bin}};

static assay_code read_line(reader *r)
{
	const struct row *row = rows;

	if (r->count == 0)
		return ASSAY_OK;
	while (row < rows + ASSAY_COUNT(rows) && strcmp(row->word, r->words[0]) != 0)
		row++;
	if (row == rows + ASSAY_COUNT(rows))
		return FAULT(r, "'%s' begins no line of a model", r->words[0]);
	if (r->count != row->count)
		return FAULT(r, "'%s' has %zu words, not %zu", row->word, row->count, r->count);
	if (!row->outside && r->part == NULL)
		return FAULT(r, "'%s' stands before 'once' and the other parts", row->word);
	return row->read(r);
}

/* Cuts the line into words; a # and what follows is no word. */
static void split(reader *r, char *line)
{
	char *rest = NULL;

	line[strcspn(line, "#")] = '\0';
	r->count = 0;
	for (char *w = strtok_r(line, " \t\r", &rest); w != NULL && r->count <= WORDS_MAX;
	     w = strtok_r(NULL, " \t\r", &rest))
		r->words[r->count++] = w;
}

static assay_code read_head(reader *r)
{
	if (r->count != 2 || strcmp(r->words[0], "assay-estimate") != 0)
		return FAULT(r, "not a model of the estimate: it begins with 'assay-estimate %d'", OCR_ESTIMATE_FORMAT);
	if (!to_number(&r->format, r->words[1], 1, OCR_ESTIMATE_FORMAT))
		return FAULT(r, "format %s; this program reads formats 1 to %d", r->words[1], OCR_ESTIMATE_FORMAT);
	return ASSAY_OK;
}

static assay_code check_part(const reader *r, const ocr_estimate_part *p, const char *name)
{
	if (p->term_count == 0 || p->bin_count == 0)
		return FAULT(r, "part '%s' has no %s", name, p->term_count == 0 ? "term" : "bin");
	if (p->bins[p->bin_count - 1].upto != ONE)
		return FAULT(r, "the last bin of part '%s' does not reach up to %lld", name, (long long)ONE);
	return ASSAY_OK;
}

static assay_code check_parts(const reader *r)
{
	const int count = r->format == 1 ? OCR_REREAD_ONCE : OCR_PARTS;
	assay_code rc = ASSAY_OK;

	for (int i = 0; i < count && rc == ASSAY_OK; i++)
		rc = check_part(r, &r->model->parts[i], ocr_estimate_part_names[i]);
	for (int i = count; i < OCR_PARTS && rc == ASSAY_OK; i++)
		r->model->parts[i] = r->model->parts[i - count];
	return rc;
}

assay_code ocr_estimate_read(ocr_estimate_model *out, const char *text, size_t size, const char *name, assay_err *err)
{
	ASSAY_AUTO_FREE char *copy = assay_strndup(text, size);
	reader r = {.name = name, .model = out, .err = err};
	char *next = copy;
	assay_code rc;

	*out = (ocr_estimate_model){0};
	if (copy == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "model of the estimate");
	if (size > OCR_ESTIMATE_SIZE || strlen(copy) != size)
		return FAULT(&r, "not a text of at most %zu bytes", OCR_ESTIMATE_SIZE);
	do {
		char *line = next;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		r.line++;
		split(&r, line);
		ASSAY_TRY(r.line == 1 ? read_head(&r) : read_line(&r));
	} while (next != NULL);
	rc = check_parts(&r);
fail:
	return rc;
}

/* ---------------------------------------------------------------- writing */

static void write_part(assay_buf *out, const char *name, const ocr_estimate_part *p)
{
	assay_buf_printf(out, "\n%s\nconstant %lld\nscale %lld\noffset %lld\n", name, (long long)p->constant,
			 (long long)p->scale, (long long)p->offset);
	for (size_t i = 0; i < p->term_count; i++)
		assay_buf_printf(out, "term %s %lld %lld\n", ocr_evidence_names[p->terms[i].evidence].name,
				 (long long)p->terms[i].upto, (long long)p->terms[i].weight);
	for (size_t i = 0; i < p->bin_count; i++)
		assay_buf_printf(out, "bin %lld %lld %lld\n", (long long)p->bins[i].upto, (long long)p->bins[i].low,
				 (long long)p->bins[i].high);
}

assay_code ocr_estimate_write(assay_buf *out, const ocr_estimate_model *m, assay_err *err)
{
	assay_buf_printf(out, "assay-estimate %d\n", OCR_ESTIMATE_FORMAT);
	for (int i = 0; i < OCR_PARTS; i++)
		write_part(out, ocr_estimate_part_names[i], &m->parts[i]);
	return assay_buf_check(out, err);
}

/* ---------------------------------------------------------------- files */

/* From the program as it is installed (bin/assay, libexec/assay/assay-worker), and as it is built (build/PRESET/tools). */
char *ocr_estimate_path(const char *path)
{
	static const struct {
		int up; /* names that are cut off the program's path */
		const char *folder;
	} places[] = {{2, "share/assay/models"}, {3, "share/assay/models"}, {2, "../../data/models"}};
	char self[4096], *found = NULL;
	const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (path[0] != '\0')
		return assay_strdup(path);
	self[n > 0 ? n : 0] = '\0';
	for (size_t i = 0; i < ASSAY_COUNT(places); i++) {
		size_t end = strlen(self);

		for (int up = places[i].up; up > 0 && end > 0; up -= self[end] == '/')
			end--;
		free(found);
		found = assay_asprintf("%.*s/%s/pages.estimate", (int)end, self, places[i].folder);
		if (found == NULL || access(found, R_OK) == 0)
			break;
	}
	return found;
}

assay_code ocr_estimate_load(ocr_estimate_model *out, const char *path, assay_err *err)
{
	ASSAY_AUTO_FREE char *text = assay_alloc(OCR_ESTIMATE_SIZE + 2, 1);
	FILE *f = fopen(path, "re");
	size_t n;

	if (text == NULL || f == NULL) {
		if (f != NULL)
			(void)fclose(f);
		return text == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "model of the estimate")
				    : ASSAY_RAISE(err, ASSAY_ECONFIG, "estimate: no model '%s'", path);
	}
	n = fread(text, 1, OCR_ESTIMATE_SIZE + 1, f);
	(void)fclose(f);
	return ocr_estimate_read(out, text, n, path, err);
}
