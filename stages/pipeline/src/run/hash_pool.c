#include "hash_pool.h"

#include "assay/file.h"

#include "cores.h"
#include "scan.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define THREADS_MIN 8
#define THREADS_MAX 16
#define CHUNK       ((size_t)128 << 10)
#define STACK       ((size_t)256 << 10)

typedef struct queue {
	assay_hash_task *first, **end;
} queue;

/* What a thread computes with, made once. */
typedef struct reader {
	assay_hasher *hasher;
	unsigned char *chunk;
} reader;

struct assay_hash_pool {
	pthread_mutex_t lock; /* of the four below */
	pthread_cond_t work;
	queue waiting, finished;
	unsigned idle;       /* threads that wait for work */
	bool closing;        /* no more work comes */
	atomic_bool give_up; /* read between chunks, without the lock */
	sem_t cores;         /* held while computing */
	int event;
	pthread_t threads[THREADS_MAX];
	unsigned count, max;
	reader own; /* for files that no thread takes */
};

static void put(queue *q, assay_hash_task *t)
{
	t->next = NULL;
	*q->end = t;
	q->end = &t->next;
}

static assay_hash_task *get(queue *q)
{
	assay_hash_task *t = q->first;

	if (t == NULL)
		return NULL;
	q->first = t->next;
	if (q->first == NULL)
		q->end = &q->first;
	return t;
}

/* ---------------------------------------------------------------- one file */

static bool reader_open(reader *r)
{
	r->chunk = r->chunk != NULL ? r->chunk : malloc(CHUNK);
	return r->chunk != NULL && (r->hasher != NULL || assay_hasher_open(&r->hasher, NULL) == ASSAY_OK);
}

static void reader_release(reader *r)
{
	assay_hasher_close(r->hasher);
	free(r->chunk);
	*r = (reader){0};
}

/* A hasher that has failed holds the head of a message: it is not used again. */
static int crypto_failed(reader *r)
{
	assay_hasher_close(r->hasher);
	r->hasher = NULL;
	return ENOMEM;
}

static int compute(assay_hash_pool *p, reader *r, size_t n)
{
	assay_code rc;

	while (sem_wait(&p->cores) != 0)
		continue; /* EINTR, which only a debugger causes: signals are blocked */
	rc = assay_hasher_add(r->hasher, r->chunk, n, NULL);
	(void)sem_post(&p->cores);
	return rc == ASSAY_OK ? 0 : crypto_failed(r);
}

/* 0 or an errno. */
static int digest_fd(assay_hash_pool *p, reader *r, int fd, assay_digest *out)
{
	off_t at = 0;
	int problem = 0;

	if (!reader_open(r))
		return ENOMEM;
	while (problem == 0) {
		const ssize_t n = pread(fd, r->chunk, CHUNK, at);

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		problem = n < 0 ? errno : compute(p, r, (size_t)n);
		at += n > 0 ? n : 0;
		if (atomic_load(&p->give_up))
			problem = ECANCELED;
	}
	if (problem == 0)
		return assay_hasher_end(r->hasher, out, NULL) == ASSAY_OK ? 0 : crypto_failed(r);
	/* What was added must not be in the next file's digest. */
	if (r->hasher != NULL && assay_hasher_end(r->hasher, out, NULL) != ASSAY_OK)
		(void)crypto_failed(r);
	return problem;
}

static int stamp_fd(int fd, assay_stamp *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return errno;
	if (!S_ISREG(st.st_mode))
		return ENOTSUP;
	assay_stamp_of(out, &st);
	return 0;
}

static bool is_known(assay_hash_task *t, const assay_stamp *now)
{
	t->unread = t->known.hashed_ns != 0 && assay_stamp_same(&t->known, now) && assay_stamp_is_settled(&t->known);
	if (t->unread)
		t->stamp = t->known;
	return t->unread;
}

/* The bytes between two equal stamps; once more if they changed meanwhile. */
static int digest_settled(assay_hash_pool *p, reader *r, assay_hash_task *t, int fd)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		assay_stamp after;
		int problem;

		t->doing = "read";
		t->stamp.hashed_ns = assay_now_ns();
		problem = digest_fd(p, r, fd, &t->digest);
		if (problem == 0)
			problem = stamp_fd(fd, &after);
		if (problem != 0 || assay_stamp_same(&after, &t->stamp))
			return problem;
		t->stamp = after;
	}
	return ESTALE;
}

static int do_file(assay_hash_pool *p, reader *r, assay_hash_task *t)
{
	ASSAY_AUTO_FD fd = -1;
	assay_stamp now = {0};
	struct stat st;
	int problem;

	t->doing = "open";
	if (t->known.hashed_ns != 0 && fstatat(t->rootfd, t->path, &st, 0) == 0 && S_ISREG(st.st_mode)) {
		assay_stamp_of(&now, &st);
		if (is_known(t, &now))
			return 0;
	}
	/* O_NONBLOCK so that a FIFO put in a source's place cannot hold the run; it is refused right after. */
	fd = openat(t->rootfd, t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno;
	problem = stamp_fd(fd, &t->stamp);
	return problem == 0 ? digest_settled(p, r, t, fd) : problem;
}

static void do_task(assay_hash_pool *p, reader *r, assay_hash_task *t)
{
	t->unread = false;
	t->problem = atomic_load(&p->give_up) ? ECANCELED : do_file(p, r, t);
}

/* ---------------------------------------------------------------- threads */

/* With the lock held. */
static void hand_back(assay_hash_pool *p, assay_hash_task *t)
{
	const uint64_t one = 1;
	ssize_t ignored = 0;

	/* It is read down when the last one is taken, so one write is enough for many; at 0 it takes a 1. */
	if (p->finished.first == NULL)
		ignored = write(p->event, &one, sizeof one);
	(void)ignored;
	put(&p->finished, t);
}

static void *serve(void *ctx)
{
	assay_hash_pool *p = ctx;
	reader r = {0};

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		assay_hash_task *t = get(&p->waiting);

		if (t != NULL) {
			(void)pthread_mutex_unlock(&p->lock);
			do_task(p, &r, t);
			(void)pthread_mutex_lock(&p->lock);
			hand_back(p, t);
		} else if (p->closing) {
			break;
		} else {
			p->idle++;
			(void)pthread_cond_wait(&p->work, &p->lock);
			p->idle--;
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	reader_release(&r);
	return NULL;
}

/* Stop signals are the coordinator's: a thread that took one would leave it waiting in poll. */
static void start_thread(assay_hash_pool *p)
{
	pthread_attr_t attr;
	sigset_t all, before;

	if (pthread_attr_init(&attr) != 0)
		return;
	(void)pthread_attr_setstacksize(&attr, STACK);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&p->threads[p->count], &attr, serve, p) == 0)
		p->count++;
	else
		p->max = p->count; /* there is no room for more: go on with those that run */
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
}

/* ---------------------------------------------------------------- the coordinator's side */

static unsigned default_threads(unsigned cores)
{
	if (cores <= THREADS_MIN / 4)
		return THREADS_MIN;
	return cores >= THREADS_MAX / 4 ? THREADS_MAX : 4 * cores;
}

assay_code assay_hash_pool_open(assay_hash_pool **out, unsigned threads, assay_err *err)
{
	const unsigned cores = assay_cores();
	assay_hash_pool *p = assay_alloc(1, sizeof *p);

	*out = NULL;
	if (p == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "readers of files");
	p->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->event < 0) {
		free(p);
		return ASSAY_RAISE_ERRNO(err, "eventfd");
	}
	p->max = threads == 0 ? default_threads(cores) : threads < THREADS_MAX ? threads : THREADS_MAX;
	p->waiting.end = &p->waiting.first;
	p->finished.end = &p->finished.first;
	(void)pthread_mutex_init(&p->lock, NULL); /* these three cannot fail on Linux with default attributes */
	(void)pthread_cond_init(&p->work, NULL);
	(void)sem_init(&p->cores, 0, cores);
	*out = p;
	return ASSAY_OK;
}

void assay_hash_pool_close(assay_hash_pool *p)
{
	if (p == NULL)
		return;
	atomic_store(&p->give_up, true);
	(void)pthread_mutex_lock(&p->lock);
	p->closing = true;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	while (p->count > 0)
		(void)pthread_join(p->threads[--p->count], NULL);
	reader_release(&p->own);
	(void)sem_destroy(&p->cores);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_mutex_destroy(&p->lock);
	(void)close(p->event);
	free(p);
}

int assay_hash_pool_fd(const assay_hash_pool *p)
{
	return p->event;
}

void assay_hash_pool_submit(assay_hash_pool *p, assay_hash_task *t)
{
	bool enough;

	(void)pthread_mutex_lock(&p->lock);
	enough = p->idle > 0 || p->count == p->max;
	(void)pthread_mutex_unlock(&p->lock);
	if (!enough)
		start_thread(p);
	if (p->count == 0)
		do_task(p, &p->own, t);
	(void)pthread_mutex_lock(&p->lock);
	if (p->count == 0) {
		hand_back(p, t);
	} else {
		put(&p->waiting, t);
		(void)pthread_cond_signal(&p->work);
	}
	(void)pthread_mutex_unlock(&p->lock);
}

assay_hash_task *assay_hash_pool_take(assay_hash_pool *p)
{
	assay_hash_task *t;
	uint64_t count;
	ssize_t ignored = 0;

	(void)pthread_mutex_lock(&p->lock);
	t = get(&p->finished);
	if (t != NULL && p->finished.first == NULL)
		ignored = read(p->event, &count, sizeof count);
	(void)pthread_mutex_unlock(&p->lock);
	(void)ignored;
	return t;
}
