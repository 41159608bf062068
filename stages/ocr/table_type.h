/** What the text of a cell is: a number, an amount, a date… The same for any language that writes Arabic digits. */
#ifndef ASSAY_OCR_TABLE_TYPE_H
#define ASSAY_OCR_TABLE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Stored in artifacts by name. */
typedef enum table_type {
	TABLE_EMPTY,   /* no text */
	TABLE_NONE,    /* a mark for no value: - – * .. : n/a */
	TABLE_INTEGER, /* 12, -3, (4), 10 000, 1,234,567 */
	TABLE_NUMBER,  /* with decimals, or an uncertainty: 3.14, 1.234,5, 12 ± 3, <0.05, 1.2e-3 */
	TABLE_PERCENT, /* 12 %, 3.5% */
	TABLE_AMOUNT,  /* with a currency: $ 12.00, 1.234,50 EUR, 5 € */
	TABLE_DATE,    /* 2024-01-31, 31.01.2024, 31/1/24, 31 Jan 2024, January 2024 */
	TABLE_TEXT,
} table_type;
#define TABLE_TYPES 8

/** "empty", "none", "integer"… */
const char *table_type_name(table_type type);

/** The type of a text, n bytes of UTF-8. */
table_type table_type_of(const char *text, size_t n);

/** Integer, number, percent, amount or date. */
static inline bool table_type_is_value(table_type t)
{
	return t >= TABLE_INTEGER && t <= TABLE_DATE;
}

/** Integer, number, percent or amount. */
static inline bool table_type_is_number(table_type t)
{
	return t >= TABLE_INTEGER && t <= TABLE_AMOUNT;
}

/**
 * The number that a text of such a type is, in units of 10^-4; decimals beyond are cut. A point or comma that is
 * followed by three digits and can only be a thousands separator is taken as one; (4) is -4.
 * @return false when it is none, or too large
 */
bool table_type_number(int64_t *out, const char *text, size_t n);

#endif
