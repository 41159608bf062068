/**
 * Objects of Tesseract 5.3.0 that ocr_network.c reads and writes, as gcc and clang lay them out for x86-64 and other machines
 * of 64 bits. Named after what they are here; the comment before each names Tesseract's class.
 */
#ifndef ASSAY_OCR_NETWORK_OBJECTS_H
#define ASSAY_OCR_NETWORK_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version whose layout this is. */
#define TESS_VERSION "5.3.0"

/* GENERIC_2D_ARRAY */
typedef struct tess_grid {
	const void *functions;
	void *cells; /* row by row */
	uint32_t none;
	int32_t rows, columns, room;
} tess_grid;

/* std::vector<int> */
typedef struct tess_numbers {
	const int32_t *begin, *end, *room;
} tess_numbers;

/* StrideMap: how pictures lie in the rows of a grid; batch, height, width */
typedef struct tess_map {
	int32_t shape[3], steps[3];
	tess_numbers heights, widths;
} tess_map;

/* NetworkIO */
typedef struct tess_values {
	tess_grid floats, bytes;
	bool whole; /* in bytes */
	tess_map map;
} tess_values;

/* Network */
typedef struct tess_layer {
	const void *functions;
	int32_t type, training;
	bool learns;
	int32_t flags, inputs, outputs, weights;
	uint64_t name[4]; /* std::string */
	void *windows[2];
	uint64_t *random;
} tess_layer;

/* Convolve: its reach to each side */
typedef struct tess_window {
	tess_layer base;
	int32_t x, y;
} tess_window;

/* Maxpool, which is a Reconfig: its size */
typedef struct tess_rectangle {
	tess_layer base;
	tess_map back;
	int32_t x, y;
} tess_rectangle;

/* WeightMatrix */
typedef struct tess_matrix {
	uint64_t content[31];
} tess_matrix;

/* FullyConnected */
typedef struct tess_connected {
	tess_layer base;
	tess_matrix weights;
} tess_connected;

enum { TESS_IN, TESS_GATE_IN, TESS_GATE_KEEP, TESS_GATE_OUT, TESS_GATE_OTHER, TESS_MATRICES };

/* LSTM */
typedef struct tess_lstm {
	tess_layer base;
	int32_t sources, states, fed_back;
	bool two_ways;
	tess_matrix weights[TESS_MATRICES];
	void *softmax;
} tess_lstm;

/* NetworkType */
enum { TESS_TYPE_LSTM = 14, TESS_TYPE_LSTM_SUMMARY = 15, TESS_TYPE_TANH = 19 };

#define TESS_AT(type, field, at) _Static_assert(offsetof(type, field) == (at), "as Tesseract's compiler lays it out")
#define TESS_SIZE(type, size)    _Static_assert(sizeof(type) == (size), "as Tesseract's compiler lays it out")

TESS_AT(tess_grid, cells, 8);
TESS_AT(tess_grid, rows, 20);
TESS_AT(tess_grid, columns, 24);
TESS_SIZE(tess_grid, 32);
TESS_AT(tess_numbers, end, 8);
TESS_SIZE(tess_numbers, 24);
TESS_AT(tess_map, steps, 12);
TESS_AT(tess_map, heights, 24);
TESS_AT(tess_map, widths, 48);
TESS_SIZE(tess_map, 72);
TESS_AT(tess_values, bytes, 32);
TESS_AT(tess_values, whole, 64);
TESS_AT(tess_values, map, 72);
TESS_SIZE(tess_values, 144);
TESS_AT(tess_layer, type, 8);
TESS_AT(tess_layer, training, 12);
TESS_AT(tess_layer, inputs, 24);
TESS_AT(tess_layer, outputs, 28);
TESS_AT(tess_layer, name, 40);
TESS_AT(tess_layer, windows, 72);
TESS_AT(tess_layer, random, 88);
TESS_SIZE(tess_layer, 96);
TESS_AT(tess_window, x, 96);
TESS_AT(tess_window, y, 100);
TESS_AT(tess_rectangle, back, 96);
TESS_AT(tess_rectangle, x, 168);
TESS_AT(tess_rectangle, y, 172);
TESS_SIZE(tess_matrix, 248);
TESS_AT(tess_connected, weights, 96);
TESS_AT(tess_lstm, sources, 96);
TESS_AT(tess_lstm, states, 100);
TESS_AT(tess_lstm, fed_back, 104);
TESS_AT(tess_lstm, two_ways, 108);
TESS_AT(tess_lstm, weights, 112);
TESS_AT(tess_lstm, softmax, 1352);

#endif
