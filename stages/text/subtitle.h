/** Subtitle files: SubRip (.srt) and WebVTT (.vtt), told apart by their bytes. */
#ifndef ASSAY_TEXT_SUBTITLE_H
#define ASSAY_TEXT_SUBTITLE_H

#include "cue.h"

typedef enum assay_subtitle_format {
	ASSAY_SUBTITLE_NONE = 0, /* neither */
	ASSAY_SUBTITLE_SUBRIP,   /* one of its first 32 lines is a valid time line */
	ASSAY_SUBTITLE_WEBVTT,   /* begins with the line WEBVTT */
} assay_subtitle_format;

/** Which it is; a byte order mark of UTF-8 may stand before it. Any bytes; reads the first lines only. */
assay_subtitle_format assay_subtitle_detect(const void *data, size_t n);

/** True when the bytes begin as UTF-16 text does: with its byte order mark, or with a NUL in the first two. */
bool assay_subtitle_is_utf16(const void *data, size_t n);

/**
 * Read every cue of a file, in the order of the file. Markup is taken off (markup.h). Lines end in LF, CR or CRLF.
 *
 * Both formats are read by one rule, that of WebVTT 1, section 6, with the habits of SubRip allowed: blocks are
 * divided by empty lines; a block has a time line ("00:01:02,500 --> 00:01:04.000", hours optional, what follows is
 * ignored) as its first or second line and its text after that; a time line within a text begins the next cue. Blocks
 * of WebVTT that begin with NOTE, STYLE or REGION are passed over.
 *
 * What is no cue is counted in out->malformed and passed over: a block without a time line, a time line that cannot
 * be read or ends before it starts, a text that assay_cues_add() refuses.
 *
 * @param out   [out, owned] blank on failure; release with assay_cues_release
 * @param data  [borrowed] n bytes of any content
 *
 * @return ASSAY_OK           also when there is no cue
 *         ASSAY_EEMPTY       nothing but white space
 *         ASSAY_EUNSUPPORTED UTF-16, or neither format
 *         ASSAY_EFULL        more cues or text than assay_cues_add() takes
 *         ASSAY_ENOMEM
 *
 * Cost: linear in n. Deterministic.
 */
ASSAY_NODISCARD assay_code assay_subtitle_parse(assay_cues *out, const void *data, size_t n, assay_err *err);

#endif
