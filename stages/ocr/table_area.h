/** A part of a page that may be a table: its words in lines, and what parts them. */
#ifndef ASSAY_OCR_TABLE_AREA_H
#define ASSAY_OCR_TABLE_AREA_H

#include "table_rules.h"

#include "assay/stage.h"

typedef struct table_token {
	int32_t left, top, right, bottom; /* px of the page */
	uint32_t word;                    /* its number among the page's words */
	uint32_t line;                    /* 0-based, from the top */
	uint32_t piece;                   /* 0-based number of its piece in the area */
	uint16_t column, column_end;      /* the columns it stands in, end exclusive: set by table_columns_place */
	uint32_t row;                     /* set by table_rows_place */
	bool value;                       /* a number, amount or date */
} table_token;

/** Words of one line that belong together, as their distance and content tell. */
typedef struct table_piece {
	size_t first, count; /* tokens */
	int32_t left, right;
	uint32_t line;
} table_piece;

typedef struct table_area {
	const assay_words *words;
	const table_rules *rules;
	table_token *tokens; /* by line, then left */
	size_t count;
	table_piece *pieces; /* by line, then left */
	size_t piece_count;
	uint32_t lines;
	int32_t height;                   /* of text, px */
	int32_t left, top, right, bottom; /* of the words and of the rules around them */
} table_area;

void table_area_release(table_area *a);

/** The median height of words, by their letters and confidence, 8..400. ASSAY_OK, ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code table_text_height(int32_t *out, const assay_words *words, assay_err *err);

/**
 * An area of tokens whose box and word are set: gives them lines and pieces. Words share a line when their boxes share
 * half of the lower one's height, followed from left to right, so that a line may slope.
 *
 * @param out    [out, owned] release with table_area_release(), also after a failure
 * @param tokens [borrowed] copied
 * @param rules  [borrowed] of the page, as long as the area lives
 * @return ASSAY_OK, ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code table_area_make(table_area *out, const assay_words *words, const table_token *tokens,
					   size_t count, const table_rules *rules, int32_t height, assay_err *err);

#endif
