/**
 * The layers of Tesseract's network that take most of its time, computed here: the sliding window, the fully connected
 * layer with tanh, the largest of a rectangle, and the LSTM, all in bytes. As in ocr_shim.h the program's own definition of
 * a shared library's function is found first; these are C++ member functions by their mangled names. What Tesseract does
 * value by value through functions of an index is done here by rows, and its tables are looked up eight at a time. The
 * matrices are multiplied by Tesseract's own function.
 *
 * The results are the same to the bit, which is not taken on trust: the layout of Tesseract's objects is that of one
 * version. In any other, with a model of floats, or with a layer of another kind Tesseract computes for itself; and while
 * ocr_network_check(true) is in force each layer is computed both ways. Only a kind of layer that gave the same every time
 * is computed here afterwards.
 */
#ifndef ASSAY_OCR_NETWORK_H
#define ASSAY_OCR_NETWORK_H

#include <stdbool.h>

/** Hold what is computed here against Tesseract's own from now on, or no longer. Off at start. */
void ocr_network_check(bool on);

/** @return kinds of layers that are computed here, 0 to 5 */
int ocr_network_layers(void);

/** Compute nothing here, or again what gave the same: for tests and measurements. On at start. */
void ocr_network_use(bool on);

#endif
