/**
 * Calls of Tesseract's that cost a fifth of its time, answered by ourselves: two do nothing for us, two take Leptonica
 * far longer than they must. The program's own definition of a shared library's function comes first in the search for
 * symbols, so Tesseract finds these. None changes a bit of what it reads.
 *
 * OpenMP. Each parallel region of libgomp ends with a futex call, even with OMP_THREAD_LIMIT=1, and a page has 50 000
 * of them; in the sandbox each also passes the filter. GOMP_parallel and the sections of ocr_shim.c run the region in
 * the calling thread. This holds for every library of the process: nothing here may start a thread.
 *
 * PNG. Tesseract packs the picture of each text line into PNG, and unpacks it before it is recognised. While
 * ocr_shim_lines(true) is in force pixWriteMem() gives Leptonica's own serial form where PNG is asked for, which
 * pixReadMem() reads as well: a copy instead of a compression.
 *
 * Bricks and distances. pixOpenBrick(), by which ruling lines are found, and pixDistanceFunction(), by which each blob's
 * strokes are measured, are page_brick.h's and page_distance.h's, which give the same pixels; what is asked for in ways
 * that those do not know, Leptonica does.
 */
#ifndef ASSAY_OCR_SHIM_H
#define ASSAY_OCR_SHIM_H

#include <stdbool.h>

/** Hand pictures over without compression from now on, or no longer. Off at start. */
void ocr_shim_lines(bool on);

#endif
