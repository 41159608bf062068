#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A signal handler has no other way to its data. Set once in a child. */
static struct {
	witness *page;
	int statm; /* /proc/self/statm, opened before the sandbox forbids it */
} scene = {NULL, -1};

/* The stack that overflowed cannot carry its own handler. */
static char handler_stack[32 << 10];

witness *witness_new(void)
{
	void *p = mmap(NULL, sizeof(witness), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

void witness_free(witness *w)
{
	if (w != NULL)
		(void)munmap(w, sizeof *w);
}

void witness_clear(witness *w)
{
	memset(w, 0, sizeof *w);
}

/* First number of statm: pages of address space. */
static uint64_t address_space(void)
{
	char text[64];
	uint64_t pages = 0;
	const ssize_t n = pread(scene.statm, text, sizeof text, 0);

	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		pages = pages * 10 + (uint64_t)(text[i] - '0');
	return pages * 4096;
}

static void on_fatal(int signal)
{
	const int error = errno;

	if (scene.page->dying == 0) {
		scene.page->error = error;
		scene.page->vm_bytes = address_space();
		scene.page->dying = (uint32_t)signal;
	}
	/* SA_RESETHAND has put the default back: the same fault, or this signal, now ends the child as it should. */
	(void)raise(signal);
}

void witness_install(witness *w)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP};
	const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
	struct sigaction act = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND | SA_ONSTACK | SA_NODEFER};

	scene.page = w;
	scene.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	(void)sigaltstack(&stack, NULL);
	for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
		(void)sigaction(fatal[i], &act, NULL);
	errno = 0;
}

bool witness_memory_was_out(const witness *w, uint64_t limit)
{
	if (w->dying == 0)
		return false;
	if (w->error == ENOMEM)
		return true;
	return limit != 0 && w->vm_bytes >= limit - limit / 16;
}
