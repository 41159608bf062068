#include "ocr_alto.h"

#include "ocr_text.h"

#include <string.h>

#include <utf8proc.h>

#define SOFT_HYPHEN 0xad

typedef struct box {
	int32_t left, top, right, bottom;
} box;

typedef struct writer {
	assay_buf *out;
	const assay_words *w;
	const uint32_t *headings, *headings_end; /* those that are still to come */
	size_t at;                               /* the word at hand */
	bool continued;                          /* it ends a word that the line before began */
} writer;

/* ---------------------------------------------------------------- text */

/* The code point at s, and its length in *n; what is not UTF-8 is skipped byte by byte as code point 0. */
static int32_t point_at(const char *s, size_t *n)
{
	utf8proc_int32_t c = 0;
	const utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)s, -1, &c);

	*n = got > 0 ? (size_t)got : 1;
	return got > 0 ? c : 0;
}

/* Char of XML 1.0 (2.2), without the controls that it discourages. */
static bool is_xml(int32_t c)
{
	return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && c != 0xfffe && c != 0xffff;
}

static void put_text(assay_buf *out, const char *s, size_t size)
{
	size_t n;

	for (const char *end = s + size; s < end; s += n) {
		const int32_t c = point_at(s, &n);

		if (!is_xml(c))
			continue;
		if (c == '&')
			assay_buf_puts(out, "&amp;");
		else if (c == '<')
			assay_buf_puts(out, "&lt;");
		else if (c == '>')
			assay_buf_puts(out, "&gt;");
		else if (c == '"')
			assay_buf_puts(out, "&quot;");
		else
			assay_buf_append(out, s, n);
	}
}

/* ---------------------------------------------------------------- structure */

static bool same_block(const assay_word *a, const assay_word *b)
{
	return a->block == b->block;
}

static bool same_paragraph(const assay_word *a, const assay_word *b)
{
	return a->paragraph == b->paragraph && same_block(a, b);
}

static bool same_line(const assay_word *a, const assay_word *b)
{
	return a->line == b->line && same_paragraph(a, b);
}

typedef bool same_fn(const assay_word *a, const assay_word *b);

/* The box around the words from `from` on that belong together. */
static box box_of(const assay_words *w, size_t from, same_fn *same)
{
	const assay_word *first = &w->items[from];
	box b = {first->left, first->top, first->right, first->bottom};

	for (size_t i = from + 1; i < w->count && same(first, &w->items[i]); i++) {
		const assay_word *v = &w->items[i];

		b.left = v->left < b.left ? v->left : b.left;
		b.top = v->top < b.top ? v->top : b.top;
		b.right = v->right > b.right ? v->right : b.right;
		b.bottom = v->bottom > b.bottom ? v->bottom : b.bottom;
	}
	return b;
}

static void put_box(assay_buf *out, const box *b)
{
	assay_buf_printf(out, " HPOS=\"%d\" VPOS=\"%d\" WIDTH=\"%d\" HEIGHT=\"%d\"", (int)b->left, (int)b->top,
			 b->right > b->left ? (int)(b->right - b->left) : 0,
			 b->bottom > b->top ? (int)(b->bottom - b->top) : 0);
}

static void put_element(const writer *x, const char *indent, const char *element, const char *id, uint32_t ordinal,
			same_fn *same)
{
	const box b = box_of(x->w, x->at, same);

	assay_buf_printf(x->out, "%s<%s ID=\"%s_%u\"", indent, element, id, (unsigned)ordinal);
	put_box(x->out, &b);
}

static void open_element(const writer *x, const char *indent, const char *element, const char *id, uint32_t ordinal,
			 same_fn *same)
{
	put_element(x, indent, element, id, ordinal, same);
	assay_buf_puts(x->out, ">\n");
}

/* ---------------------------------------------------------------- words */

static void put_whole(const writer *x, const char *part, size_t first, size_t hyphen)
{
	const char *a = x->w->items[first].text, *b = x->w->items[first + 1].text;

	assay_buf_printf(x->out, " SUBS_TYPE=\"%s\" SUBS_CONTENT=\"", part);
	put_text(x->out, a, strlen(a) - hyphen);
	put_text(x->out, b, strlen(b));
	assay_buf_putc(x->out, '"');
}

static void put_space(const writer *x, const assay_word *before, const assay_word *word)
{
	assay_buf_printf(x->out, "              <SP HPOS=\"%d\" VPOS=\"%d\" WIDTH=\"%d\"/>\n", (int)before->right,
			 (int)before->top, word->left > before->right ? (int)(word->left - before->right) : 0);
}

static void put_word(writer *x)
{
	const assay_word *word = &x->w->items[x->at];
	const box b = {word->left, word->top, word->right, word->bottom};
	const size_t hyphen = ocr_text_divided(x->w->items, x->w->count, x->at), size = strlen(word->text);

	assay_buf_printf(x->out, "              <String ID=\"string_%zu\"", x->at);
	put_box(x->out, &b);
	assay_buf_printf(x->out, " WC=\"%d.%04d\" CONTENT=\"", (int)(word->confidence / 10000),
			 (int)(word->confidence % 10000));
	put_text(x->out, word->text, size - hyphen);
	assay_buf_putc(x->out, '"');
	if (x->continued)
		put_whole(x, "HypPart2", x->at - 1, ocr_text_divided(x->w->items, x->w->count, x->at - 1));
	else if (hyphen > 0)
		put_whole(x, "HypPart1", x->at, hyphen);
	assay_buf_puts(x->out, "/>\n");
	if (hyphen > 0) {
		const char *text = word->text + size - hyphen;
		size_t n;

		/* a soft hyphen that is seen is a hyphen */
		assay_buf_puts(x->out, "              <HYP CONTENT=\"");
		assay_buf_puts(x->out, point_at(text, &n) == SOFT_HYPHEN ? "-" : text);
		assay_buf_puts(x->out, "\"/>\n");
	}
	x->continued = hyphen > 0;
}

static void put_line(writer *x)
{
	const assay_word *first = &x->w->items[x->at];

	open_element(x, "            ", "TextLine", "line", first->line, same_line);
	do {
		if (&x->w->items[x->at] != first)
			put_space(x, &x->w->items[x->at - 1], &x->w->items[x->at]);
		put_word(x);
		x->at++;
	} while (x->at < x->w->count && same_line(first, &x->w->items[x->at]));
	assay_buf_puts(x->out, "            </TextLine>\n");
}

static void put_paragraph(writer *x)
{
	const assay_word *first = &x->w->items[x->at];

	put_element(x, "          ", "TextBlock", "paragraph", first->paragraph, same_paragraph);
	if (x->headings < x->headings_end && *x->headings == first->paragraph) {
		assay_buf_puts(x->out, " TAGREFS=\"heading\"");
		x->headings++;
	}
	assay_buf_puts(x->out, ">\n");
	do
		put_line(x);
	while (x->at < x->w->count && same_paragraph(first, &x->w->items[x->at]));
	assay_buf_puts(x->out, "          </TextBlock>\n");
}

static void put_block(writer *x)
{
	const assay_word *first = &x->w->items[x->at];

	open_element(x, "        ", "ComposedBlock", "block", first->block, same_block);
	do
		put_paragraph(x);
	while (x->at < x->w->count && same_block(first, &x->w->items[x->at]));
	assay_buf_puts(x->out, "        </ComposedBlock>\n");
}

assay_code ocr_alto_write(assay_buf *out, const assay_words *words, const uint32_t *headings, size_t heading_count,
			  uint32_t number, assay_err *err)
{
	writer x = {.out = out, .w = words, .headings = headings, .headings_end = headings + heading_count};

	assay_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" SCHEMAVERSION=\"4.4\">\n"
			    "  <Description>\n"
			    "    <MeasurementUnit>pixel</MeasurementUnit>\n"
			    "  </Description>\n");
	if (heading_count > 0)
		assay_buf_puts(out, "  <Tags>\n"
				    "    <StructureTag ID=\"heading\" LABEL=\"heading\"/>\n"
				    "  </Tags>\n");
	assay_buf_puts(out, "  <Layout>\n");
	assay_buf_printf(out, "    <Page ID=\"page_%u\" PHYSICAL_IMG_NR=\"%u\" HEIGHT=\"%d\" WIDTH=\"%d\">\n",
			 (unsigned)number, (unsigned)number, (int)words->page_height, (int)words->page_width);
	assay_buf_printf(out, "      <PrintSpace HPOS=\"0\" VPOS=\"0\" WIDTH=\"%d\" HEIGHT=\"%d\">\n",
			 (int)words->page_width, (int)words->page_height);
	while (x.at < words->count)
		put_block(&x);
	assay_buf_puts(out, "      </PrintSpace>\n"
			    "    </Page>\n"
			    "  </Layout>\n"
			    "</alto>\n");
	return assay_buf_check(out, err);
}
