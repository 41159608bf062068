/**
 * What a person needs to see and hear of a sample: its text and what else the store keeps of it, and pictures that are
 * made for the purpose: the page with its doubtful lines, the waveform and the sound, key frames. Media are hostile:
 * they are decoded by a worker, in the sandbox and under the limits of assay.yaml, by the same steps that made the
 * sample. Nothing of it is kept in the store.
 */
#ifndef ASSAY_VIEW_H
#define ASSAY_VIEW_H

#include "assay/config.h"
#include "assay/recipe.h"
#include "assay/sandbox.h"
#include "assay/unit.h"

typedef struct assay_view_file {
	char *name;  /* "page.png", "line-003.png", "text.txt": a file name without folders */
	char *media; /* "image/png" */
	assay_buf data;
} assay_view_file;

/** A line of a page in which the engine doubts a word. */
typedef struct assay_view_line {
	int32_t box[4];     /* left, top, right, bottom in pixels of the picture, right and bottom exclusive */
	char *text;         /* its words */
	int32_t confidence; /* of the word that is doubted most, hundredths of a percent */
	uint32_t doubted;   /* how many of its words are */
	size_t file;        /* position of its picture in files; SIZE_MAX without one */
} assay_view_line;

typedef struct assay_view {
	assay_sample_kind kind;
	assay_view_file *files;
	size_t file_count, file_cap;
	size_t
	    text; /* position of the text, or of a table's cells as CSV, that can be corrected; SIZE_MAX: there is none */
	size_t picture; /* of the page, the table, the waveform or the first key frame; SIZE_MAX: there is none */
	size_t sound;   /* SIZE_MAX: there is none */
	assay_view_line *lines;
	size_t line_count, line_cap;
	char *missing; /* why there are no pictures; NULL when there are */
} assay_view;

void assay_view_release(assay_view *v);
#define ASSAY_AUTO_VIEW ASSAY_CLEANUP(assay_view_release) assay_view

/** A word is doubted when its confidence is below this: hundredths of a percent, as ocr.low_confidence_ratio has it. */
#define ASSAY_VIEW_DOUBTED 6000

/** Of a page, in pixels: no table's box may claim more. */
#define ASSAY_VIEW_SIDE_MAX 1000000
/**
 * Where a table lies on its page, by what the store keeps of its cells: left, top, right, bottom in pixels of the page
 * as it was read, right and bottom exclusive.
 * @param found  [out] false when it is no table, or nothing is kept that says so
 */
ASSAY_NODISCARD assay_code assay_view_table_box(int32_t box[4], bool *found, assay_store *s, const assay_recipe *recipe,
						const assay_result_sample *sample, assay_err *err);

/** Where on its page a sample lies, in pixels of the page as it was read. */
typedef struct assay_view_region {
	bool has_size;
	int32_t size[2]; /* of the page: width, height */
	bool has_box;
	int32_t box[4]; /* left, top, right, bottom, the last two exclusive; of a page all of it */
} assay_view_region;

/**
 * By what the store keeps of the page's words and of a table's cells; the size of a page without words is what was measured
 * of it (page.width, page.height). What the store keeps and cannot be read is not known: `assay check` names it.
 *
 * @param unit  that made the sample
 */
ASSAY_NODISCARD assay_code assay_view_region_of(assay_view_region *out, assay_store *s, const assay_recipe *recipe,
						const assay_unit *unit, const assay_result_sample *sample,
						assay_err *err);

typedef struct assay_viewer assay_viewer;

/**
 * @param config, store  borrowed until it is closed
 * @param rootfd         the folder of assay.yaml; borrowed likewise
 * @param pictures       false: none are made, only what the store keeps is seen
 */
ASSAY_NODISCARD assay_code assay_viewer_open(assay_viewer **out, const assay_config *config, assay_store *store,
					     int rootfd, assay_sandbox_mode sandbox, bool pictures, assay_err *err);
/**
 * Columns of a table, from 0, whose cells are marked in the picture of its cells, from now on.
 * @param columns  borrowed until others are given; NULL with count 0: none
 */
void assay_viewer_mark(assay_viewer *w, const size_t *columns, size_t count);
void assay_viewer_close(assay_viewer *w); /* NULL is fine */
static inline void assay_viewer_closep(assay_viewer **w)
{
	assay_viewer_close(*w);
}
#define ASSAY_AUTO_VIEWER ASSAY_CLEANUP(assay_viewer_closep) assay_viewer *

/**
 * See a sample as a unit made it. A worker is started when a picture must be made, and stays for samples of the same
 * recipe.
 *
 * @param path      of the source, as the store has it (escaped)
 * @param unit      that made the sample
 * @param position  of the sample in its result
 * @param out       [out, owned] what there is to see; release it in every case. That a picture cannot be made (the file
 *                  has changed or gone, its decoder fails, this build has another version of a step) is no error:
 *                  out->missing says why
 *
 * @return ASSAY_OK; ASSAY_ESTOP after a signal; ASSAY_EPERM, ASSAY_EIO… when no worker can be started or the store
 *         cannot be read; ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_viewer_see(assay_view *out, assay_viewer *w, const char *path, const assay_unit *unit,
					    uint32_t position, assay_err *err);

#endif
