#include "page_pdf_images.h"

#include "page_image.h"
#include "pdf_inflate.h"
#include "pdf_objects.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#define JPEG_MAX  (1U << 29) /* bytes; 65535 x 65535 pixels of a scan are fewer */
#define TREE_MAX  64         /* depth of the page tree */
#define SIDE_MAX  (1 << 24)
#define BITS_MAX  16
#define INKS_MAX  32 /* DeviceN (annex C) */
#define PNG_FIRST 10 /* predictors from here on put a byte before each row */

struct page_pdf_images {
	pdf_objects objects;
	uint32_t *pages; /* numbers of the page objects in order */
	size_t page_count, page_cap;
	bool known;     /* pages are those of the document */
	uint32_t *seen; /* of each object: the round that last came by; of a checked picture 0 */
	uint32_t round;
	uint32_t *todo; /* places of objects that a page hangs on */
	size_t todo_count, todo_cap;
	size_t node_count; /* of the tree of pages, as often as they hang in it */
	bool *checked;
};

/* ---------------------------------------------------------------- the pages */

static assay_code add_pages(page_pdf_images *p, uint32_t number, int depth, assay_err *err)
{
	const pdf_object *node = pdf_objects_get(&p->objects, number);
	pdf_text kids, kid;
	assay_code rc = ASSAY_OK;

	/* More nodes than objects: the tree goes in circles. */
	if (node == NULL || depth > TREE_MAX || p->node_count++ > p->objects.count)
		return ASSAY_OK;
	kids = pdf_items(pdf_lookup(&p->objects, node->text, "/Kids"));
	if (pdf_get(node->text, "/Kids").n == 0) {
		rc = assay_grow(&p->pages, &p->page_cap, p->page_count, sizeof *p->pages, err);
		if (rc == ASSAY_OK)
			p->pages[p->page_count++] = number;
		return rc;
	}
	while (rc == ASSAY_OK && (kid = pdf_value(&kids)).n > 0)
		if (pdf_reference(&number, kid))
			rc = add_pages(p, number, depth + 1, err);
	return rc;
}

static bool is_type(const pdf_object *object, const char *type)
{
	return pdf_is(pdf_get(object->text, "/Type"), type);
}

/* The last catalogue of the file. */
static const pdf_object *find_catalogue(const pdf_objects *o)
{
	const pdf_object *found = NULL;

	for (size_t i = 0; i < o->count; i++)
		if (is_type(&o->list[i], "/Catalog") && (found == NULL || o->list[i].order > found->order))
			found = &o->list[i];
	return found;
}

static assay_code open_images(page_pdf_images *p, int fd, uint32_t pages, assay_err *err)
{
	const pdf_object *catalogue;
	uint32_t root;
	assay_code rc;

	ASSAY_TRY(pdf_objects_find(&p->objects, fd, err));
	p->seen = assay_alloc(p->objects.count, sizeof *p->seen);
	p->checked = assay_alloc(p->objects.count, sizeof *p->checked);
	if (p->seen == NULL || p->checked == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF pictures");
	catalogue = find_catalogue(&p->objects);
	if (catalogue != NULL && pdf_reference(&root, pdf_get(catalogue->text, "/Pages")))
		ASSAY_TRY(add_pages(p, root, 0, err));
	p->known = p->page_count == pages;
fail:
	return rc;
}

assay_code page_pdf_images_open(page_pdf_images **out, int fd, uint32_t pages, assay_err *err)
{
	page_pdf_images *p = assay_alloc(1, sizeof *p);
	assay_code rc;

	*out = NULL;
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF pictures");
	rc = open_images(p, fd, pages, err);
	if (rc == ASSAY_OK)
		*out = p;
	else
		page_pdf_images_close(p);
	return rc;
}

void page_pdf_images_close(page_pdf_images *p)
{
	if (p == NULL)
		return;
	pdf_objects_release(&p->objects);
	free(p->pages);
	free(p->seen);
	free(p->todo);
	free(p->checked);
	free(p);
}

/* ---------------------------------------------------------------- one picture */

typedef struct picture {
	const pdf_objects *o;
	const pdf_object *object;
	int64_t width, height, bits, inks;
} picture;

/* An entry of a dictionary within bounds, or `otherwise`. */
static int64_t number_of(const pdf_objects *o, pdf_text dictionary, const char *key, int64_t max, int64_t otherwise)
{
	int64_t v;

	return pdf_integer(&v, pdf_lookup(o, dictionary, key)) && v > 0 && v <= max ? v : otherwise;
}

static int64_t count_items(pdf_text array)
{
	int64_t n = 0;

	for (pdf_text items = pdf_items(array); pdf_value(&items).n > 0;)
		n++;
	return n > 0 && n <= INKS_MAX ? n : 1;
}

/* Numbers a pixel; 1 where it cannot be told: then less is asked of the data than there may have to be. */
static int64_t count_inks(const pdf_objects *o, pdf_text space)
{
	pdf_text items = pdf_items(space);
	pdf_text name = space;

	if (items.n > 0)
		name = pdf_value(&items);
	if (pdf_is(name, "/DeviceRGB") || pdf_is(name, "/CalRGB") || pdf_is(name, "/Lab"))
		return 3;
	if (pdf_is(name, "/DeviceCMYK"))
		return 4;
	if (pdf_is(name, "/ICCBased"))
		return number_of(o, pdf_resolve(o, pdf_value(&items)), "/N", 4, 1);
	if (pdf_is(name, "/DeviceN"))
		return count_items(pdf_resolve(o, pdf_value(&items)));
	return 1;
}

static bool measure_picture(picture *p)
{
	const pdf_text d = p->object->text;
	const bool mask = pdf_is(pdf_lookup(p->o, d, "/ImageMask"), "true");

	p->width = number_of(p->o, d, "/Width", SIDE_MAX, 0);
	p->height = number_of(p->o, d, "/Height", SIDE_MAX, 0);
	p->bits = mask ? 1 : number_of(p->o, d, "/BitsPerComponent", BITS_MAX, 1);
	p->inks = mask ? 1 : count_inks(p->o, pdf_lookup(p->o, d, "/ColorSpace"));
	return p->width > 0 && p->height > 0;
}

/* Bytes of its rows; no overflow: 2^24 * 2^24 * 16 * 32 / 8. */
static uint64_t bytes_of(const picture *p)
{
	return (uint64_t)p->height * (uint64_t)((p->width * p->bits * p->inks + 7) / 8);
}

/* Bytes before a predictor is undone. */
static uint64_t bytes_predicted(const picture *p, pdf_text parms)
{
	const uint64_t n = bytes_of(p);
	const int64_t columns = number_of(p->o, parms, "/Columns", SIDE_MAX, 1);
	const int64_t colours = number_of(p->o, parms, "/Colors", INKS_MAX, 1);
	const int64_t bits = number_of(p->o, parms, "/BitsPerComponent", BITS_MAX, 8);
	const uint64_t row = (uint64_t)((columns * colours * bits + 7) / 8);

	if (number_of(p->o, parms, "/Predictor", PNG_FIRST + 5, 1) < PNG_FIRST)
		return n;
	return n + (n + row - 1) / row;
}

static assay_code check_enough(const picture *p, uint64_t n, uint64_t need, assay_err *err)
{
	if (n >= need)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_ESHORT, "%llu bytes of pixels, where %lld x %lld take %llu",
			   (unsigned long long)n, (long long)p->width, (long long)p->height, (unsigned long long)need);
}

static assay_code check_flate(const picture *p, pdf_text parms, assay_err *err)
{
	const uint64_t need = bytes_predicted(p, parms);
	uint64_t n;
	const assay_code rc = pdf_inflate_count(&n, p->o->fd, p->object->data, p->object->size, need, err);

	return rc == ASSAY_OK ? check_enough(p, n, need, err) : rc;
}

/* A JPEG may have been deflated as well. */
static assay_code check_jpeg(const picture *p, bool deflated, assay_err *err)
{
	ASSAY_AUTO_FREE char *raw = NULL;
	ASSAY_AUTO_FREE char *jpeg = NULL;
	size_t n = (size_t)p->object->size;
	assay_code rc;

	if (p->object->size > JPEG_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "a JPEG of more than %u bytes", JPEG_MAX);
	raw = malloc(n + 1);
	if (raw == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "a JPEG of %zu bytes", n);
	ASSAY_TRY(assay_pread_all(p->o->fd, raw, n, p->object->data, err));
	if (deflated) {
		ASSAY_TRY(pdf_inflate_all(&jpeg, &n, raw, n, JPEG_MAX, err));
		if (jpeg == NULL)
			return ASSAY_RAISE(err, ASSAY_ECORRUPT, "damaged Flate data");
	}
	rc = page_jpeg_check((page_bytes){(const unsigned char *)(jpeg != NULL ? jpeg : raw), n}, (uint32_t)p->height,
			     err);
fail:
	return rc;
}

/* The first and the second filter, or the sole one and nothing; more than two are not understood. */
static size_t take_filters(pdf_text out[2], const picture *p, const char *key)
{
	const pdf_text value = pdf_lookup(p->o, p->object->text, key);
	pdf_text items = pdf_items(value);
	size_t n = 0;
	pdf_text item;

	out[0] = value;
	out[1] = (pdf_text){"", 0};
	if (value.n == 0 || value.at[0] != '[')
		return value.n > 0;
	for (; (item = pdf_value(&items)).n > 0; n++)
		if (n < 2)
			out[n] = pdf_resolve(p->o, item);
	return n;
}

static assay_code check_picture(const pdf_objects *o, const pdf_object *object, assay_err *err)
{
	picture p = {.o = o, .object = object};
	pdf_text filters[2], parms[2];
	const size_t n = take_filters(filters, &p, "/Filter");
	assay_code rc = ASSAY_OK;

	(void)take_filters(parms, &p, "/DecodeParms");
	if (!measure_picture(&p))
		return ASSAY_OK;
	if (n == 0)
		rc = check_enough(&p, object->size, bytes_of(&p), err);
	else if (n == 1 && pdf_is(filters[0], "/FlateDecode"))
		rc = check_flate(&p, parms[0], err);
	else if (n == 1 && pdf_is(filters[0], "/DCTDecode"))
		rc = check_jpeg(&p, false, err);
	else if (n == 2 && pdf_is(filters[0], "/FlateDecode") && pdf_is(filters[1], "/DCTDecode"))
		rc = check_jpeg(&p, true, err);
	return rc == ASSAY_OK ? rc : assay_err_prefix(err, "PDF: picture (object %u)", object->number);
}

/* ---------------------------------------------------------------- what hangs on a page */

static assay_code visit(page_pdf_images *p, size_t i, assay_err *err)
{
	const pdf_object *object = &p->objects.list[i];

	if (!object->stream || p->checked[i] || !pdf_is(pdf_lookup(&p->objects, object->text, "/Subtype"), "/Image"))
		return ASSAY_OK;
	p->checked[i] = true; /* damage ends the unit: what was checked and is asked for again was whole */
	return check_picture(&p->objects, object, err);
}

static assay_code push(page_pdf_images *p, uint32_t number, assay_err *err)
{
	const pdf_object *object = pdf_objects_get(&p->objects, number);
	size_t i;
	assay_code rc;

	if (object == NULL)
		return ASSAY_OK;
	i = (size_t)(object - p->objects.list);
	if (p->seen[i] == p->round)
		return ASSAY_OK;
	rc = assay_grow(&p->todo, &p->todo_cap, p->todo_count, sizeof *p->todo, err);
	if (rc != ASSAY_OK)
		return rc;
	p->seen[i] = p->round;
	p->todo[p->todo_count++] = (uint32_t)i;
	return ASSAY_OK;
}

/* All references that stand anywhere in a value. */
static assay_code push_references(page_pdf_images *p, pdf_text text, assay_err *err)
{
	pdf_text before[2] = {{"", 0}, {"", 0}};
	int64_t number, generation;
	pdf_text t;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && (t = pdf_token(&text)).n > 0) {
		if (pdf_is(t, "R") && pdf_integer(&number, before[0]) && pdf_integer(&generation, before[1]) &&
		    number <= UINT32_MAX)
			rc = push(p, (uint32_t)number, err);
		before[0] = before[1];
		before[1] = t;
	}
	return rc;
}

/* A page without resources has those of its nearest ancestor that has some. */
static assay_code push_inherited(page_pdf_images *p, const pdf_object *page, assay_err *err)
{
	pdf_text node = page->text;

	for (int i = 0; i < TREE_MAX && node.n > 0; i++) {
		const pdf_text resources = pdf_get(node, "/Resources");

		if (resources.n > 0)
			return push_references(p, resources, err);
		node = pdf_lookup(&p->objects, node, "/Parent");
	}
	return ASSAY_OK;
}

/* Pages and what is above them are not followed: other pages hang on them. */
static bool is_of_the_tree(const pdf_object *object)
{
	return is_type(object, "/Page") || is_type(object, "/Pages") || is_type(object, "/Catalog");
}

static assay_code check_reachable(page_pdf_images *p, const pdf_object *page, assay_err *err)
{
	assay_code rc;

	p->round++;
	p->todo_count = 0;
	ASSAY_TRY(push_references(p, page->text, err));
	ASSAY_TRY(push_inherited(p, page, err));
	while (p->todo_count > 0) {
		const size_t i = p->todo[--p->todo_count];

		if (is_of_the_tree(&p->objects.list[i]))
			continue;
		ASSAY_TRY(visit(p, i, err));
		ASSAY_TRY(push_references(p, p->objects.list[i].text, err));
	}
	return ASSAY_OK;
fail:
	return rc;
}

assay_code page_pdf_images_check(page_pdf_images *p, uint32_t page, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (p->objects.encrypted)
		return ASSAY_OK;
	if (p->known && page < p->page_count)
		return check_reachable(p, pdf_objects_get(&p->objects, p->pages[page]), err);
	for (size_t i = 0; i < p->objects.count && rc == ASSAY_OK; i++)
		rc = visit(p, i, err);
	return rc;
}
