/**
 * Memory that is given out piece by piece and freed all at once: for lists of very many small things that live and
 * die together. A piece costs its bytes and no header.
 */
#ifndef ASSAY_ARENA_H
#define ASSAY_ARENA_H

#include "assay/memory.h"

typedef struct assay_arena {
	struct assay_arena_block *last; /* NULL while empty */
	bool on_disk;                   /* blocks after the first lie where assay/scratch.h puts them, */
	int dirfd;                      /* in this folder's file system; borrowed. Set both before the first piece */
} assay_arena;

/** n * size bytes, not zeroed, aligned for any object. NULL on overflow or when memory is out. */
void *assay_arena_alloc(assay_arena *a, size_t n, size_t size) __attribute__((warn_unused_result));
/** Copy of a string, packed without gaps. NULL when memory is out. */
char *assay_arena_strdup(assay_arena *a, const char *s) __attribute__((warn_unused_result));
/** The first n bytes as a string: none of them is a NUL. */
char *assay_arena_strndup(assay_arena *a, const char *s, size_t n) __attribute__((warn_unused_result));
/** Forget every piece, and keep a block of memory for those to come. */
void assay_arena_rewind(assay_arena *a);
/** Free every piece. Valid on an empty arena, which it is again afterwards; blocks to come lie in plain memory. */
void assay_arena_release(assay_arena *a);

#endif
