#include "pdf_objects.h"

#include "pdf_inflate.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW      65536
#define VALUE_MAX   (1U << 24) /* a value longer than that is none that a picture hangs on */
#define STREAM_MAX  (1U << 28) /* inflated object streams */
#define NEAR        4096       /* a window with less left is not worth a search */
#define OVERLAP     64         /* of two windows: a number, a generation and "obj" */
#define RESOLVE_MAX 16

typedef struct scan {
	pdf_objects *o;
	char *bytes; /* of the file, from `at` on */
	size_t n, cap;
	uint64_t at;
	assay_err *err;
} scan;

/* ---------------------------------------------------------------- windows of the file */

/* The file from `at` on: `want` bytes, fewer at its end. */
static assay_code look(pdf_text *out, scan *s, uint64_t at, size_t want)
{
	const uint64_t left = s->o->size - at;
	char *grown;
	assay_code rc;

	want = want < left ? want : (size_t)left;
	if (at >= s->at && at - s->at + want <= s->n) {
		*out = (pdf_text){s->bytes + (at - s->at), want};
		return ASSAY_OK;
	}
	s->n = left < WINDOW ? (size_t)left : WINDOW;
	s->n = want > s->n ? want : s->n;
	if (s->n > s->cap) {
		grown = realloc(s->bytes, s->n);
		if (grown == NULL)
			return ASSAY_RAISE(s->err, ASSAY_ENOMEM, "PDF: %zu bytes", s->n);
		s->bytes = grown;
		s->cap = s->n;
	}
	rc = assay_pread_all(s->o->fd, s->bytes, s->n, at, s->err);
	s->at = at;
	*out = (pdf_text){s->bytes, want};
	return rc;
}

/* The next place of a word from `at` up to `end`; `end` when there is none. */
static assay_code find_word(uint64_t *out, scan *s, uint64_t at, uint64_t end, const char *word)
{
	const size_t n = strlen(word);
	pdf_text t;
	assay_code rc;

	*out = end;
	while (end - at >= n) {
		const bool near = at >= s->at && s->at + s->n >= at + NEAR;
		const char *hit;

		rc = look(&t, s, at, near ? (size_t)(s->at + s->n - at) : WINDOW);
		if (rc != ASSAY_OK)
			return rc;
		t.n = end - at < t.n ? (size_t)(end - at) : t.n;
		hit = memmem(t.at, t.n, word, n);
		if (hit != NULL) {
			*out = at + (uint64_t)(hit - t.at);
			return ASSAY_OK;
		}
		at += t.n - (n - 1);
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- objects */

static assay_code add(scan *s, const pdf_object *object)
{
	pdf_objects *o = s->o;
	const assay_code rc = assay_grow(&o->list, &o->cap, o->count, sizeof *o->list, s->err);

	if (rc != ASSAY_OK)
		return rc;
	o->list[o->count] = *object;
	o->list[o->count].order = (uint32_t)o->count;
	o->count++;
	return ASSAY_OK;
}

static char *copy_of(pdf_text t)
{
	char *text = malloc(t.n);

	return text != NULL ? memcpy(text, t.at, t.n) : NULL;
}

/* The list owns the text from here on, also when it fails. */
static assay_code own(scan *s, char *text)
{
	pdf_objects *o = s->o;
	assay_code rc;

	if (text == NULL)
		return ASSAY_RAISE(s->err, ASSAY_ENOMEM, "PDF objects");
	rc = assay_grow(&o->texts, &o->text_cap, o->text_count, sizeof *o->texts, s->err);
	if (rc != ASSAY_OK) {
		free(text);
		return rc;
	}
	o->texts[o->text_count++] = text;
	return ASSAY_OK;
}

static assay_code read_stream(char **out, scan *s, const pdf_object *object)
{
	*out = NULL;
	if (object->size > STREAM_MAX)
		return ASSAY_OK;
	*out = malloc((size_t)object->size + 1);
	if (*out == NULL)
		return ASSAY_RAISE(s->err, ASSAY_ENOMEM, "PDF: a stream of %zu bytes", (size_t)object->size);
	return assay_pread_all(s->o->fd, *out, (size_t)object->size, object->data, s->err);
}

/* The objects in an object stream (7.5.7): pairs of number and offset, then the values. */
static assay_code add_packed(scan *s, const pdf_object *object)
{
	ASSAY_AUTO_FREE char *raw = NULL;
	pdf_text head, body;
	int64_t first, count, number, offset;
	char *text;
	size_t n;
	assay_code rc = ASSAY_OK;

	if (!pdf_integer(&first, pdf_get(object->text, "/First")) || !pdf_integer(&count, pdf_get(object->text, "/N")))
		return ASSAY_OK;
	rc = read_stream(&raw, s, object);
	if (rc != ASSAY_OK || raw == NULL)
		return rc;
	if (pdf_get(object->text, "/Filter").n == 0) {
		text = ASSAY_STEAL(&raw);
		n = (size_t)object->size;
	} else {
		rc = pdf_inflate_all(&text, &n, raw, (size_t)object->size, STREAM_MAX, s->err);
		if (rc != ASSAY_OK || text == NULL)
			return rc;
	}
	rc = own(s, text);
	if (rc != ASSAY_OK || (uint64_t)first > n)
		return rc;
	head = (pdf_text){text, (size_t)first};
	for (int64_t i = 0; i < count && rc == ASSAY_OK; i++) {
		if (!pdf_integer(&number, pdf_token(&head)) || !pdf_integer(&offset, pdf_token(&head)))
			break;
		if (number > UINT32_MAX || (uint64_t)offset > n - (size_t)first)
			continue;
		body = (pdf_text){text + first + offset, n - (size_t)first - (size_t)offset};
		rc = add(s, &(pdf_object){.number = (uint32_t)number, .text = pdf_value(&body)});
	}
	return rc;
}

/* Where a stream's bytes end: where its length says when the end stands there, else before the next "endstream". */
static assay_code measure_stream(scan *s, pdf_object *object)
{
	int64_t length;
	pdf_text t;
	uint64_t end;
	assay_code rc;

	if (pdf_integer(&length, pdf_get(object->text, "/Length")) && (uint64_t)length < s->o->size - object->data) {
		ASSAY_TRY(look(&t, s, object->data + (uint64_t)length, OVERLAP));
		object->size = (uint64_t)length;
		if (pdf_is(pdf_token(&t), "endstream"))
			return ASSAY_OK;
	}
	ASSAY_TRY(find_word(&end, s, object->data, s->o->size, "endstream"));
	object->size = end - object->data;
	if (object->size < 2)
		return ASSAY_OK;
	ASSAY_TRY(look(&t, s, end - 2, 2)); /* the end of line before it is not the stream's */
	if (t.n == 2 && t.at[1] == '\n')
		object->size -= t.at[0] == '\r' ? 2 : 1;
	else if (t.n == 2 && t.at[1] == '\r')
		object->size--;
fail:
	return rc;
}

/* The value at `at`, in a window that holds it and a token more; empty when it is too long. */
static assay_code look_value(pdf_text *value, pdf_text *rest, scan *s, uint64_t at)
{
	for (size_t want = 1024; want <= VALUE_MAX; want *= 4) {
		const assay_code rc = look(rest, s, at, want);
		const bool whole = rest->n < want;

		if (rc != ASSAY_OK)
			return rc;
		*value = pdf_value(rest);
		if (whole || (value->n > 0 && rest->n >= OVERLAP))
			return ASSAY_OK;
	}
	value->n = 0;
	return ASSAY_OK;
}

/* Reads the object whose value begins at *at; *at is moved behind what was understood of it. */
static assay_code read_object(scan *s, uint64_t *at, uint32_t number)
{
	pdf_object object = {.number = number};
	pdf_text value, rest;
	assay_code rc;

	ASSAY_TRY(look_value(&value, &rest, s, *at));
	if (value.n == 0)
		return ASSAY_OK;
	*at = s->at + (uint64_t)(value.at + value.n - s->bytes);
	object.text.n = value.n;
	object.stream = pdf_is(pdf_token(&rest), "stream");
	if (rest.n > 0 && rest.at[0] == '\r')
		rest = (pdf_text){rest.at + 1, rest.n - 1};
	if (rest.n > 0 && rest.at[0] == '\n')
		rest = (pdf_text){rest.at + 1, rest.n - 1};
	object.data = s->at + (uint64_t)(rest.at - s->bytes);
	ASSAY_TRY(own(s, copy_of(value)));
	object.text.at = s->o->texts[s->o->text_count - 1];
	if (object.stream) {
		ASSAY_TRY(measure_stream(s, &object));
		*at = object.data + object.size;
	}
	ASSAY_TRY(add(s, &object));
	if (pdf_is(pdf_get(object.text, "/Type"), "/XRef") && pdf_get(object.text, "/Encrypt").n > 0)
		s->o->encrypted = true;
	if (object.stream && pdf_is(pdf_get(object.text, "/Type"), "/ObjStm"))
		rc = add_packed(s, &object);
fail:
	return rc;
}

static bool step_back(pdf_text *t, bool digits)
{
	const size_t n = t->n;

	while (t->n > 0) {
		const char c = t->at[t->n - 1];

		if (digits ? c < '0' || c > '9' : strchr(" \t\r\n\f", c) == NULL)
			break;
		t->n--;
	}
	return t->n < n;
}

/* The number before "obj": "12 0 ". */
static bool number_before(uint32_t *number, pdf_text t)
{
	pdf_text digits;
	int64_t v;

	if (!step_back(&t, false) || !step_back(&t, true) || !step_back(&t, false))
		return false;
	digits = t;
	if (!step_back(&t, true))
		return false;
	digits = (pdf_text){t.at + t.n, digits.n - t.n};
	if (!pdf_integer(&v, digits) || v > UINT32_MAX)
		return false;
	*number = (uint32_t)v;
	return true;
}

/* Between objects stand trailers. */
static assay_code look_for_encryption(scan *s, uint64_t begin, uint64_t end)
{
	uint64_t hit;
	const assay_code rc = find_word(&hit, s, begin, end, "/Encrypt");

	s->o->encrypted |= rc == ASSAY_OK && hit < end;
	return rc;
}

static assay_code scan_file(scan *s)
{
	uint64_t at = 0;
	uint64_t hit;
	assay_code rc;

	for (;;) {
		const uint64_t begin = at;
		uint32_t number;
		uint64_t before;
		pdf_text t;

		ASSAY_TRY(find_word(&hit, s, at, s->o->size, "obj"));
		ASSAY_TRY(look_for_encryption(s, begin, hit));
		if (hit == s->o->size)
			return ASSAY_OK;
		at = hit + 3;
		before = hit - begin < OVERLAP ? begin : hit - OVERLAP;
		ASSAY_TRY(look(&t, s, before, (size_t)(hit - before)));
		if (number_before(&number, t))
			ASSAY_TRY(read_object(s, &at, number));
	}
fail:
	return rc;
}

/* ---------------------------------------------------------------- the list */

static int compare(const void *a, const void *b)
{
	const pdf_object *x = a;
	const pdf_object *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void keep_last(pdf_objects *o)
{
	size_t n = 0;

	if (o->count > 0)
		qsort(o->list, o->count, sizeof *o->list, compare);
	for (size_t i = 0; i < o->count; i++)
		if (i + 1 == o->count || o->list[i + 1].number != o->list[i].number)
			o->list[n++] = o->list[i];
	o->count = n;
}

assay_code pdf_objects_find(pdf_objects *out, int fd, assay_err *err)
{
	scan s = {.o = out, .err = err};
	const off_t size = lseek(fd, 0, SEEK_END);
	assay_code rc;

	*out = (pdf_objects){.fd = fd, .size = size > 0 ? (uint64_t)size : 0};
	if (size < 0)
		return ASSAY_RAISE_ERRNO(err, "size of the file");
	rc = scan_file(&s);
	free(s.bytes);
	if (rc == ASSAY_OK)
		keep_last(out);
	else
		pdf_objects_release(out);
	return rc;
}

void pdf_objects_release(pdf_objects *o)
{
	for (size_t i = 0; i < o->text_count; i++)
		free(o->texts[i]);
	free(o->texts);
	free(o->list);
	*o = (pdf_objects){.fd = -1};
}

const pdf_object *pdf_objects_get(const pdf_objects *o, uint32_t number)
{
	size_t lo = 0;
	size_t hi = o->count;

	while (lo < hi) {
		const size_t mid = lo + (hi - lo) / 2;

		if (o->list[mid].number == number)
			return &o->list[mid];
		if (o->list[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

pdf_text pdf_resolve(const pdf_objects *o, pdf_text value)
{
	uint32_t number;

	for (int i = 0; i < RESOLVE_MAX && pdf_reference(&number, value); i++) {
		const pdf_object *object = pdf_objects_get(o, number);

		value = object != NULL ? object->text : (pdf_text){"", 0};
	}
	return value;
}

pdf_text pdf_lookup(const pdf_objects *o, pdf_text dictionary, const char *key)
{
	return pdf_resolve(o, pdf_get(dictionary, key));
}
