/** The kinds of sample and the modalities of source: the nouns that every layer shares. */
#ifndef ASSAY_KIND_H
#define ASSAY_KIND_H

#include <stdint.h>

/** Stored in catalogs and tries: never renumber. */
typedef enum assay_sample_kind {
	ASSAY_SAMPLE_PAGE = 1,
	ASSAY_SAMPLE_TABLE = 2,
	ASSAY_SAMPLE_VIDEO = 3,
	ASSAY_SAMPLE_SHOT = 4,
	ASSAY_SAMPLE_AUDIO = 5,
	ASSAY_SAMPLE_SEGMENT = 6,
} assay_sample_kind;
#define ASSAY_SAMPLE_KIND_MAX   6
#define ASSAY_SAMPLE_MASK(kind) (1u << (unsigned)(kind))

typedef enum assay_modality {
	ASSAY_MODALITY_PAGE = 1,
	ASSAY_MODALITY_VIDEO = 2,
	ASSAY_MODALITY_AUDIO = 3,
} assay_modality;
#define ASSAY_MODALITY_MAX 3

/** Lower-case names as users write them ("page", "shot"…); NULL for a number that is none. */
const char *assay_sample_kind_name(unsigned kind);
const char *assay_modality_name(unsigned modality);
/** Number of a name; 0 when there is no such name. */
unsigned assay_sample_kind_parse(const char *name);
unsigned assay_modality_parse(const char *name);

/**
 * How a unit of work, or one sample of it, failed. Stored: never renumber. Deterministic failures are results and
 * are cached; the others depend on the machine and the moment, are tried again once, and are never cached.
 */
typedef enum assay_failure {
	ASSAY_FAILURE_NONE = 0,
	ASSAY_FAILURE_DECODE = 1,         /* the bytes are not what they claim */
	ASSAY_FAILURE_EMPTY = 2,          /* nothing in it: no page, frame, sound or text */
	ASSAY_FAILURE_SHORT = 3,          /* ends before what it declares */
	ASSAY_FAILURE_UNSUPPORTED = 4,    /* a format, codec or feature that is not read (encrypted ones too) */
	ASSAY_FAILURE_LIMIT = 5,          /* larger than a declared limit */
	ASSAY_FAILURE_FONT = 6,           /* a font the document needs is not in the listed set */
	ASSAY_FAILURE_STAGE = 7,          /* a stage refused its input for another reason; see the message */
	ASSAY_FAILURE_METADATA = 8,       /* its metadata cannot be read, or break the fields of assay.yaml */
	ASSAY_FAILURE_CRASH = 32,         /* the child died by a signal */
	ASSAY_FAILURE_KILLED = 33,        /* SIGKILL that Assay did not send */
	ASSAY_FAILURE_TIMEOUT = 34,       /* wall-clock or CPU limit */
	ASSAY_FAILURE_OUT_OF_MEMORY = 35, /* memory limit */
	ASSAY_FAILURE_CHANGED = 36,       /* the file changed while it was read, twice */
	ASSAY_FAILURE_UNREADABLE = 37,    /* the operating system would not give its bytes */
	ASSAY_FAILURE_PROTOCOL = 38,      /* the child's answer was malformed */
} assay_failure;

/** "decode", "out-of-memory"…; NULL for a number that is none. */
const char *assay_failure_name(unsigned failure);
/** True when the outcome is a property of the bytes and the recipe, so that it may be cached. */
int assay_failure_is_deterministic(unsigned failure);

/** What a metric tells of content that is lost: a remedy may not lose any to look better. */
typedef enum assay_recall {
	ASSAY_RECALL_NONE = 0,
	ASSAY_RECALL_MORE = 1, /* it counts what was kept: less of it is loss */
	ASSAY_RECALL_LESS = 2, /* it counts what was missed: more of it is loss */
} assay_recall;

/**
 * Why a metric has no value on a sample whose text people wrote, or on one whose text they did not: no fault of the
 * sample, so checks on it are skipped. Stored: never reword.
 */
#define ASSAY_BY_HAND     "corrected by hand"     /* what an engine would say of its own work */
#define ASSAY_NOT_BY_HAND "not corrected by hand" /* how far people agree on it */

/** Who said a value of the metadata, in ascending precedence. Stored: never renumber. */
typedef enum assay_metadata_origin {
	ASSAY_METADATA_RULE = 1,     /* `metadata` of the source's rule in assay.yaml */
	ASSAY_METADATA_PATH = 2,     /* a {name} of the rule's pattern */
	ASSAY_METADATA_TABLE = 3,    /* a table of `metadata_files` */
	ASSAY_METADATA_SIDECAR = 4,  /* the sidecar of role metadata */
	ASSAY_METADATA_DECISION = 5, /* a person's decision */
} assay_metadata_origin;

/** "assay.yaml", "path", "table", "sidecar", "decision"; NULL for a number that is none. */
const char *assay_metadata_origin_name(unsigned origin);

#endif
