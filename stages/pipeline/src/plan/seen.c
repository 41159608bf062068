#include "seen.h"

#include "assay/bytes.h"
#include "assay/file.h"
#include "assay/metadata_set.h"
#include "assay/program.h"
#include "assay/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME  "seen"
#define FORMAT     1
#define HEAD_SIZE  128
#define HEAD_SUM   120 /* where the header's own checksum stands */
#define ENTRY_HEAD 52
#define KEY_MAX    65535
#define FILE_MAX   ((uint64_t)1 << 40)
#define BUFFER     ((size_t)256 << 10)

static const unsigned char magic[8] = {'A', 'S', 'S', 'A', 'Y', 'S', 'E', 'E'};

typedef struct head {
	uint64_t run; /* the last one, and */
	int64_t started_ns;
	uint64_t entries, left, size; /* of the body */
	assay_digest config, body;
} head;

struct assay_seen {
	head head;
	unsigned char *body;
	size_t at; /* of the entry that is compared next */
	assay_buf key;
};

/* What an entry says. */
typedef struct entry {
	assay_seen_answer answer;
	assay_stamp stamp;
	const unsigned char *sidecars; /* 16 bytes */
	const unsigned char *key;
	size_t key_size, size;
} entry;

/* ---------------------------------------------------------------- the configuration */

static void encode_pairs(assay_buf *b, char *const *keys, char *const *values, size_t count)
{
	assay_cbor_array(b, 2 * count);
	for (size_t i = 0; i < count; i++) {
		assay_cbor_words(b, keys[i]);
		assay_cbor_bytes(b, values[i], strlen(values[i]));
	}
}

static void encode_tables(assay_buf *b, const assay_metadata_tables *t)
{
	const size_t count = assay_metadata_tables_count(t);

	assay_cbor_array(b, count);
	for (size_t i = 0; i < count; i++) {
		const assay_metadata_row row = assay_metadata_tables_row(t, i);
		const assay_metadata_cell *cells;
		const size_t n = assay_metadata_tables_find(t, row.path, &cells);

		assay_cbor_array(b, 1 + 2 * n);
		assay_cbor_bytes(b, row.path, strlen(row.path));
		for (size_t k = 0; k < n; k++) {
			assay_cbor_text(b, cells[k].key);
			assay_cbor_text(b, cells[k].value);
		}
	}
}

/* Of everything beside the catalog and the files that decides whether a source is unchanged. */
static assay_code digest_config(assay_digest *out, const assay_session *s, assay_err *err)
{
	const assay_config *c = s->config;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cbor_uint(&b, FORMAT);
	assay_cbor_text(&b, ASSAY_PROGRAM_VERSION); /* another one may settle metadata in another way */
	assay_cbor_array(&b, c->source_count);
	for (size_t i = 0; i < c->source_count; i++) {
		const assay_config_source *rule = &c->sources[i];

		assay_cbor_bytes(&b, rule->pattern, strlen(rule->pattern));
		assay_cbor_uint(&b, rule->modality);
		encode_pairs(&b, rule->metadata_keys, rule->metadata_values, rule->metadata_count);
		encode_pairs(&b, rule->sidecar_roles, rule->sidecar_templates, rule->sidecar_count);
	}
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++)
		assay_cbor_digest(&b, s->recipes[m] != NULL ? &s->recipes[m]->digest : NULL);
	encode_tables(&b, c->tables);
	for (size_t i = 0; i < s->decided.count; i++)
		if (s->decided.items[i].kind == ASSAY_DECISION_METADATA)
			assay_cbor_uint(&b, s->decided.items[i].id);
	rc = assay_buf_check(&b, err);
	return rc == ASSAY_OK ? assay_digest_of(out, b.data, b.len, err) : rc;
}

/* ---------------------------------------------------------------- header */

static assay_code encode_head(unsigned char out[HEAD_SIZE], const head *h, assay_err *err)
{
	assay_digest sum;
	assay_code rc;

	memset(out, 0, HEAD_SIZE);
	memcpy(out, magic, sizeof magic);
	assay_put_le(out + 8, FORMAT, 8);
	assay_put_le(out + 16, h->run, 8);
	assay_put_le(out + 24, (uint64_t)h->started_ns, 8);
	assay_put_le(out + 32, h->entries, 8);
	assay_put_le(out + 40, h->left, 8);
	assay_put_le(out + 48, h->size, 8);
	memcpy(out + 56, h->config.bytes, ASSAY_DIGEST_SIZE);
	memcpy(out + 88, h->body.bytes, ASSAY_DIGEST_SIZE);
	rc = assay_digest_of(&sum, out, HEAD_SUM, err);
	if (rc == ASSAY_OK)
		memcpy(out + HEAD_SUM, sum.bytes, HEAD_SIZE - HEAD_SUM);
	return rc;
}

static bool read_head(head *h, int fd)
{
	unsigned char p[HEAD_SIZE];
	assay_digest sum;

	if (assay_pread_all(fd, p, sizeof p, 0, NULL) != ASSAY_OK || memcmp(p, magic, sizeof magic) != 0 ||
	    assay_get_le(p + 8, 8) != FORMAT || assay_digest_of(&sum, p, HEAD_SUM, NULL) != ASSAY_OK ||
	    memcmp(p + HEAD_SUM, sum.bytes, HEAD_SIZE - HEAD_SUM) != 0)
		return false;
	h->run = assay_get_le(p + 16, 8);
	h->started_ns = (int64_t)assay_get_le(p + 24, 8);
	h->entries = assay_get_le(p + 32, 8);
	h->left = assay_get_le(p + 40, 8);
	h->size = assay_get_le(p + 48, 8);
	memcpy(h->config.bytes, p + 56, ASSAY_DIGEST_SIZE);
	memcpy(h->body.bytes, p + 88, ASSAY_DIGEST_SIZE);
	return h->size <= FILE_MAX;
}

/* No run but that of the session has begun since: every one that writes sources has a row before it does. */
static bool is_of_last_run(const head *h, const assay_session *s)
{
	ASSAY_AUTO_RUN last = {0}, next = {0};

	if (h->run == 0 || h->run == UINT64_MAX || assay_run_get(s->store, h->run, &last, NULL) != ASSAY_OK ||
	    last.started_ns != h->started_ns)
		return false;
	return s->run.id == h->run + 1 ||
	       (s->run.id == 0 && assay_run_get(s->store, h->run + 1, &next, NULL) == ASSAY_ENOENT);
}

/* ---------------------------------------------------------------- entries */

static bool read_entry(entry *e, const unsigned char *p, size_t left)
{
	if (left < ENTRY_HEAD)
		return false;
	e->key_size = (size_t)assay_get_le(p, 2);
	e->size = ENTRY_HEAD + e->key_size;
	if (p[2] > ASSAY_SEEN_FAILED || p[3] != 0 || e->key_size == 0 || e->size > left)
		return false;
	e->answer = (assay_seen_answer)p[2];
	e->stamp.size = assay_get_le(p + 4, 8);
	e->stamp.mtime_ns = (int64_t)assay_get_le(p + 12, 8);
	e->stamp.ctime_ns = (int64_t)assay_get_le(p + 20, 8);
	e->stamp.inode = assay_get_le(p + 28, 8);
	e->sidecars = p + 36;
	e->key = p + ENTRY_HEAD;
	return true;
}

static int compare_keys(const unsigned char *a, size_t a_size, const unsigned char *b, size_t b_size)
{
	const int c = memcmp(a, b, a_size < b_size ? a_size : b_size);

	return c != 0 ? c : (a_size > b_size) - (a_size < b_size);
}

/* Looked through once: whoever reads an entry later need not ask whether it is one. */
static bool is_well_formed(const assay_seen *x)
{
	entry before = {0}, e = {0};
	uint64_t count = 0;

	for (size_t at = 0; at < x->head.size; at += e.size, count++) {
		if (!read_entry(&e, x->body + at, (size_t)x->head.size - at) ||
		    memchr(e.key, '\0', e.key_size) != NULL ||
		    (count > 0 && compare_keys(before.key, before.key_size, e.key, e.key_size) >= 0))
			return false;
		before = e;
	}
	return count == x->head.entries;
}

/* Their roles, paths and stamps. */
static assay_code digest_sidecars(unsigned char out[16], const assay_found *f, assay_err *err)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_digest d;
	assay_code rc;

	memset(out, 0, 16);
	if (f->sidecar_count == 0)
		return ASSAY_OK;
	for (size_t i = 0; i < f->sidecar_count; i++) {
		const assay_found_sidecar *sc = &f->sidecars[i];

		assay_cbor_bytes(&b, sc->role, strlen(sc->role));
		assay_cbor_bytes(&b, sc->path, strlen(sc->path));
		assay_cbor_uint(&b, sc->stamp.size);
		assay_cbor_int(&b, sc->stamp.mtime_ns);
		assay_cbor_int(&b, sc->stamp.ctime_ns);
		assay_cbor_uint(&b, sc->stamp.inode);
	}
	rc = assay_buf_check(&b, err);
	if (rc == ASSAY_OK)
		rc = assay_digest_of(&d, b.data, b.len, err);
	if (rc == ASSAY_OK)
		memcpy(out, d.bytes, 16);
	return rc;
}

/* ---------------------------------------------------------------- reading */

/* Before room is made for it: a header may claim anything. */
static bool has_its_size(const head *h, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (uint64_t)st.st_size == HEAD_SIZE + h->size;
}

static bool load_body(assay_seen *x, int fd)
{
	assay_digest d;

	if (assay_pread_all(fd, x->body, (size_t)x->head.size, HEAD_SIZE, NULL) != ASSAY_OK ||
	    assay_digest_of(&d, x->body, (size_t)x->head.size, NULL) != ASSAY_OK)
		return false;
	return assay_digest_eq(&d, &x->head.body) && is_well_formed(x);
}

assay_code assay_seen_open(assay_seen **out, const assay_session *s, assay_err *err)
{
	const int dirfd = assay_store_dirfd(s->store);
	ASSAY_AUTO_FD fd = openat(dirfd, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	assay_digest config;
	assay_seen *x;
	head h;
	assay_code rc;

	*out = NULL;
	if (fd < 0 || !read_head(&h, fd) || !has_its_size(&h, fd) || !is_of_last_run(&h, s))
		return ASSAY_OK;
	rc = digest_config(&config, s, err);
	if (rc != ASSAY_OK || !assay_digest_eq(&config, &h.config))
		return rc;
	x = assay_alloc(1, sizeof *x);
	if (x == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "index of what was seen");
	x->head = h;
	x->body = assay_scratch_alloc(dirfd, (size_t)h.size, 1);
	if (x->body == NULL || !load_body(x, fd))
		assay_seen_close(x);
	else
		*out = x;
	return ASSAY_OK;
}

void assay_seen_close(assay_seen *x)
{
	if (x == NULL)
		return;
	assay_scratch_free(x->body, (size_t)x->head.size, 1);
	assay_buf_release(&x->key);
	free(x);
}

assay_code assay_seen_ask(assay_seen_answer *out, assay_seen *x, const assay_found *f, assay_err *err)
{
	const size_t size = strlen(f->key);
	unsigned char sidecars[16];
	entry e = {0};
	int order = 1;
	assay_code rc;

	*out = ASSAY_SEEN_NOTHING;
	while (read_entry(&e, x->body + x->at, (size_t)x->head.size - x->at)) {
		order = compare_keys((const unsigned char *)f->key, size, e.key, e.key_size);
		if (order <= 0)
			break;
		x->at += e.size;
		order = 1;
	}
	if (order != 0 || f->problem != 0 || !assay_stamp_same(&e.stamp, &f->stamp))
		return ASSAY_OK;
	rc = digest_sidecars(sidecars, f, err);
	if (rc == ASSAY_OK && memcmp(sidecars, e.sidecars, sizeof sidecars) == 0)
		*out = e.answer;
	return rc;
}

uint64_t assay_seen_left(const assay_seen *x)
{
	return x->head.left;
}

assay_code assay_seen_each_gone(const assay_seen *x, const assay_scan *scan, assay_seen_fn *fn, void *ctx,
				assay_err *err)
{
	ASSAY_AUTO_BUF key = ASSAY_BUF_INIT;
	entry e;
	size_t i = 0;
	assay_code rc = ASSAY_OK;

	for (size_t at = 0; rc == ASSAY_OK && read_entry(&e, x->body + at, (size_t)x->head.size - at); at += e.size) {
		int order = 1;

		for (; i < scan->count; i++) {
			const char *k = scan->items[i].key;

			order = compare_keys((const unsigned char *)k, strlen(k), e.key, e.key_size);
			if (order >= 0)
				break;
		}
		if (order == 0)
			continue;
		assay_buf_reset(&key);
		assay_buf_append(&key, e.key, e.key_size);
		rc = assay_buf_check(&key, err);
		if (rc == ASSAY_OK)
			rc = fn(ctx, assay_buf_str(&key), err);
	}
	return rc;
}

/* ---------------------------------------------------------------- writing */

typedef struct writer {
	int fd;
	assay_buf buffer;
	assay_hasher *hasher;
	head head;
} writer;

static assay_code write_out(writer *w, assay_err *err)
{
	assay_code rc = assay_buf_check(&w->buffer, err);

	if (rc == ASSAY_OK)
		rc = assay_hasher_add(w->hasher, w->buffer.data, w->buffer.len, err);
	if (rc == ASSAY_OK)
		rc = assay_pwrite_all(w->fd, w->buffer.data, w->buffer.len, HEAD_SIZE + w->head.size, err);
	w->head.size += w->buffer.len;
	assay_buf_reset(&w->buffer);
	return rc;
}

static assay_code add_entry(writer *w, const assay_found *f, assay_err *err)
{
	const size_t size = strlen(f->key);
	unsigned char p[ENTRY_HEAD] = {0};
	assay_code rc;

	if (size > KEY_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "a key of %zu bytes", size);
	assay_put_le(p, size, 2);
	p[2] = !f->unchanged || f->decided ? ASSAY_SEEN_NOTHING : f->failing ? ASSAY_SEEN_FAILED : ASSAY_SEEN_UNCHANGED;
	assay_put_le(p + 4, f->stamp.size, 8);
	assay_put_le(p + 12, (uint64_t)f->stamp.mtime_ns, 8);
	assay_put_le(p + 20, (uint64_t)f->stamp.ctime_ns, 8);
	assay_put_le(p + 28, f->stamp.inode, 8);
	rc = digest_sidecars(p + 36, f, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_buf_append(&w->buffer, p, sizeof p);
	assay_buf_append(&w->buffer, f->key, size);
	w->head.entries++;
	return w->buffer.len >= BUFFER ? write_out(w, err) : ASSAY_OK;
}

static assay_code fill(writer *w, const assay_session *s, const assay_scan *scan, assay_err *err)
{
	unsigned char p[HEAD_SIZE];
	assay_code rc;

	ASSAY_TRY(digest_config(&w->head.config, s, err));
	ASSAY_TRY(assay_hasher_open(&w->hasher, err));
	for (size_t i = 0; i < scan->count; i++)
		ASSAY_TRY(add_entry(w, &scan->items[i], err));
	ASSAY_TRY(write_out(w, err));
	ASSAY_TRY(assay_hasher_end(w->hasher, &w->head.body, err));
	ASSAY_TRY(encode_head(p, &w->head, err));
	ASSAY_TRY(assay_pwrite_all(w->fd, p, sizeof p, 0, err));
fail:
	return rc;
}

/* Not made durable: what a crash leaves of it does not have its digest. */
assay_code assay_seen_write(const assay_session *s, const assay_scan *scan, uint64_t left, assay_err *err)
{
	const int dirfd = assay_store_dirfd(s->store);
	writer w = {.head = {.run = s->run.id, .started_ns = s->run.started_ns, .left = left}};
	assay_code rc;

	(void)unlinkat(dirfd, FILE_NAME ".tmp", 0); /* perhaps another user's, from a run that was killed */
	w.fd = openat(dirfd, FILE_NAME ".tmp", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (w.fd < 0)
		return ASSAY_RAISE_ERRNO(err, "open '%s.tmp'", FILE_NAME);
	rc = fill(&w, s, scan, err);
	if (rc == ASSAY_OK && renameat(dirfd, FILE_NAME ".tmp", dirfd, FILE_NAME) != 0)
		rc = ASSAY_RAISE_ERRNO(err, "rename '%s.tmp'", FILE_NAME);
	if (rc != ASSAY_OK) {
		(void)unlinkat(dirfd, FILE_NAME ".tmp", 0);
		(void)unlinkat(dirfd, FILE_NAME, 0);
	}
	assay_closep(&w.fd);
	assay_buf_release(&w.buffer);
	assay_hasher_close(w.hasher);
	return rc;
}

void assay_seen_renew(const assay_session *s)
{
	ASSAY_AUTO_FD fd = openat(assay_store_dirfd(s->store), FILE_NAME, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	unsigned char p[HEAD_SIZE];
	head h;

	if (fd < 0 || !read_head(&h, fd) || !is_of_last_run(&h, s))
		return;
	h.run = s->run.id;
	h.started_ns = s->run.started_ns;
	/* One write in one sector: whoever reads sees it before or after, or that the checksum differs. */
	if (encode_head(p, &h, NULL) == ASSAY_OK)
		(void)!assay_pwrite_all(fd, p, sizeof p, 0, NULL);
}

assay_code assay_seen_forget(assay_store *store, assay_err *err)
{
	if (unlinkat(assay_store_dirfd(store), FILE_NAME, 0) != 0 && errno != ENOENT)
		return ASSAY_RAISE_ERRNO(err, "remove '%s'", FILE_NAME);
	return ASSAY_OK;
}
