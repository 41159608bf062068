/**
 * What a stage is. A stage is a deterministic step with a name, a version and typed parameters; this header is all
 * an operator sees of Assay, beside base/. A stage is a const descriptor at the end of its file, listed in
 * stages/src/registry.c; beside its own file, its page and its folder's list nothing changes when one is added.
 *
 * Life of a stage. In the worker process, once: prepare() loads models into a shared state. In a child forked from
 * it, once per unit of work and root sample (a page, a video stream, an audio stream): open(), then push() for each
 * value of the kinds it takes, then flush() when the root sample ends, then close(). The first stage of a chain is a
 * reader: it has read() instead, makes the root samples and emits their values. Values run through the whole chain
 * in memory, in one decode pass.
 *
 * Everything here runs single-threaded in a sandboxed child; a stage opens no file but those that files() names.
 */
#ifndef ASSAY_STAGE_H
#define ASSAY_STAGE_H

#include "assay/buf.h"
#include "assay/error.h"
#include "assay/kind.h"
#include "assay/part.h"
#include "assay/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_STAGE_ABI 1

/* ---------------------------------------------------------------- values */

/** Kinds of value, as bits so that a stage can name several. */
typedef enum assay_value_kind {
	ASSAY_VALUE_PAGE = 1u << 0,  /* a page image */
	ASSAY_VALUE_WORDS = 1u << 1, /* the recognised words of a page, in reading order */
	ASSAY_VALUE_FRAME = 1u << 2, /* a decoded video frame */
	ASSAY_VALUE_PCM = 1u << 3,   /* a block of decoded sound */
	ASSAY_VALUE_MARK = 1u << 4,  /* something found at a time, such as a shot boundary */
	ASSAY_VALUE_CUE = 1u << 5,   /* text that is shown for a time: a subtitle */
} assay_value_kind;

struct Pix;     /* Leptonica */
struct AVFrame; /* libavutil */

/** Corners of a picture, px: upper left, upper right, lower right, lower left. All 0: nothing is said. */
typedef struct assay_corners {
	int32_t x[4], y[4];
} assay_corners;

typedef struct assay_page {
	struct Pix *pix;       /* 1, 8 or 32 bits a pixel, no colour map, upright (EXIF applied); treat as read-only */
	uint32_t number;       /* 1-based page number in the source */
	uint32_t total;        /* pages of the whole document; 0 when its maker does not know */
	uint32_t half;         /* of a spread that was divided the page that is read first, 1, or 2; 0: it is whole */
	int32_t dpi_x, dpi_y;  /* as the file declares, or a step knows better; 0 when it does not */
	const char *layer;     /* text that the file holds of the page, UTF-8; NULL when the format has none */
	assay_corners corners; /* of what the file shows of it, where a step turned that; beyond them it is filled up */
} assay_page;

typedef struct assay_word {
	const char *text;                 /* UTF-8, NFC */
	int32_t left, top, right, bottom; /* pixels of the page, origin top left, right and bottom exclusive */
	int32_t confidence;               /* hundredths of a percent, 0..10000 */
	uint32_t block, paragraph, line;  /* 0-based ordinals in the page; words of one line share all three */
} assay_word;

typedef struct assay_words {
	const assay_word *items;
	size_t count;
	const char *text; /* whole page, lines ended by \n, paragraphs by an empty line */
	int32_t page_width, page_height;
} assay_words;

typedef struct assay_frame {
	struct AVFrame *av;  /* the decoder's own buffers; treat as read-only */
	const uint8_t *luma; /* first row of the luma plane: bytes, or native-endian uint16_t when depth > 8 */
	ptrdiff_t stride;    /* bytes from row to row */
	uint32_t width, height;
	uint8_t depth;       /* significant bits of a luma sample, 8..16 */
	bool full_range;     /* luma is 0..2^depth-1 rather than 16..235 scaled */
	uint64_t index;      /* 0-based ordinal of the frame in its stream, in presentation order */
	assay_time duration; /* ticks 0 when unknown */
	int32_t rotation;    /* clockwise degrees that a player must turn the picture: 0, 90, 180, 270 */
} assay_frame;

typedef struct assay_pcm {
	const float *samples; /* frames x channels, interleaved; full scale is [-1, 1]; floats may exceed it */
	size_t frames;
	uint32_t channels; /* 1..64 */
	uint32_t rate;     /* Hz */
	uint32_t bits;     /* significant bits of the stored sample, 0 when lossy or float */
	uint64_t first;    /* ordinal of the first sample frame since the stream began */
} assay_pcm;

typedef enum assay_mark_type {
	ASSAY_MARK_SHOT = 1, /* a new shot begins at the value's time */
} assay_mark_type;

typedef struct assay_mark {
	assay_mark_type type;
	uint32_t sample;  /* the sample that begins here (the shot) */
	int64_t strength; /* in the resolution that the emitting stage's page states */
} assay_mark;

/**
 * A subtitle of a stream in the file. The value's time is when it appears. Cues come in the order of the file, which
 * may be far ahead of the frame that is decoded or behind it, and need not rise.
 */
typedef struct assay_shown_text {
	const char *text;    /* plain UTF-8 by its stream's word, unchecked; no markup. NULL: it cannot be read */
	size_t size;         /* bytes, at most ASSAY_SHOWN_TEXT_MAX; lines divided by \n */
	assay_time duration; /* ticks 0 when unknown */
	uint32_t stream;     /* 1-based ordinal among the file's streams of text subtitles */
} assay_shown_text;

#define ASSAY_SHOWN_TEXT_MAX ((size_t)64 << 10)

/** Immutable and reference counted. Only the maker writes, before the first emit. */
typedef struct assay_value {
	assay_value_kind kind;
	unsigned refs;
	uint32_t root;   /* root sample that the value belongs to */
	assay_time time; /* presentation time; ticks 0, 1/1 for pages */
	union {
		assay_page page;
		assay_words words;
		assay_frame frame;
		assay_pcm pcm;
		assay_mark mark;
		assay_shown_text cue;
	} u;
	void (*free_payload)(struct assay_value *v); /* NULL when the payload needs no freeing */
	void *owner;                                 /* for free_payload */
} assay_value;

/** A zeroed value with one reference; NULL when memory is out. */
assay_value *assay_value_new(assay_value_kind kind, uint32_t root);
assay_value *assay_value_ref(assay_value *v);
void assay_value_unref(assay_value *v); /* NULL is fine */
static inline void assay_value_unrefp(assay_value **v)
{
	assay_value_unref(*v);
}
#define ASSAY_AUTO_VALUE ASSAY_CLEANUP(assay_value_unrefp) assay_value *

/* ---------------------------------------------------------------- the sink: what a stage gives back */

typedef struct assay_sink assay_sink;

/** Implemented by whoever runs stages (stages/worker/src/chain.c; unit tests have one of their own). */
typedef struct assay_sink_ops {
	assay_code (*emit)(assay_sink *s, assay_value *v, assay_err *err);
	assay_code (*sample)(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent, uint32_t *out,
			     assay_err *err);
	assay_code (*divide)(assay_sink *s, uint32_t root, const char *part, uint32_t *out, assay_err *err);
	assay_code (*span)(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err);
	assay_code (*end)(assay_sink *s, uint32_t root, assay_err *err);
	assay_code (*measure)(assay_sink *s, uint32_t sample, unsigned metric, int64_t value, const char *undefined,
			      assay_err *err);
	assay_code (*artifact)(assay_sink *s, uint32_t sample, unsigned artifact, const void *data, size_t size,
			       assay_err *err);
	assay_code (*reject)(assay_sink *s, uint32_t sample, assay_failure failure, const char *message,
			     assay_err *err);
	assay_code (*drop)(assay_sink *s, const char *reason, uint64_t count, assay_err *err);
	assay_code (*pages)(assay_sink *s, uint32_t total, assay_err *err);
	assay_code (*fail)(assay_sink *s, assay_failure failure, const char *message, assay_err *err);
	assay_code (*widen)(assay_sink *s, assay_err *err);
} assay_sink_ops;

struct assay_sink {
	const assay_sink_ops *ops;
	void *ctx;
};

#define ASSAY_NO_PARENT UINT32_MAX

/** Send a value down the chain. Consumes the caller's reference, also on failure. */
ASSAY_NODISCARD assay_code assay_emit(assay_sink *s, assay_value *v, assay_err *err);

/**
 * Make a sample. Readers make root samples (parent == ASSAY_NO_PARENT) and call assay_end() when their values are
 * all emitted; operators make children (shots of a video, tables of a page).
 *
 * @param part   names it within its parent, roots within the source: "page=3", "t=90090/30000", "" when the sample is
 *               the whole source. The parent's part and "&" are put before it where that is not empty
 *               ("audio=2&t=0/48000"). Unique in the unit; a second sample with the same part is ASSAY_EINVAL.
 * @param out    [out] its number, for the calls below and assay_value.root
 */
ASSAY_NODISCARD assay_code assay_sample(assay_sink *s, assay_sample_kind kind, const char *part, uint32_t parent,
					uint32_t *out, assay_err *err);
/**
 * Of an operator that replaces a root's values: make a root sample that is a part of it ("half=1", named after the whole
 * as a child is) and of its kind, which the stage must declare to make. Values with its number run through the steps that
 * follow as those of a root of their own, which ends with the whole. What was measured of the whole so far the part has
 * too; what was kept of it the first part has. Once there is a part the whole is no sample any more: it must have no
 * children, and none of its values may go on.
 */
ASSAY_NODISCARD assay_code assay_divide(assay_sink *s, uint32_t root, const char *part, uint32_t *out, assay_err *err);
/** State from when to when a sample lasts (end exclusive). */
ASSAY_NODISCARD assay_code assay_span(assay_sink *s, uint32_t sample, assay_time start, assay_time end, assay_err *err);
/** Readers: no more values for this root. Every stage is flushed, in order, and closed. */
ASSAY_NODISCARD assay_code assay_end(assay_sink *s, uint32_t root, assay_err *err);

/**
 * Record a metric of a sample: `value` in the resolution its row declares (value * 10^-scale units). Once per sample
 * and metric. A metric that applies to the sample's kind and is never recorded becomes undefined ("not measured").
 * @param metric index into the calling stage's own metrics table
 */
ASSAY_NODISCARD assay_code assay_measure(assay_sink *s, uint32_t sample, unsigned metric, int64_t value,
					 assay_err *err);
/** Record that a metric has no value, and why ("no ground truth"); reason is a short static text. */
ASSAY_NODISCARD assay_code assay_undefined(assay_sink *s, uint32_t sample, unsigned metric, const char *reason,
					   assay_err *err);
/** assay_round_f64 and assay_measure in one; NaN and infinities become undefined ("not finite"). */
ASSAY_NODISCARD assay_code assay_measure_f64(assay_sink *s, uint32_t sample, unsigned metric, int scale, double value,
					     assay_err *err);
/** Keep bytes of a sample under the role that row `artifact` of the stage's artifacts table declares. Copied. */
ASSAY_NODISCARD assay_code assay_artifact(assay_sink *s, uint32_t sample, unsigned artifact, const void *data,
					  size_t size, assay_err *err);

/** This sample cannot be accepted, whatever the contract says (a page without text is EMPTY). The unit goes on. */
ASSAY_NODISCARD assay_code assay_reject(assay_sink *s, uint32_t sample, assay_failure failure, assay_err *err,
					const char *fmt, ...) ASSAY_PRINTF(5, 6);
/**
 * The whole unit fails with this class. Returns a code that the stage must return at once. Without it, the code
 * decides: ECORRUPT decode, EEMPTY empty, ESHORT short, EUNSUPPORTED unsupported, EFULL limit, ENOMEM
 * out-of-memory, anything else stage.
 */
ASSAY_NODISCARD assay_code assay_fail(assay_sink *s, assay_failure failure, assay_err *err, const char *fmt, ...)
    ASSAY_PRINTF(4, 5);
/** Count values that are not passed on and why, for conservation. reason is a short static text. */
ASSAY_NODISCARD assay_code assay_drop(assay_sink *s, const char *reason, uint64_t count, assay_err *err);
/** Readers of many-page documents: how many pages the whole document has. */
ASSAY_NODISCARD assay_code assay_pages(assay_sink *s, uint32_t total, assay_err *err);

/**
 * On a span: what was read before it is not enough to know that it comes out as in the whole stream. Returns a code that
 * the stage must return at once; the unit is begun again, from the beginning of the stream (assay_input.from_start).
 */
ASSAY_NODISCARD assay_code assay_widen(assay_sink *s, assay_err *err);

/* ---------------------------------------------------------------- input of a reader */

/** Role of what people say the text of a sample is (assay/correction.h). It comes from decisions, never from a file. */
#define ASSAY_SIDECAR_CORRECTION "correction"
/** Role of what people say the cells of a table are (assay/table_correction.h). It comes from decisions likewise. */
#define ASSAY_SIDECAR_TABLE "corrected_table"

typedef struct assay_sidecar {
	const char *role; /* "ground_truth", "transcript", ASSAY_SIDECAR_CORRECTION, ASSAY_SIDECAR_TABLE */
	const unsigned char *data;
	size_t size;
} assay_sidecar;

/**
 * What a unit reads. Most units are of a whole source or of some of its pages. A unit of a span makes the one sample that
 * begins and ends with the span, as it comes out of the whole stream; which stages can do so, their descriptors say
 * (assay_stage.spans). They are given the last value before the span, if there is one, then those of the span. Nothing
 * is judged by the root sample of such a unit, which is there to hold the other.
 */
typedef struct assay_input {
	int fd;          /* open for reading, seekable, at offset 0; borrowed */
	uint64_t size;   /* bytes */
	assay_part part; /* what is to be read of it */
	bool from_start; /* of a span: all that lies before it comes too (assay_widen) */
	const assay_sidecar *sidecars;
	size_t sidecar_count;
} assay_input;

/** The sidecar of that role, NULL if there is none. */
const assay_sidecar *assay_input_sidecar(const assay_input *in, const char *role);

/* ---------------------------------------------------------------- parameters, metrics, artifacts */

typedef enum assay_param_type {
	ASSAY_PARAM_BOOL = 1, /* bool */
	ASSAY_PARAM_INT,      /* int64_t */
	ASSAY_PARAM_DECIMAL,  /* int64_t in units of 10^-scale */
	ASSAY_PARAM_ENUM,     /* int: index into choices */
	ASSAY_PARAM_TEXT,     /* char *, owned by the params struct; never NULL */
	ASSAY_PARAM_LIST,     /* assay_text_list */
} assay_param_type;

typedef struct assay_text_list {
	char **items;
	size_t count;
} assay_text_list;

typedef struct assay_param {
	const char *name; /* NULL ends the table */
	assay_param_type type;
	size_t offset;              /* into the stage's params struct */
	int64_t min, max;           /* inclusive, in units of 10^-scale; items of a LIST */
	int scale;                  /* DECIMAL only */
	const char *const *choices; /* ENUM: NULL-ended names */
	const char *initial;        /* default as text; LIST: comma separated */
	bool local;                 /* where things lie on this machine: not part of the recipe */
	const char *unit;           /* "" when dimensionless */
	const char *help;
} assay_param;

/* _Generic turns a row that disagrees with its field into a compile error. */
#define ASSAY_PARAM_ROW_BOOL(S, f, dflt, h)                                                                            \
	{                                                                                                              \
		.name = #f, .type = ASSAY_PARAM_BOOL,                                                                  \
		.offset = _Generic(((S *)0)->f, bool                                                                   \
				   : offsetof(S, f)),                                                                  \
		.initial = (dflt), .unit = "", .help = (h)                                                             \
	}
#define ASSAY_PARAM_ROW_INT(S, f, dflt, lo, hi, u, h)                                                                  \
	{                                                                                                              \
		.name = #f, .type = ASSAY_PARAM_INT,                                                                   \
		.offset = _Generic(((S *)0)->f, int64_t                                                                \
				   : offsetof(S, f)),                                                                  \
		.min = (lo), .max = (hi), .initial = (dflt), .unit = (u), .help = (h)                                  \
	}
#define ASSAY_PARAM_ROW_DECIMAL(S, f, dflt, sc, lo, hi, u, h)                                                          \
	{                                                                                                              \
		.name = #f, .type = ASSAY_PARAM_DECIMAL,                                                               \
		.offset = _Generic(((S *)0)->f, int64_t                                                                \
				   : offsetof(S, f)),                                                                  \
		.min = (lo), .max = (hi), .scale = (sc), .initial = (dflt), .unit = (u), .help = (h)                   \
	}
#define ASSAY_PARAM_ROW_ENUM(S, f, dflt, names, h)                                                                     \
	{                                                                                                              \
		.name = #f, .type = ASSAY_PARAM_ENUM,                                                                  \
		.offset = _Generic(((S *)0)->f, int                                                                    \
				   : offsetof(S, f)),                                                                  \
		.choices = (names), .initial = (dflt), .unit = "", .help = (h)                                         \
	}
#define ASSAY_PARAM_ROW_TEXT(S, f, dflt, h)                                                                                     \
	{                                                                                                                       \
		.name = #f, .type = ASSAY_PARAM_TEXT, .offset = _Generic(((S *)0)->f, char *: offsetof(S, f)),                \
	 .initial = (dflt), .unit = "", .help = (h) \
	}
#define ASSAY_PARAM_ROW_LIST(S, f, dflt, lo, hi, h)                                                                    \
	{                                                                                                              \
		.name = #f, .type = ASSAY_PARAM_LIST,                                                                  \
		.offset = _Generic(((S *)0)->f, assay_text_list                                                        \
				   : offsetof(S, f)),                                                                  \
		.min = (lo), .max = (hi), .initial = (dflt), .unit = "", .help = (h)                                   \
	}
/* A folder or file of this machine: TEXT that stays out of the recipe. */
#define ASSAY_PARAM_ROW_LOCAL(S, f, dflt, h)                                                                                    \
	{                                                                                                                       \
		.name = #f, .type = ASSAY_PARAM_TEXT, .offset = _Generic(((S *)0)->f, char *: offsetof(S, f)),                \
	 .initial = (dflt), .local = true, .unit = "", .help = (h) \
	}

typedef struct assay_metric {
	const char *name; /* dotted, unique over all stages; NULL ends the table */
	const char *unit; /* "1" for ratios and counts, "px", "s", "dB", "LUFS"… */
	int scale;        /* values are integers in units of 10^-scale */
	unsigned kinds;   /* ASSAY_SAMPLE_MASK of the kinds of sample it is measured on */
	const char *help; /* definition in a sentence, with range and convention */
} assay_metric;

/** What judging must know of a metric beyond its value, where there is something to know. */
typedef struct assay_metric_note {
	const char *metric;  /* of the stage's own table; NULL ends the table */
	bool belief;         /* what an engine says of its own work: a remedy may raise it and make the content worse */
	assay_recall recall; /* ASSAY_RECALL_NONE: it tells of no loss */
	int64_t slack;       /* in the metric's resolution: a loss up to this is no loss */
	int permille;        /* nor is one up to slack and this share of the value before */
} assay_metric_note;

typedef struct assay_artifact_type {
	const char *role;   /* "text", "words", "keyframe"; unique in the stage; NULL ends the table */
	const char *media;  /* media type, e.g. "text/plain;charset=utf-8" */
	const char *suffix; /* file name ending without the dot */
	const char *help;
} assay_artifact_type;

/* ---------------------------------------------------------------- the descriptor */

typedef enum assay_determinism {
	ASSAY_EXACT = 1,           /* equal bits on every x86-64 CPU */
	ASSAY_EXACT_PER_BUILD = 2, /* equal bits for equal builds of `libraries`, whose build-ids join the recipe */
} assay_determinism;

/** Files whose bytes decide a stage's results (models, fonts): their digests join the recipe. */
typedef struct assay_stage_files {
	char **roles; /* parallel arrays; owned */
	char **paths;
	size_t count, cap;
} assay_stage_files;
ASSAY_NODISCARD assay_code assay_stage_files_add(assay_stage_files *f, const char *role, const char *path,
						 assay_err *err);
void assay_stage_files_release(assay_stage_files *f);

typedef struct assay_stage {
	uint32_t abi;            /* ASSAY_STAGE_ABI */
	const char *name;        /* stable dotted id; part of every recipe */
	uint32_t version;        /* bump when equal input and params may give other bytes */
	assay_modality modality; /* of the pipeline it belongs in */
	const char *summary;     /* one line */
	const char *reference;   /* paper or standard of the method; "" for plumbing */
	unsigned observes;       /* value kinds pushed to it that pass on by themselves afterwards */
	unsigned replaces;  /* value kinds pushed to it that do not: it emits what follows, or drops with a reason */
	unsigned needs;     /* of those two: kinds without which it makes nothing; 0: any one of them will do */
	unsigned emits;     /* value kinds it may emit */
	unsigned makes;     /* ASSAY_SAMPLE_MASK of kinds of sample it may make */
	unsigned max_delay; /* frames by which a mark may come after the frame it names */
	/* Of a unit that is a span (assay_input.part) it measures and makes of the sample that is the span what it would in
	 * the whole stream. Where one of the steps that know the sample's kind does not, attempts read the stream. */
	bool spans;
	bool takes_correction; /* reads the sidecar ASSAY_SIDECAR_CORRECTION in place of what it would find itself */
	bool takes_table;      /* and ASSAY_SIDECAR_TABLE in place of the one table that it names */
	assay_determinism determinism;
	const char *const
	    *libraries;            /* NULL-ended shared-object name prefixes that decide results, e.g. "libpng16.so" */
	const assay_param *params; /* NULL when there are none */
	size_t params_size;
	const assay_metric *metrics;
	const assay_metric_note *notes; /* NULL when there are none */
	const assay_artifact_type *artifacts;

	/* Version text of the engine behind the stage ("tesseract 5.3.0"); NULL when there is none. Static storage. */
	const char *(*engine)(void);
	/* Names the model and font files for these params; NULL when there are none. Called outside the sandbox.
	 * ASSAY_ECONFIG when a file that params ask for is not installed: the message says what to install. */
	assay_code (*files)(const void *params, assay_stage_files *out, assay_err *err);
	/* Loads what files() named, before the sandbox closes. *shared is inherited by every child over fork. */
	assay_code (*prepare)(void **shared, const void *params, assay_err *err);
	void (*unprepare)(void *shared);

	/* Operators. `in` is borrowed until close(). NULL open: no state. */
	assay_code (*open)(void **state, void *shared, const void *params, const assay_input *in, uint32_t root,
			   assay_err *err);
	assay_code (*push)(void *state, const assay_value *v, assay_sink *sink, assay_err *err);
	assay_code (*flush)(void *state, assay_sink *sink, assay_err *err); /* NULL: nothing is held back */
	void (*close)(void *state);                                         /* also after a failure */

	/* Readers: all of the above but open, push, flush, close. */
	assay_code (*read)(void *shared, const void *params, const assay_input *in, assay_sink *sink, assay_err *err);
} assay_stage;

/** Readers are those that take no values. */
static inline bool assay_stage_is_reader(const assay_stage *s)
{
	return s->observes == 0 && s->replaces == 0;
}

/** Rows before the terminator; 0 for NULL. */
size_t assay_param_count(const assay_stage *s);
size_t assay_metric_count(const assay_stage *s);
size_t assay_artifact_count(const assay_stage *s);
/** The note on a metric of the stage; NULL when there is none. */
const assay_metric_note *assay_metric_note_of(const assay_stage *s, const char *metric);

#endif
