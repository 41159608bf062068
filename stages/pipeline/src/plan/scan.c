#include "scan.h"

#include "assay/file.h"
#include "assay/scratch.h"

#include "looks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH_MAX 128
#define YOUNG_NS  ((int64_t)2000000000)

typedef struct walk {
	assay_scan *out;
	const assay_config *config;
	assay_looks *looks; /* at the files */
	int rootfd, storefd;
	struct stat avoid; /* the store, if there is one */
	assay_buf path;    /* of the folder being read, with a trailing slash; "" at the root */
	assay_buf key;     /* of the file being added */
	bool escaped;      /* some key is not its path */
	struct {
		dev_t dev;
		ino_t ino;
	} above[DEPTH_MAX]; /* folders being read, to see cycles of symbolic links */
	size_t depth;
} walk;

/* ---------------------------------------------------------------- stamps */

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void assay_stamp_of(assay_stamp *out, const struct stat *st)
{
	*out = (assay_stamp){
	    .size = (uint64_t)st->st_size,
	    .mtime_ns = ns_of(st->st_mtim),
	    .ctime_ns = ns_of(st->st_ctim),
	    .inode = st->st_ino,
	};
}

bool assay_stamp_same(const assay_stamp *a, const assay_stamp *b)
{
	return a->size == b->size && a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns && a->inode == b->inode;
}

bool assay_stamp_is_settled(const assay_stamp *s)
{
	const int64_t last = s->mtime_ns > s->ctime_ns ? s->mtime_ns : s->ctime_ns;

	return s->hashed_ns - last >= YOUNG_NS;
}

/* ---------------------------------------------------------------- which folders can matter */

/* Length of the leading part of a pattern that has no wildcard, whole components only. */
static size_t literal_prefix(const char *pattern)
{
	size_t wild = strcspn(pattern, "*?[{");

	if (pattern[wild] == '\0')
		return wild;
	while (wild > 0 && pattern[wild - 1] != '/')
		wild--;
	return wild;
}

/* folder ends in a slash. It matters if it lies on the way to a pattern's literal part, or below it. */
static bool folder_matters(const assay_config *c, const char *folder, size_t size)
{
	for (size_t i = 0; i < c->source_count; i++) {
		const char *pattern = c->sources[i].pattern;
		const size_t literal = literal_prefix(pattern);
		const size_t common = size < literal ? size : literal;

		if (strncmp(pattern, folder, common) != 0)
			continue;
		if (size <= literal || pattern[literal] != '\0')
			return true;
	}
	return false;
}

static bool on_literal_way(const assay_config *c, const char *folder, size_t size)
{
	for (size_t i = 0; i < c->source_count; i++)
		if (literal_prefix(c->sources[i].pattern) >= size && strncmp(c->sources[i].pattern, folder, size) == 0)
			return true;
	return false;
}

static bool is_table(const assay_config *c, const char *path)
{
	for (size_t i = 0; i < c->metadata_file_count; i++)
		if (strcmp(c->metadata_files[i].path, path) == 0)
			return true;
	return false;
}

/* ---------------------------------------------------------------- the walk */

static assay_code no_room(assay_err *err)
{
	return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of sources");
}

static assay_code name_found(walk *w, assay_found *f, assay_err *err)
{
	const char *path = assay_buf_str(&w->path);
	assay_code rc;

	assay_buf_reset(&w->key);
	assay_path_escape(&w->key, path);
	rc = assay_buf_check(&w->key, err);
	if (rc != ASSAY_OK)
		return rc;
	f->key = f->path = assay_arena_strdup(&w->out->texts, path);
	if (strcmp(assay_buf_str(&w->key), path) != 0) {
		f->key = assay_arena_strdup(&w->out->texts, assay_buf_str(&w->key));
		w->escaped = true;
	}
	return f->path != NULL && f->key != NULL ? ASSAY_OK : no_room(err);
}

static assay_code take_found(void *ctx, const assay_found *files, size_t count, assay_err *err)
{
	const walk *w = ctx;
	assay_scan *s = w->out;

	for (size_t i = 0; i < count; i++) {
		const assay_code rc =
		    assay_scratch_grow(w->storefd, &s->items, &s->cap, s->count, sizeof *s->items, err);

		if (rc != ASSAY_OK)
			return rc;
		s->items[s->count++] = files[i];
	}
	return ASSAY_OK;
}

static assay_code add_file(walk *w, int dirfd, const char *name, assay_err *err)
{
	const size_t folder = w->path.len;
	assay_found f = {.rule = NULL};
	assay_code rc;

	assay_buf_puts(&w->path, name);
	rc = assay_buf_check(&w->path, err);
	if (rc != ASSAY_OK)
		return rc;
	f.rule = assay_config_rule_of(w->config, assay_buf_str(&w->path));
	if (f.rule == NULL)
		return ASSAY_OK;
	f.is_table = is_table(w->config, assay_buf_str(&w->path));
	rc = name_found(w, &f, err);
	return rc == ASSAY_OK ? assay_looks_add(w->looks, dirfd, folder, &f, err) : rc;
}

/* What a folder holds that may not be read cannot be known: the folder itself fails, and is seen. */
static assay_code add_locked_folder(walk *w, assay_err *err)
{
	assay_found f = {.rule = &w->config->sources[0], .problem = EACCES};
	const assay_code rc = name_found(w, &f, err);

	return rc == ASSAY_OK ? take_found(w, &f, 1, err) : rc;
}

static assay_code read_folder(walk *w, int fd, assay_err *err);

static bool is_above(const walk *w, const struct stat *st)
{
	for (size_t i = 0; i < w->depth; i++)
		if (w->above[i].dev == st->st_dev && w->above[i].ino == st->st_ino)
			return true;
	return false;
}

static assay_code enter_folder(walk *w, int dirfd, const char *name, assay_err *err)
{
	ASSAY_AUTO_FD fd = -1;
	struct stat st;
	assay_code rc;

	assay_buf_puts(&w->path, name);
	assay_buf_putc(&w->path, '/');
	rc = assay_buf_check(&w->path, err);
	if (rc != ASSAY_OK)
		return rc;
	if (!folder_matters(w->config, assay_buf_str(&w->path), w->path.len))
		return ASSAY_OK;
	if (name[0] == '.' && !on_literal_way(w->config, assay_buf_str(&w->path), w->path.len))
		return ASSAY_OK;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ASSAY_OK; /* gone since it was listed */
	if (fd < 0 && errno == EACCES)
		return add_locked_folder(w, err);
	if (fd < 0 || fstat(fd, &st) != 0)
		return ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
	if (w->storefd >= 0 && st.st_dev == w->avoid.st_dev && st.st_ino == w->avoid.st_ino)
		return ASSAY_OK;
	if (is_above(w, &st))
		return ASSAY_OK; /* a link to a folder above: its files are found by their shorter names */
	if (w->depth == DEPTH_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "folder '%s' is more than %d folders deep",
				   assay_buf_str(&w->path), DEPTH_MAX);
	w->above[w->depth].dev = st.st_dev;
	w->above[w->depth++].ino = st.st_ino;
	rc = read_folder(w, ASSAY_TAKE_FD(&fd), err);
	w->depth--;
	return rc;
}

static assay_code visit(walk *w, int dirfd, const struct dirent *e, assay_err *err)
{
	const size_t start = w->path.len;
	bool folder = e->d_type == DT_DIR;
	struct stat st;
	assay_code rc;

	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return ASSAY_OK;
	/* Only a link, or a file system that does not tell, needs a look. */
	if (e->d_type == DT_LNK || e->d_type == DT_UNKNOWN)
		folder = fstatat(dirfd, e->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
	rc = folder ? enter_folder(w, dirfd, e->d_name, err) : add_file(w, dirfd, e->d_name, err);
	if (w->path.data != NULL) {
		w->path.len = start;
		w->path.data[start] = '\0';
	}
	return rc;
}

static assay_code read_folder(walk *w, int fd, assay_err *err)
{
	DIR *dir = fdopendir(fd);
	assay_code rc = ASSAY_OK;

	if (dir == NULL) {
		rc = ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
		(void)close(fd);
		return rc;
	}
	while (rc == ASSAY_OK) {
		const struct dirent *e;

		errno = 0;
		e = readdir(dir);
		if (e == NULL) {
			if (errno != 0)
				rc = ASSAY_RAISE_ERRNO(err, "read folder '%s'", assay_buf_str(&w->path));
			break;
		}
		rc = visit(w, dirfd(dir), e, err);
	}
	if (rc == ASSAY_OK)
		rc = assay_looks_leave(w->looks, err);
	(void)closedir(dir);
	return rc;
}

static assay_code walk_all(walk *w, int fd, assay_err *err)
{
	assay_code rc = assay_looks_open(&w->looks, take_found, w, err);

	if (rc != ASSAY_OK) {
		(void)close(fd);
		return rc;
	}
	rc = read_folder(w, fd, err);
	if (rc == ASSAY_OK)
		rc = assay_looks_finish(w->looks, err);
	assay_looks_close(w->looks);
	return rc;
}

/* ---------------------------------------------------------------- sidecars */

static int compare_path(const void *a, const void *b)
{
	return strcmp(((const assay_found *)a)->path, ((const assay_found *)b)->path);
}

static int compare_key(const void *a, const void *b)
{
	return strcmp(((const assay_found *)a)->key, ((const assay_found *)b)->key);
}

/*
 * A name beside a file that the walk found, which a pattern matches: had it been there, the walk would have found it
 * too. Elsewhere a folder may have been passed over, being hidden, or a way around to one above.
 */
static bool was_listed(const assay_config *c, const char *source, const char *sidecar)
{
	const char *slash = strrchr(source, '/');
	const size_t folder = slash != NULL ? (size_t)(slash - source) + 1 : 0;

	return strncmp(source, sidecar, folder) == 0 && strchr(sidecar + folder, '/') == NULL &&
	       assay_config_rule_of(c, sidecar) != NULL;
}

/* A sidecar that the walk saw, or would have seen, needs no stat of its own. */
static bool look_for(const walk *w, const assay_found *source, const char *path, assay_found_sidecar *out)
{
	const assay_found probe = {.path = path};
	assay_scan *s = w->out;
	assay_found *f = s->count > 0 ? bsearch(&probe, s->items, s->count, sizeof probe, compare_path) : NULL;
	struct stat st;

	if (f != NULL) {
		f->claimed |= f->problem == 0;
		out->path = f->path;
		out->stamp = f->stamp;
		return f->problem == 0;
	}
	if (was_listed(w->config, source->path, path) || fstatat(w->rootfd, path, &st, 0) != 0 || !S_ISREG(st.st_mode))
		return false;
	out->path = NULL;
	assay_stamp_of(&out->stamp, &st);
	return true;
}

/* Appends to room, which holds as many as the rule has templates. */
static assay_code collect_sidecars(const walk *w, const assay_found *f, assay_found_sidecar *room, uint32_t *count,
				   assay_err *err)
{
	const assay_config_source *rule = f->rule;
	ASSAY_AUTO_BUF path = ASSAY_BUF_INIT;

	for (size_t i = 0; i < rule->sidecar_count; i++) {
		assay_found_sidecar *sc = &room[*count];
		assay_code rc;

		assay_buf_reset(&path);
		assay_sidecar_path(&path, rule->sidecar_templates[i], f->path);
		rc = assay_buf_check(&path, err);
		if (rc != ASSAY_OK)
			return rc;
		if (strcmp(assay_buf_str(&path), f->path) == 0)
			continue; /* a file is not its own sidecar */
		if (!look_for(w, f, assay_buf_str(&path), sc))
			continue;
		sc->role = rule->sidecar_roles[i];
		if (sc->path == NULL)
			sc->path = assay_arena_strdup(&w->out->texts, assay_buf_str(&path));
		if (sc->path == NULL)
			return no_room(err);
		(*count)++;
	}
	return ASSAY_OK;
}

static assay_code find_sidecars(const walk *w, assay_found *f, assay_err *err)
{
	ASSAY_AUTO_FREE assay_found_sidecar *room = NULL;
	assay_code rc;

	if (f->rule->sidecar_count == 0 || f->is_table)
		return ASSAY_OK;
	room = assay_alloc(f->rule->sidecar_count, sizeof *room);
	if (room == NULL)
		return no_room(err);
	rc = collect_sidecars(w, f, room, &f->sidecar_count, err);
	if (rc != ASSAY_OK || f->sidecar_count == 0)
		return rc;
	f->sidecars = assay_arena_alloc(&w->out->texts, f->sidecar_count, sizeof *f->sidecars);
	if (f->sidecars == NULL)
		return no_room(err);
	memcpy(f->sidecars, room, f->sidecar_count * sizeof *room);
	return ASSAY_OK;
}

/*
 * A file is a sidecar when a source claims it; files that only claim each other (their page is gone) are sources all,
 * which fail and are seen.
 */
static void keep_sources(assay_scan *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; !s->items[i].claimed && k < s->items[i].sidecar_count; k++) {
			const assay_found probe = {.path = s->items[i].sidecars[k].path};
			assay_found *f = bsearch(&probe, s->items, s->count, sizeof probe, compare_path);

			if (f != NULL)
				f->is_sidecar = true;
		}
	for (size_t i = 0; i < s->count; i++)
		if (!s->items[i].is_sidecar && !s->items[i].is_table)
			s->items[kept++] = s->items[i];
	s->count = kept;
}

/* Sorted by path while sidecars are looked up, and by key in the end. */
static assay_code sort_out(walk *w, assay_err *err)
{
	assay_scan *s = w->out;

	if (s->count == 0)
		return ASSAY_OK;
	qsort(s->items, s->count, sizeof *s->items, compare_path);
	for (size_t i = 0; i < s->count; i++) {
		const assay_code rc = find_sidecars(w, &s->items[i], err);

		if (rc != ASSAY_OK)
			return rc;
	}
	keep_sources(s);
	if (w->escaped && s->count > 0)
		qsort(s->items, s->count, sizeof *s->items, compare_key);
	return ASSAY_OK;
}

assay_code assay_scan_run(assay_scan *out, const assay_config *config, int rootfd, int storefd, assay_err *err)
{
	walk w = {.out = out, .config = config, .rootfd = rootfd, .storefd = storefd};
	int fd;
	struct stat st;
	assay_code rc;

	*out = (assay_scan){.texts = {.on_disk = storefd >= 0, .dirfd = storefd}};
	if (storefd >= 0 && fstat(storefd, &w.avoid) != 0)
		return ASSAY_RAISE_ERRNO(err, "stat store");
	fd = openat(rootfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = ASSAY_RAISE_ERRNO(err, "read the dataset's folder");
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	w.above[w.depth].dev = st.st_dev;
	w.above[w.depth++].ino = st.st_ino;
	rc = walk_all(&w, fd, err);
	assay_buf_release(&w.path);
	assay_buf_release(&w.key);
	if (rc == ASSAY_OK)
		rc = sort_out(&w, err);
	if (rc != ASSAY_OK)
		assay_scan_release(out);
	return rc;
}

static int compare_key_of(const void *key, const void *item)
{
	return strcmp(key, ((const assay_found *)item)->key);
}

const assay_found *assay_scan_find(const assay_scan *s, const char *key)
{
	return s->count > 0 ? bsearch(key, s->items, s->count, sizeof *s->items, compare_key_of) : NULL;
}

static assay_code shard_of(uint32_t *out, const char *key, uint32_t count, assay_err *err)
{
	assay_digest d;
	const assay_code rc = assay_digest_of(&d, key, strlen(key), err);

	if (rc == ASSAY_OK)
		*out =
		    ((uint32_t)d.bytes[0] << 24 | (uint32_t)d.bytes[1] << 16 | (uint32_t)d.bytes[2] << 8 | d.bytes[3]) %
		    count;
	return rc;
}

assay_code assay_scan_keep_shard(assay_scan *s, uint32_t shard, uint32_t count, uint64_t *seen, assay_err *err)
{
	*seen = 0;
	for (size_t i = 0; i < s->count; i++) {
		uint32_t home = shard;

		if (count > 0) {
			const assay_code rc = shard_of(&home, s->items[i].key, count, err);

			if (rc != ASSAY_OK)
				return rc;
		}
		s->items[i].elsewhere = home != shard;
		*seen += home == shard;
	}
	return ASSAY_OK;
}

void assay_scan_release(assay_scan *s)
{
	assay_scratch_free(s->items, s->cap, sizeof *s->items);
	assay_arena_release(&s->texts);
	*s = (assay_scan){0};
}
