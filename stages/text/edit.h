/** Two sequences of symbols side by side: how many insertions, deletions and substitutions part them, and which. */
#ifndef ASSAY_TEXT_EDIT_H
#define ASSAY_TEXT_EDIT_H

#include "assay/memory.h"

/** Symbols 0 .. symbols - 1; what a text is made of is the caller's: characters, words, classes. */
typedef struct assay_edit assay_edit;

/**
 * What comparisons work with; one serves any number of them, one at a time.
 *
 * @param e        [out, owned] NULL unless ASSAY_OK
 * @param symbols  every symbol that is compared is smaller, at most 2^21
 * @param steps    what all comparisons may cost together, in blocks of 64 cells of the table of both texts: na / 64 * nb
 *                 for a distance where nothing is alike, in proportion to the distance where little differs. Some
 *                 3 * 10^8 of them take a second
 *
 * @return ASSAY_OK, ASSAY_EINVAL (too many symbols), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_edit_open(assay_edit **e, size_t symbols, uint64_t steps, assay_err *err);
void assay_edit_close(assay_edit *e); /* NULL is fine */
static inline void assay_edit_closep(assay_edit **e)
{
	assay_edit_close(*e);
}
#define ASSAY_AUTO_EDIT ASSAY_CLEANUP(assay_edit_closep) assay_edit *

/**
 * The edit distance of a and b (Levenshtein, each step counts one).
 *
 * 64 cells at a time: Myers, A fast bit-vector algorithm for approximate string matching based on dynamic
 * programming, J. ACM 46 (1999); with borders between blocks by Hyyro (2003). Memory is nb bytes.
 *
 * @return ASSAY_OK, ASSAY_EFULL (no steps are left), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_edit_distance(assay_edit *e, size_t *out, const uint32_t *a, size_t na,
					       const uint32_t *b, size_t nb, assay_err *err);

/**
 * Which symbols of b stand for which of a, by as few edits as the distance says. Of all ways to do so, the one that
 * takes symbols of b as early as it can: where equally few edits remain, an insertion goes before a match or
 * substitution, and that before a deletion.
 *
 * Before a[i], and for i == na at the end, the symbols b[enter[i]] .. b[leave[i] - 1] are inserted. a[i] stands beside
 * b[leave[i]] when enter[i + 1] == leave[i] + 1, and beside nothing when enter[i + 1] == leave[i].
 *
 * Memory does not follow na * nb: texts are halved (Hirschberg, A linear space algorithm for computing maximal common
 * subsequences, CACM 18 (1975)), which costs three distances.
 *
 * @param enter, leave  [out] na + 1 elements each
 *
 * @return ASSAY_OK, ASSAY_EFULL (no steps are left), ASSAY_ENOMEM
 */
ASSAY_NODISCARD assay_code assay_edit_align(assay_edit *e, uint32_t *enter, uint32_t *leave, const uint32_t *a,
					    size_t na, const uint32_t *b, size_t nb, assay_err *err);

#endif
