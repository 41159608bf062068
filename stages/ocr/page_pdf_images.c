#include "page_pdf_images.h"

#include "pdf_picture.h"

#include "assay/memory.h"

#include <limits.h>
#include <stdlib.h>

#define OBJECTS_MAX (1U << 24) /* twice what annex C of ISO 32000-1 lets a file have */
#define TREE_MAX    64         /* depth of the page tree */

typedef struct walk {
	pdf_document d;
	unsigned char *seen; /* a bit for each object: what hangs on it was whole, or is on its way */
	qpdf_oh *todo;
	size_t todo_count, todo_cap;
	assay_err *err;
} walk;

static bool is_container(const walk *w, qpdf_oh oh)
{
	const enum qpdf_object_type_e type = qpdf_oh_get_type_code(w->d.q, oh);

	return type == ot_dictionary || type == ot_array || type == ot_stream;
}

static bool is_new(walk *w, int number)
{
	unsigned char *at = &w->seen[number / CHAR_BIT];
	const unsigned char bit = (unsigned char)(1U << (number % CHAR_BIT));
	const bool known = (*at & bit) != 0;

	*at |= bit;
	return !known;
}

static assay_code add(walk *w, qpdf_oh oh)
{
	const assay_code rc = assay_grow(&w->todo, &w->todo_cap, w->todo_count, sizeof *w->todo, w->err);

	if (rc == ASSAY_OK)
		w->todo[w->todo_count++] = oh;
	else
		qpdf_oh_release(w->d.q, oh);
	return rc;
}

/* Takes the handle. What is written in place has no number, and is come upon once. */
static assay_code push(walk *w, qpdf_oh oh)
{
	int number;

	if (!is_container(w, oh)) {
		qpdf_oh_release(w->d.q, oh);
		return ASSAY_OK;
	}
	number = qpdf_oh_get_object_id(w->d.q, oh);
	if (number < 0 || (unsigned)number >= OBJECTS_MAX)
		return ASSAY_RAISE(w->err, ASSAY_ECORRUPT, "PDF: an object of number %d", number);
	if (number == 0 || is_new(w, number))
		return add(w, oh);
	qpdf_oh_release(w->d.q, oh);
	return ASSAY_OK;
}

static assay_code push_items(walk *w, qpdf_oh array)
{
	const int n = qpdf_oh_get_array_n_items(w->d.q, array);
	assay_code rc = ASSAY_OK;

	for (int i = 0; i < n && rc == ASSAY_OK; i++)
		rc = push(w, qpdf_oh_get_array_item(w->d.q, array, i));
	return rc;
}

static assay_code push_values(walk *w, qpdf_oh dict)
{
	assay_code rc = ASSAY_OK;

	qpdf_oh_begin_dict_key_iter(w->d.q, dict);
	while (rc == ASSAY_OK && qpdf_oh_dict_more_keys(w->d.q))
		rc = push(w, qpdf_oh_get_key(w->d.q, dict, qpdf_oh_dict_next_key(w->d.q)));
	return rc;
}

/* Pages and what is above them are not followed: other pages hang on them. */
static bool is_of_the_tree(const walk *w, qpdf_oh dict)
{
	static const char *const types[] = {"/Page", "/Pages", "/Catalog"};
	const qpdf_oh type = pdf_get(&w->d, dict, "/Type");
	bool is = false;

	for (size_t i = 0; i < ASSAY_COUNT(types) && qpdf_oh_is_name(w->d.q, type) && !is; i++)
		is = qpdf_oh_is_name_and_equals(w->d.q, type, types[i]);
	qpdf_oh_release(w->d.q, type);
	return is;
}

static assay_code visit_dictionary(walk *w, qpdf_oh oh, qpdf_oh dict)
{
	assay_code rc = ASSAY_OK;

	if (is_of_the_tree(w, dict))
		return ASSAY_OK;
	if (qpdf_oh_is_stream(w->d.q, oh) && pdf_has_name(&w->d, dict, "/Subtype", "/Image"))
		rc = pdf_picture_check(&w->d, oh, w->err);
	return rc == ASSAY_OK ? push_values(w, dict) : rc;
}

static assay_code visit(walk *w, qpdf_oh oh)
{
	qpdf_oh dict;
	assay_code rc;

	if (qpdf_oh_is_array(w->d.q, oh))
		return push_items(w, oh);
	dict = qpdf_oh_is_stream(w->d.q, oh) ? qpdf_oh_get_dict(w->d.q, oh) : qpdf_oh_new_object(w->d.q, oh);
	rc = visit_dictionary(w, oh, dict);
	qpdf_oh_release(w->d.q, dict);
	return rc;
}

static assay_code visit_all(walk *w)
{
	assay_code rc = ASSAY_OK;

	while (w->todo_count > 0 && rc == ASSAY_OK) {
		const qpdf_oh oh = w->todo[--w->todo_count];

		rc = visit(w, oh);
		qpdf_oh_release(w->d.q, oh);
		if (rc == ASSAY_OK)
			rc = pdf_document_check(&w->d, w->err);
	}
	return rc;
}

/* A page without resources has those of its nearest ancestor that has some. */
static assay_code push_inherited(walk *w, qpdf_oh page)
{
	qpdf_oh node = qpdf_oh_new_object(w->d.q, page);
	qpdf_oh found = pdf_get(&w->d, node, "/Resources");

	for (int i = 0; i < TREE_MAX && qpdf_oh_is_null(w->d.q, found); i++) {
		const qpdf_oh parent = pdf_get(&w->d, node, "/Parent");

		qpdf_oh_release(w->d.q, node);
		qpdf_oh_release(w->d.q, found);
		node = parent;
		found = pdf_get(&w->d, node, "/Resources");
	}
	qpdf_oh_release(w->d.q, node);
	return push(w, found);
}

static assay_code check_page(walk *w, uint32_t index, uint32_t told)
{
	const qpdf_oh page = qpdf_get_page_n(w->d.q, index);
	assay_code rc;

	ASSAY_TRY(pdf_document_check(&w->d, w->err));
	ASSAY_TRY(push_values(w, page));
	ASSAY_TRY(push_inherited(w, page));
	ASSAY_TRY(visit_all(w));
	qpdf_oh_release(w->d.q, page);
	return ASSAY_OK;
fail:
	qpdf_oh_release(w->d.q, page);
	return assay_err_prefix(w->err, "page %u", told + 1);
}

static assay_code check_pages(walk *w, uint32_t pages, uint32_t first, uint32_t last)
{
	const int n = qpdf_get_num_pages(w->d.q);
	assay_code rc = pdf_document_check(&w->d, w->err);

	if (rc != ASSAY_OK)
		return rc;
	if (n < 0 || (uint32_t)n < pages)
		return ASSAY_RAISE(w->err, ASSAY_ECORRUPT, "PDF: %u pages are declared, %d are found", pages, n);
	if ((uint32_t)n == pages) {
		for (uint32_t i = first; i <= last && rc == ASSAY_OK; i++)
			rc = check_page(w, i, i);
		return rc;
	}
	for (uint32_t i = 0; i < (uint32_t)n && rc == ASSAY_OK; i++)
		rc = check_page(w, i, first);
	return rc;
}

assay_code page_pdf_images_check(int fd, uint32_t pages, uint32_t first, uint32_t last, assay_err *err)
{
	walk w = {.d = PDF_DOCUMENT_INIT, .err = err};
	assay_code rc;

	w.seen = assay_alloc(OBJECTS_MAX / CHAR_BIT, 1);
	if (w.seen == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF pictures");
	rc = pdf_document_open(&w.d, fd, err);
	if (rc == ASSAY_OK)
		rc = check_pages(&w, pages, first, last);
	pdf_document_release(&w.d);
	free(w.todo);
	free(w.seen);
	return rc;
}
