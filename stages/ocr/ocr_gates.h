/**
 * The arithmetic between the matrices of Tesseract's network, on rows of floats: what its functions.h and networkio.cpp
 * define, to the bit. Each has a plain form, which is its definition; the other uses AVX2 where the processor has it.
 * No product is fused with a sum, so both give the same bits.
 */
#ifndef ASSAY_OCR_GATES_H
#define ASSAY_OCR_GATES_H

#include <stddef.h>
#include <stdint.h>

/** Entries of a table; one stands for 1/256 of the argument. */
#define OCR_GATES_TABLE 4096

/** Values of the cells of one LSTM at one step, `count` each. */
typedef struct ocr_cells {
	float *state;         /* [in, out] what the cell keeps; at most 100 either way */
	float *out;           /* [out] tanh of the state, by the output gate */
	const float *in;      /* tanh of what is offered */
	const float *gate_in; /* the gates, 0 to 1 */
	const float *gate_keep;
	const float *gate_out;
	const float *tanh; /* table of OCR_GATES_TABLE */
} ocr_cells;

typedef struct ocr_gates {
	/** Tanh in place, by linear interpolation in a table of the tanh of n/256; -f(-x) below 0, 1 beyond the table. */
	void (*tanh)(float *inout, size_t count, const float *table);
	/** The logistic function likewise; 1 - f(-x) below 0. */
	void (*logistic)(float *inout, size_t count, const float *table);
	/** One step of the cells. */
	void (*cells)(const ocr_cells *c, size_t count);
	/** 127 times the value, rounded half away from 0, at most 127 either way. Values are finite, below 2^23. */
	void (*quantise)(int8_t *out, const float *in, size_t count);
	/** The larger of both, byte by byte, into inout. */
	void (*larger)(int8_t *inout, const int8_t *other, size_t count);
} ocr_gates;

extern const ocr_gates ocr_gates_plain;

/** @return [borrowed] the fastest that this processor has */
const ocr_gates *ocr_gates_best(void);

#endif
