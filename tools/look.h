/** A look at a folder that is to become a dataset: which files are pages, video or audio, and where. */
#ifndef ASSAY_LOOK_H
#define ASSAY_LOOK_H

#include "assay/buf.h"
#include "assay/kind.h"

typedef struct look_rule {
	char *pattern; /* as assay.yaml takes it */
	assay_modality modality;
	const char *sidecar; /* template, NULL when nothing stands beside the files */
	uint64_t files;      /* that it matches */
} look_rule;

typedef struct look {
	look_rule *rules; /* in order of their paths; one of them matches every file that is told in files */
	size_t rule_count, rule_cap;
	uint64_t files[ASSAY_MODALITY_MAX + 1]; /* by modality; [0]: neither media nor beside one */
} look;

/** Modality of a file by its first bytes, and by its name where these do not tell; 0 for other files. */
unsigned look_at_bytes(const unsigned char *head, size_t size, const char *name);

/** Hidden files, stores and deliveries are not looked at. */
ASSAY_NODISCARD assay_code look_run(look *out, int rootfd, assay_err *err);
void look_release(look *l);
/** Without files to look at: one rule of each modality below inbox/. */
ASSAY_NODISCARD assay_code look_nothing(look *out, assay_err *err);

#endif
