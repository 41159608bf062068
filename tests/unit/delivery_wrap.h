/* The n-th allocation, write or sync of our own objects fails, once. Every program of delivery.cmake links with these. */
#ifndef DELIVERY_WRAP_H
#define DELIVERY_WRAP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static unsigned alloc_calls, alloc_fail_at; /* 0: none fails */
static unsigned write_fails, sync_fails;    /* errno, 0: works */

static inline int alloc_fails(void)
{
	return ++alloc_calls == alloc_fail_at;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
ssize_t __real_write(int fd, const void *p, size_t n);
int __real_syncfs(int fd);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_syncfs(int fd);

void *__wrap_malloc(size_t n)
{
	return alloc_fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return alloc_fails() ? NULL : __real_realloc(p, n);
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	if (write_fails == 0)
		return __real_write(fd, p, n);
	errno = (int)write_fails;
	return -1;
}

int __wrap_syncfs(int fd)
{
	if (sync_fails == 0)
		return __real_syncfs(fd);
	errno = (int)sync_fails;
	return -1;
}

#endif
