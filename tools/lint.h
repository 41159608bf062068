/** Findings about the files a user writes, as `config lint` and `contract lint` tell them. */
#ifndef ASSAY_LINT_H
#define ASSAY_LINT_H

#include "verb.h"

#include "assay/diagnostic.h"

/** Without assay.yaml, what any pipeline of this build could measure is taken as measured. */
ASSAY_NODISCARD assay_code assay_lint_all_metrics(assay_vocabulary *v, assay_err *err);
/** What contracts may speak of: the metrics of assay.yaml's pipelines, without one those of the build. */
typedef struct assay_lint_terms {
	assay_config *config; /* NULL without assay.yaml, or with one that has errors (which is said) */
	assay_vocabulary all;
	const assay_vocabulary *vocabulary; /* the configuration's, or all */
} assay_lint_terms;
ASSAY_NODISCARD assay_code assay_lint_terms_open(assay_lint_terms *out, const char *config, assay_err *err);
void assay_lint_terms_release(assay_lint_terms *t);
/** One contract with its findings in d; what is wrong in it is a finding, and *out then NULL. ASSAY_ENOENT: no file. */
ASSAY_NODISCARD assay_code assay_lint_contract(assay_contract **out, const char *path, const assay_vocabulary *v,
					       assay_diagnostics *d, assay_err *err);
/** Opens the folder of a path. @param name [out, borrowed] the last component; folder has a trailing slash or is "" */
ASSAY_NODISCARD assay_code assay_lint_folder(const char *path, int *dirfd, const char **name, assay_buf *folder,
					     assay_err *err);
/** Load with every finding in d; what is wrong in the files is a finding, and *out then NULL. */
ASSAY_NODISCARD assay_code assay_lint_config(const char *path, assay_config **out, assay_diagnostics *d,
					     assay_err *err);
/** Print the findings on standard output, or that there are none; returns the exit code. */
int assay_lint_tell(const assay_invocation *in, const assay_diagnostics *d, const char *what, assay_err *err);

#endif
