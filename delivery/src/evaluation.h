/** What the two halves of reading an evaluation share: what a line says (evaluation_line.c), and of whom (evaluation.c). */
#ifndef ASSAY_DELIVERY_EVALUATION_H
#define ASSAY_DELIVERY_EVALUATION_H

#include "assay/feedback.h"

#include <jansson.h>

#define EVALUATION_NAMES 12 /* a line may name its sample in so many ways */

/** What a line says, borrowed from its JSON. */
typedef struct evaluation_line {
	const char *names[EVALUATION_NAMES]; /* of the sample, the best first */
	size_t name_count;
	size_t key_count;             /* the first so many were given as keys */
	assay_feedback_result result; /* without a key */
	char label[ASSAY_FEEDBACK_LABEL_MAX + 1];
} evaluation_line;

/**
 * @param line   where result.label points to; it must stay where it is
 * @param fault  [out] what is wrong with it, and what to do
 * @return false with a fault
 */
bool evaluation_line_read(evaluation_line *line, const json_t *object, assay_buf *fault);

#endif
