/** What the tests of files that users write share: expected findings, files in a scratch folder, failing memory. */
#ifndef ASSAY_TEST_FINDINGS_H
#define ASSAY_TEST_FINDINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assay/diagnostic.h"
#include "assay/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A document and the one finding that it must give. */
typedef struct wrong_case {
	const char *text;
	int line, column;
	const char *message;
} wrong_case;

static inline void print_findings(const assay_diagnostics *d)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_diagnostics_text(d, &text);
	print_error("%s", assay_buf_str(&text));
}

/* Exactly one finding of that severity, in that place, with that text. */
static inline void assert_finding(const assay_diagnostics *d, bool is_error, const wrong_case *w)
{
	const assay_diagnostic *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++)
		if (d->items[i].is_error == is_error) {
			found = &d->items[i];
			n++;
		}
	if (n == 1 && found->line == w->line && found->column == w->column && strcmp(found->message, w->message) == 0)
		return;
	print_error("in:\n%s\nwanted %d:%d: %s\ngot %zu of %zu:\n", w->text, w->line, w->column, w->message, n,
		    d->count);
	print_findings(d);
	fail();
}

/* A scratch folder, removed file by file as the tests know them. */
typedef struct scratch {
	char path[64];
	int fd;
} scratch;

static inline void scratch_open(scratch *s)
{
	strcpy(s->path, "/tmp/assay-test-XXXXXX");
	assert_non_null(mkdtemp(s->path));
	s->fd = open(s->path, O_DIRECTORY | O_CLOEXEC);
	assert_true(s->fd >= 0);
}

static inline void scratch_write(const scratch *s, const char *name, const void *text, size_t n)
{
	const int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(assay_write_all(fd, text, n, NULL), ASSAY_OK);
	close(fd);
}

static inline void scratch_close(scratch *s)
{
	close(s->fd);
	rmdir(s->path);
}

/* xorshift64: the same numbers on every machine, from a seed that is printed. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One to four random changes: a byte, a stretch lost, a stretch doubled, a mark of YAML put in. */
static inline size_t mutate(char *text, size_t n, size_t cap, uint64_t *state)
{
	static const char marks[] = "{}[]:,-&*!|>'\"%@`#?\n\t 0\\~";
	const unsigned changes = 1 + (unsigned)(random_next(state) % 4);

	for (unsigned i = 0; i < changes && n > 8; i++) {
		const size_t at = (size_t)(random_next(state) % (n - 4)), some = 1 + (size_t)(random_next(state) % 4);
		const uint64_t what = random_next(state) % 4;

		if (what == 0)
			text[at] = (char)random_next(state);
		else if (what == 1)
			text[at] = marks[random_next(state) % (sizeof marks - 1)];
		else if (what == 2) {
			memmove(text + at, text + at + some, n - at - some);
			n -= some;
		} else if (n + some <= cap) {
			memmove(text + at + some, text + at, n - at);
			n += some;
		}
	}
	return n;
}

#endif
