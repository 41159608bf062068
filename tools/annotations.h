/**
 * What annotation tools hand back: texts that people wrote for tickets, from a table or from tasks of Label Studio
 * (docs/formats.md, "Annotations").
 */
#ifndef ASSAY_ANNOTATIONS_H
#define ASSAY_ANNOTATIONS_H

#include "assay/diagnostic.h"
#include "assay/digest.h"
#include "assay/memory.h"

/** One person's text. All owned. */
typedef struct assay_annotation {
	char *ticket; /* "T12"; NULL when the key alone is there */
	char *key;    /* of the sample; NULL when the ticket alone is there */
	char *text;   /* UTF-8 */
	char *annotator;
	char *reason;    /* NULL: it does not say */
	bool has_digest; /* it says of which bytes the source was when it was handed out: */
	assay_digest digest;
	int line;    /* of the table, or */
	size_t task; /* position of the task from 1; 0 in a table */
} assay_annotation;

typedef struct assay_annotations {
	assay_annotation *items;
	size_t count, cap;
	size_t blank;     /* rows and tasks in which nobody wrote anything */
	size_t cancelled; /* annotations that were skipped or cancelled */
	size_t wordless;  /* that somebody handed in without a text: each is a warning */
} assay_annotations;

void assay_annotations_release(assay_annotations *a);
#define ASSAY_AUTO_ANNOTATIONS ASSAY_CLEANUP(assay_annotations_release) assay_annotations

/**
 * Read them. A file that begins with [ or { is Label Studio's, any other a table.
 *
 * @param name     of the file, for findings
 * @param default_annotator  [optional] who did it where the file does not say. Without one, rows of a table that name
 *                 nobody are blank: they are as they were exported
 * @param d        every fault with its line or task; of tasks too it is one when nobody wrote the text
 *
 * @return ASSAY_OK, also with faults in d; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_annotations_read(assay_annotations *out, const char *name, const void *data,
						  size_t size, const char *default_annotator, assay_diagnostics *d,
						  assay_err *err);

#endif
