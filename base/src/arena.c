#include "assay/arena.h"

#include "assay/scratch.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)64 << 10)

typedef struct assay_arena_block {
	struct assay_arena_block *before;
	size_t used, size; /* of bytes */
	bool on_disk;
	alignas(max_align_t) unsigned char bytes[];
} block;

/* With its header as large as a mapping may be, so that none is longer by a page that nobody uses. */
#define BLOCK_ON_DISK (ASSAY_SCRATCH_MIN - sizeof(block))

static block *add_block(assay_arena *a, size_t at_least)
{
	const bool on_disk = a->on_disk && a->last != NULL;
	const size_t usual = on_disk ? BLOCK_ON_DISK : BLOCK_SIZE;
	const size_t size = at_least > usual ? at_least : usual;
	size_t bytes;
	block *b;

	if (!assay_add_size(&bytes, sizeof *b, size))
		return NULL;
	b = on_disk ? assay_scratch_alloc(a->dirfd, 1, bytes) : malloc(bytes);
	if (b == NULL)
		return NULL;
	b->used = 0;
	b->size = size;
	b->on_disk = on_disk;
	/* A piece that fills a block of its own must not waste what is left of the one in use. */
	if (a->last != NULL && at_least > usual) {
		b->before = a->last->before;
		a->last->before = b;
	} else {
		b->before = a->last;
		a->last = b;
	}
	return b;
}

static void *take(assay_arena *a, size_t bytes, size_t align)
{
	block *b = a->last;
	size_t at = b != NULL ? (b->used + align - 1) / align * align : 0;

	if (b == NULL || at > b->size || bytes > b->size - at) {
		b = add_block(a, bytes);
		if (b == NULL)
			return NULL;
		at = 0;
	}
	b->used = at + bytes;
	return b->bytes + at;
}

void *assay_arena_alloc(assay_arena *a, size_t n, size_t size)
{
	size_t bytes;

	return assay_mul_size(&bytes, n, size) ? take(a, bytes, alignof(max_align_t)) : NULL;
}

char *assay_arena_strdup(assay_arena *a, const char *s)
{
	return assay_arena_strndup(a, s, strlen(s));
}

char *assay_arena_strndup(assay_arena *a, const char *s, size_t n)
{
	size_t bytes;
	char *copy = assay_add_size(&bytes, n, 1) ? take(a, bytes, 1) : NULL;

	if (copy == NULL)
		return NULL;
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

static void free_blocks(block *b)
{
	while (b != NULL) {
		block *before = b->before;

		if (b->on_disk)
			assay_scratch_free(b, 1, sizeof *b + b->size);
		else
			free(b);
		b = before;
	}
}

void assay_arena_rewind(assay_arena *a)
{
	if (a->last == NULL)
		return;
	free_blocks(a->last->before);
	a->last->before = NULL;
	a->last->used = 0;
}

void assay_arena_release(assay_arena *a)
{
	free_blocks(a->last);
	*a = (assay_arena){0};
}
