/**
 * Sample media made from nothing: pages, videos and recordings, good ones and ones with a planted fault, and a list
 * of what should be found in each. No clock, no random source, no input: the same bytes on every run.
 */
#ifndef ASSAY_MEDIA_H
#define ASSAY_MEDIA_H

#include "assay/buf.h"
#include "assay/json.h"

#include <stdint.h>

/** Where the files go, and EXPECTED.json while it is being written. */
typedef struct media_set {
	const char *dir; /* borrowed; exists */
	assay_json json;
	assay_buf text;
	const char *path; /* of the file that is being listed, NULL between files */
} media_set;

/**
 * One file of EXPECTED.json: what becomes of it under data/examples/mixed, and which check finds its fault. Fields
 * that are NULL are left out.
 */
typedef struct media_file {
	const char *path;      /* relative to the folder; the beginning of its samples' keys */
	const char *modality;  /* "page", "video", "audio" */
	const char *outcome;   /* "accepted", "quarantined" (a sample of it is), "duplicate", "failed" (no samples) */
	const char *failure;   /* class, when the file fails or a stage rejects its sample */
	const char *metric;    /* that a contract refuses */
	const char *check;     /* of that contract */
	const char *severity;  /* of that check: "warning", or NULL for "error" */
	const char *caught_by; /* the example whose contract that is, when it is not mixed: then mixed accepts */
	const char *truth;     /* file with ground truth, relative to the folder */
	const char *why;       /* for people */
} media_file;

/** Make the folder and start the list. */
ASSAY_NODISCARD assay_code media_set_open(media_set *out, const char *dir, assay_err *err);
/** Write EXPECTED.json. */
ASSAY_NODISCARD assay_code media_set_finish(media_set *set, assay_err *err);
void media_set_release(media_set *set);

/** List a file; then its samples; then media_set_end(). Samples may be fewer than will be found, never others. */
void media_set_file(media_set *set, const media_file *file);
/** A sample of that file: `part` is what follows '#' in its key, "" for none. file gives outcome and reason. */
void media_set_sample(media_set *set, const char *kind, const char *part, const media_file *file);
void media_set_end(media_set *set);

/** dir/path in fresh memory [out, owned]; the folders in between are made. */
ASSAY_NODISCARD assay_code media_set_path(char **out, const media_set *set, const char *path, assay_err *err);
ASSAY_NODISCARD assay_code media_set_write(const media_set *set, const char *path, const void *p, size_t n,
					   assay_err *err);
/** Cut a file of the set to that many hundredths of its length. */
ASSAY_NODISCARD assay_code media_set_cut(const media_set *set, const char *path, unsigned percent, assay_err *err);

/* ---------------------------------------------------------------- what is made */

ASSAY_NODISCARD assay_code media_make_pages(media_set *set, assay_err *err);
ASSAY_NODISCARD assay_code media_make_videos(media_set *set, assay_err *err);
ASSAY_NODISCARD assay_code media_make_recordings(media_set *set, assay_err *err);
/** Pages, videos, recordings and EXPECTED.json in the folder `dir`, which need not exist. */
ASSAY_NODISCARD assay_code media_make_all(const char *dir, assay_err *err);

/**
 * Pages for a gate, and EXPECTED.json: clean ones, and ones with one fault each (lying on the side, on the head, blank,
 * cropped, blurred, faint, unevenly lit, in a dark border, bent, small, two on one picture, with a wrong resolution, in another language, with swapped columns of a table). `check` is the one that must find it in
 * tests/cli/queue/planted.sh.
 */
ASSAY_NODISCARD assay_code media_make_planted(const char *dir, assay_err *err);

/**
 * The upper parts of two pages side by side, 568 x 200 pixels of 16 greys, as PNG in the file `out`: each made as wide as
 * its half, or, where the right one is much larger, both in their own size.
 */
ASSAY_NODISCARD assay_code media_make_beside(const char *left, const char *right, const char *out, assay_err *err);

/**
 * A video of 160 x 120 at 10 frames a second with a hard cut every 5 s (and sound at 8 kHz where the container can
 * hold ALAC), made in memory that does not grow with its length.
 * @param seconds 1..1000000
 * @param path    its ending chooses the container: mkv, mp4, mov, avi, ts
 */
ASSAY_NODISCARD assay_code media_make_long_video(const char *path, int64_t seconds, assay_err *err);
/** Speech-like sound at 8 kHz, mono, 16 bit. The ending chooses: wav (up to 4 GiB), w64, flac. */
ASSAY_NODISCARD assay_code media_make_long_audio(const char *path, int64_t seconds, assay_err *err);

#endif
