/**
 * What of a source a unit of work is about: all of it, a range of pages, one stream, or a span of time of a stream. Its
 * text is part of the unit's work key, and how a worker is told (docs/formats.md, "Unit of work"):
 *
 *     ""                                        all of it
 *     "pages=17-32"                             pages, both inclusive; the document may end before
 *     "pages=1-1&place=3/5&half=2"              the first page, which stands in the place of the third of five pages of
 *                                               another file; of its second half ("&half=" only if it is of a half)
 *     "video", "audio=2"                        the main video stream; the second audio stream
 *     "video&t=90090/30000..120120/30000"       the same from the first time on, up to the second
 *
 * Times are those of the whole stream, exact, ticks over the denominator of its time base as in the part of a sample
 * (assay_time_part), so that the span of a sample begins with the sample's own part. There is one text for each part.
 */
#ifndef ASSAY_PART_H
#define ASSAY_PART_H

#include "assay/buf.h"
#include "assay/error.h"
#include "assay/time.h"

#include <stdbool.h>

typedef enum assay_part_stream {
	ASSAY_PART_EVERY = 0, /* all streams, or pages */
	ASSAY_PART_VIDEO,     /* the main one */
	ASSAY_PART_AUDIO,     /* of the number `audio` */
} assay_part_stream;

/** Where in a document a page stands that another file gives. All zero: where its own file says. */
typedef struct assay_place {
	uint32_t page, pages; /* 1-based number, at most pages: of how many */
	uint32_t half;        /* of a spread that was divided the page that is read first, 1, or 2; 0: it is whole */
} assay_place;

/** All zero is the whole source. */
typedef struct assay_part {
	uint32_t first_page, last_page; /* 1-based, inclusive; 0: not a range of pages */
	assay_place place;              /* of the one page that the range is then */
	assay_part_stream stream;
	uint32_t audio;        /* 1-based ordinal among the file's audio streams; 0 unless stream says so */
	bool is_span;          /* of the stream, from start to end: */
	assay_time start, end; /* num is 1; end is exclusive, and later than start */
} assay_part;

#define ASSAY_PART_TEXT 96 /* bytes of the longest text and its end */

/** Put the text there. */
void assay_part_text(char out[ASSAY_PART_TEXT], const assay_part *p);
/** ASSAY_ECORRUPT for everything that assay_part_text() does not write. The text need not be terminated. */
ASSAY_NODISCARD assay_code assay_part_read(assay_part *out, const char *text, size_t size, assay_err *err);
/**
 * Bound a part to a span of its stream. False, and nothing is changed, when there is no such part: it names no stream,
 * the times do not rise or, as ticks over a denominator, do not fit.
 */
bool assay_part_bound(assay_part *p, assay_time start, assay_time end);

#endif
