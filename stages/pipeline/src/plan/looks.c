#include "looks.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	THREADS = 8,
	BATCHES = 2 * THREADS,
	BATCH = 128, /* files */
	FEW = 16,    /* files that are looked at sooner than another thread is woken */
	STACK = 256 << 10,
};

typedef struct batch {
	struct batch *next;
	int dirfd; /* borrowed while it is filled, owned when it is handed out */
	size_t folder, count;
	assay_found files[BATCH];
} batch;

struct assay_looks {
	assay_looks_fn *fn;
	void *ctx;
	batch *idle;    /* batches that are empty */
	batch *filling; /* the one that files are added to, or NULL */
	size_t out;     /* batches that are waiting, with a thread, or done */
	pthread_t threads[THREADS];
	unsigned count;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t asked, answered;
	batch *waiting, *done;
	unsigned free_threads;
	bool closing;
	batch batches[BATCHES];
};

static void push(batch **list, batch *b)
{
	b->next = *list;
	*list = b;
}

static batch *pop(batch **list)
{
	batch *b = *list;

	if (b != NULL)
		*list = b->next;
	return b;
}

static void look(batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		assay_found *f = &b->files[i];
		struct stat st;

		if (fstatat(b->dirfd, f->path + b->folder, &st, 0) != 0)
			f->problem = errno;
		else if (!S_ISREG(st.st_mode))
			f->problem = ENOTSUP;
		else
			assay_stamp_of(&f->stamp, &st);
	}
}

static void look_and_close(batch *b)
{
	look(b);
	assay_closep(&b->dirfd);
}

/* ---------------------------------------------------------------- threads */

static void *serve(void *ctx)
{
	assay_looks *x = ctx;

	(void)pthread_mutex_lock(&x->lock);
	while (!x->closing) {
		batch *b = pop(&x->waiting);

		if (b == NULL) {
			x->free_threads++;
			(void)pthread_cond_wait(&x->asked, &x->lock);
			x->free_threads--;
			continue;
		}
		(void)pthread_mutex_unlock(&x->lock);
		look_and_close(b);
		(void)pthread_mutex_lock(&x->lock);
		push(&x->done, b);
		(void)pthread_cond_signal(&x->answered);
	}
	(void)pthread_mutex_unlock(&x->lock);
	return NULL;
}

/* Where there is no room for one the walk looks by itself. Signals are the coordinator's. */
static void start_thread(assay_looks *x)
{
	pthread_attr_t attr;
	sigset_t all, before;

	if (pthread_attr_init(&attr) != 0)
		return;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	x->count += pthread_create(&x->threads[x->count], &attr, serve, x) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
}

/* ---------------------------------------------------------------- the walk's side */

assay_code assay_looks_open(assay_looks **out, assay_looks_fn *fn, void *ctx, assay_err *err)
{
	assay_looks *x = assay_alloc(1, sizeof *x);

	*out = x;
	if (x == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "files to look at");
	x->fn = fn;
	x->ctx = ctx;
	for (size_t i = 0; i < BATCHES; i++)
		push(&x->idle, &x->batches[i]);
	(void)pthread_mutex_init(&x->lock, NULL); /* these cannot fail on Linux with default attributes */
	(void)pthread_cond_init(&x->asked, NULL);
	(void)pthread_cond_init(&x->answered, NULL);
	return ASSAY_OK;
}

void assay_looks_close(assay_looks *x)
{
	if (x == NULL)
		return;
	(void)pthread_mutex_lock(&x->lock);
	x->closing = true;
	(void)pthread_cond_broadcast(&x->asked);
	(void)pthread_mutex_unlock(&x->lock);
	while (x->count > 0)
		(void)pthread_join(x->threads[--x->count], NULL);
	for (const batch *b = x->waiting; b != NULL; b = b->next)
		(void)close(b->dirfd);
	(void)pthread_cond_destroy(&x->answered);
	(void)pthread_cond_destroy(&x->asked);
	(void)pthread_mutex_destroy(&x->lock);
	free(x);
}

/* A batch that is out: one that is done, else one that no thread has taken yet. */
static batch *take_back(assay_looks *x)
{
	batch *b = NULL;
	bool undone = false;

	(void)pthread_mutex_lock(&x->lock);
	while (b == NULL) {
		b = pop(&x->done);
		if (b == NULL)
			undone = (b = pop(&x->waiting)) != NULL;
		if (b == NULL)
			(void)pthread_cond_wait(&x->answered, &x->lock);
	}
	(void)pthread_mutex_unlock(&x->lock);
	x->out--;
	if (undone)
		look_and_close(b);
	return b;
}

static assay_code pass_on(assay_looks *x, batch *b, assay_err *err)
{
	const assay_code rc = x->fn(x->ctx, b->files, b->count, err);

	push(&x->idle, b);
	return rc;
}

/* The walk's own descriptor is closed when it leaves the folder: a batch that is handed out has one of its own. */
static bool hand_out(assay_looks *x, batch *b)
{
	const int fd = b->count > FEW ? fcntl(b->dirfd, F_DUPFD_CLOEXEC, 0) : -1;
	bool enough;

	if (fd < 0)
		return false;
	b->dirfd = fd;
	(void)pthread_mutex_lock(&x->lock);
	push(&x->waiting, b);
	enough = x->free_threads > 0 || x->count == THREADS;
	(void)pthread_cond_signal(&x->asked);
	(void)pthread_mutex_unlock(&x->lock);
	x->out++;
	if (!enough)
		start_thread(x);
	return true;
}

assay_code assay_looks_leave(assay_looks *x, assay_err *err)
{
	batch *b = x->filling;

	x->filling = NULL;
	if (b == NULL || hand_out(x, b))
		return ASSAY_OK;
	look(b);
	return pass_on(x, b, err);
}

static assay_code begin_batch(assay_looks *x, int dirfd, size_t folder, assay_err *err)
{
	const assay_code rc = x->idle == NULL ? pass_on(x, take_back(x), err) : ASSAY_OK;

	if (rc != ASSAY_OK)
		return rc;
	x->filling = pop(&x->idle);
	x->filling->dirfd = dirfd;
	x->filling->folder = folder;
	x->filling->count = 0;
	return ASSAY_OK;
}

assay_code assay_looks_add(assay_looks *x, int dirfd, size_t folder, const assay_found *f, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	if (x->filling != NULL && (x->filling->dirfd != dirfd || x->filling->count == BATCH))
		rc = assay_looks_leave(x, err);
	if (rc == ASSAY_OK && x->filling == NULL)
		rc = begin_batch(x, dirfd, folder, err);
	if (rc == ASSAY_OK)
		x->filling->files[x->filling->count++] = *f;
	return rc;
}

assay_code assay_looks_finish(assay_looks *x, assay_err *err)
{
	assay_code rc = assay_looks_leave(x, err);

	while (rc == ASSAY_OK && x->out > 0)
		rc = pass_on(x, take_back(x), err);
	return rc;
}
