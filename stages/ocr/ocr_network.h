/**
 * The layers of Tesseract's network that take most of its time, computed here: the sliding window, the fully connected
 * layer with tanh, the largest of a rectangle, and the LSTM, all in bytes. As in ocr_shim.h the program's own definition of
 * a shared library's function is found first; these are C++ member functions by their mangled names. What Tesseract does
 * value by value through functions of an index is done here by rows, and its tables are looked up eight at a time. The
 * matrices are multiplied by Tesseract's own function.
 *
 * The results are the same to the bit, which is not taken on trust: the layout of Tesseract's objects is that of one
 * version. In any other, with a model of floats, or with a layer of another kind Tesseract computes for itself. The first
 * time that a layer of a model is used it is computed both ways, and Tesseract's result stands; only a layer that gave the
 * same is computed here afterwards. Where there is no memory for it Tesseract computes, too, and nothing is concluded.
 */
#ifndef ASSAY_OCR_NETWORK_H
#define ASSAY_OCR_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

/** Forget which layers gave the same: when a model is closed, since the next one's may lie where its layers lay. */
void ocr_network_forget(void);

/** @return layers, of all models that are open, which are computed here: 7 of Tesseract's own */
size_t ocr_network_layers(void);

/** Compute nothing here, or again what gave the same: for tests and measurements. On at start. */
void ocr_network_use(bool on);

#endif
