/* The names of evidence, and its record: all that a program needs that fits an estimate and sees no page. */
#include "ocr_evidence.h"

#include "assay/json.h"

#include <string.h>

#define BANDS(class, text)                                                                                             \
	{class "_70", "symbols of " text " words with a confidence below 70"}, {class "_90", "the same, 70 to 90"},    \
	    {class "_97", "the same, 90 to 97"}, {class "_99", "the same, 97 to 99"},                                  \
	{                                                                                                              \
		class "_sure", "the same, 99 and more"                                                                 \
	}

const ocr_evidence_name ocr_evidence_names[OCR_EVIDENCE_COUNT] = {
    BANDS("known", "known"),
    BANDS("unknown", "unknown"),
    BANDS("other", "other"),
    {"odd", "places in words that hardly a language has: a digit beside a letter, a capital after a small one…"},
    {"short", "symbols of unknown words of one to three symbols"},
    {"width",
     "letters that are a quarter and 4 px wider or narrower than the same letter is on this page, of those that "
     "are there five times"},
    {"missed", "ink that looks like text and is in no word's box, of all such ink"},
    {"outside", "other ink in no word's box, of all ink"},
    {"edge", "pieces of ink as large as text that touch the page's border, for each symbol"},
    {"cut", "lines with a word that touches the left or right border of the page, of all lines"},
    {"repeated", "symbols of words that repeat what stands right before them"},
    {"few", "20 of 20 and all symbols: of a page on which next to nothing was read, next to nothing is known"},
    {"stray", "letters in no word's box that stand alone or a few together, for each symbol"},
    {"dark", "lines that begin or end within two heights of text of a dark side of the page, of all lines"},
    {"unread", "letters of rows that look like text and are in no word's box, of these and all symbols"},
    {"alone", "words without letter or digit, for each symbol"},
    {"capitals", "symbols of words of two capitals and more, in lines of more small letters than capitals"},
    {"unknown_small", "symbols of unknown words of small letters alone, but for marks around them, with one below 90"},
    {"known_short", "symbols of known words of one to three symbols, with one below 97"},
    {"apart",
     "characters in which further readings of lines in doubt differ from the first, on average, for each symbol"},
    {"different", "edit distance to the second recognition, in whatever order, for each code point"},
    {"moved", "what this distance grows by when order counts, for each code point"},
    {"known_different", "symbols of known words that the second recognition does not have"},
    {"unknown_different", "the same of unknown words"},
    {"other_different", "the same of other words"},
};

bool ocr_evidence_has(int share, bool reread, bool twice)
{
	return share < OCR_FIRST_COUNT || (share == OCR_APART ? reread : twice);
}

/* ---------------------------------------------------------------- giving it out */

assay_code ocr_evidence_json(assay_buf *out, const ocr_evidence *e, assay_err *err)
{
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kuint(&j, "format", OCR_EVIDENCE_FORMAT);
	assay_json_kbool(&j, "reread", e->reread);
	assay_json_kbool(&j, "twice", e->twice);
	assay_json_key(&j, "shares");
	assay_json_object(&j);
	for (int i = 0; i < OCR_EVIDENCE_COUNT; i++)
		if (ocr_evidence_has(i, e->reread, e->twice))
			assay_json_kint(&j, ocr_evidence_names[i].name, e->share[i]);
	assay_json_end(&j);
	assay_json_end(&j);
	assay_buf_putc(out, '\n');
	return assay_buf_check(out, err);
}

typedef struct cursor {
	const char *at, *end;
} cursor;

static bool take(cursor *c, const char *text)
{
	const size_t n = strlen(text);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, text, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* A share: up to 18 digits. */
static bool take_number(cursor *c, int64_t *out)
{
	const char *first = c->at;

	*out = 0;
	while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && c->at - first < 18)
		*out = 10 * *out + (*c->at++ - '0');
	return c->at > first;
}

/* A bool under its key, with the comma before it. */
static bool take_bool(cursor *c, const char *key, bool *out)
{
	if (!take(c, key))
		return false;
	*out = take(c, "true");
	return *out || take(c, "false");
}

/* The first format that has it. */
static int format_of(int share)
{
	return share >= OCR_ALONE && share <= OCR_KNOWN_SHORT                  ? 4
	       : share == OCR_UNREAD                                           ? 3
	       : share == OCR_STRAY || share == OCR_DARK || share == OCR_APART ? 2
									       : 1;
}

static int take_format(cursor *c)
{
	return take(c, "{\"format\":4")   ? 4
	       : take(c, "{\"format\":3") ? 3
	       : take(c, "{\"format\":2") ? 2
	       : take(c, "{\"format\":1") ? 1
					  : 0;
}

bool ocr_evidence_parse(ocr_evidence *out, const char *text, size_t size)
{
	cursor c = {text, text + size};
	const int format = take_format(&c);

	*out = (ocr_evidence){0};
	if (format == 0 || (format > 1 && !take_bool(&c, ",\"reread\":", &out->reread)))
		return false;
	if (!take_bool(&c, ",\"twice\":", &out->twice) || !take(&c, ",\"shares\":{"))
		return false;
	for (int i = 0; i < OCR_EVIDENCE_COUNT; i++)
		if (ocr_evidence_has(i, out->reread, out->twice) && format_of(i) <= format &&
		    (!take(&c, i > 0 ? ",\"" : "\"") || !take(&c, ocr_evidence_names[i].name) || !take(&c, "\":") ||
		     !take_number(&c, &out->share[i])))
			return false;
	return take(&c, "}}\n") && c.at == c.end;
}
