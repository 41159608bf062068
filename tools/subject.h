/** What a user names: a sample by its key, or a source by its path. */
#ifndef ASSAY_SUBJECT_H
#define ASSAY_SUBJECT_H

#include "assay/sample.h"
#include "assay/source.h"

typedef struct assay_subject {
	char *name;          /* as the store knows it */
	bool is_path;        /* it is the path of a source */
	bool has_sample;     /* it is the key of a sample; a recording that is one sample is both */
	assay_source source; /* of it, in either case */
	assay_sample_row sample;
} assay_subject;

void assay_subject_release(assay_subject *s);
#define ASSAY_AUTO_SUBJECT ASSAY_CLEANUP(assay_subject_release) assay_subject

/**
 * Find it by its key or path as stored, with "./" before it, or by the file name as the shell shows it.
 * @return ASSAY_OK; ASSAY_ENOENT with a message that names what is near: the source's parts, the file of that name,
 *         the files of that folder, the nearest path
 */
ASSAY_NODISCARD assay_code assay_subject_find(assay_subject *out, assay_store *s, const char *name, assay_err *err);
/** The same without a message, and without looking for what is near. */
ASSAY_NODISCARD assay_code assay_subject_try(assay_subject *out, assay_store *s, const char *name, assay_err *err);
/**
 * A sample: the one of that key, or the only one of the source of that path.
 * @return ASSAY_ENOENT also for a source of several samples, or of none; the message lists them
 */
ASSAY_NODISCARD assay_code assay_subject_sample(assay_subject *out, assay_store *s, const char *name, assay_err *err);

#endif
