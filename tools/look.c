#include "look.h"

#include "assay/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define SNIFFED   16 /* files of one ending in one folder that are opened; the others are taken to be the same */
#define RULES_MAX 32 /* more than these nobody reads: endings are then named for the whole tree */
#define HEAD      64

/* ---------------------------------------------------------------- what a file is */

static const struct magic {
	const char *bytes;
	size_t size, at;
	unsigned modality;
} magics[] = {
    {"\xff\xd8\xff", 3, 0, ASSAY_MODALITY_PAGE}, {"\x89PNG\r\n\x1a\n", 8, 0, ASSAY_MODALITY_PAGE},
    {"GIF8", 4, 0, ASSAY_MODALITY_PAGE},         {"II*\0", 4, 0, ASSAY_MODALITY_PAGE},
    {"MM\0*", 4, 0, ASSAY_MODALITY_PAGE},        {"II+\0", 4, 0, ASSAY_MODALITY_PAGE},
    {"MM\0+", 4, 0, ASSAY_MODALITY_PAGE},        {"\0\0\0\x0cjP  ", 8, 0, ASSAY_MODALITY_PAGE},
    {"WEBP", 4, 8, ASSAY_MODALITY_PAGE},         {"%PDF-", 5, 0, ASSAY_MODALITY_PAGE},
    {"WAVE", 4, 8, ASSAY_MODALITY_AUDIO},        {"riff", 4, 0, ASSAY_MODALITY_AUDIO},
    {"AIFF", 4, 8, ASSAY_MODALITY_AUDIO},        {"AIFC", 4, 8, ASSAY_MODALITY_AUDIO},
    {"fLaC", 4, 0, ASSAY_MODALITY_AUDIO},        {"ID3", 3, 0, ASSAY_MODALITY_AUDIO},
    {"#!AMR", 5, 0, ASSAY_MODALITY_AUDIO},       {".snd", 4, 0, ASSAY_MODALITY_AUDIO},
    {"caff", 4, 0, ASSAY_MODALITY_AUDIO},        {"ftypM4A", 7, 4, ASSAY_MODALITY_AUDIO},
    {"ftypM4B", 7, 4, ASSAY_MODALITY_AUDIO},     {"AVI ", 4, 8, ASSAY_MODALITY_VIDEO},
    {"FLV\1", 4, 0, ASSAY_MODALITY_VIDEO},       {"\0\0\1\xba", 4, 0, ASSAY_MODALITY_VIDEO},
    {"\0\0\1\xb3", 4, 0, ASSAY_MODALITY_VIDEO},
};

/* Containers that hold either: their names tell. Also of files whose first bytes are damaged, or say little. */
static const struct ending {
	const char *name;
	unsigned modality;
} endings[] = {
    {"png", ASSAY_MODALITY_PAGE},   {"jpg", ASSAY_MODALITY_PAGE},   {"jpeg", ASSAY_MODALITY_PAGE},
    {"tif", ASSAY_MODALITY_PAGE},   {"tiff", ASSAY_MODALITY_PAGE},  {"gif", ASSAY_MODALITY_PAGE},
    {"bmp", ASSAY_MODALITY_PAGE},   {"webp", ASSAY_MODALITY_PAGE},  {"jp2", ASSAY_MODALITY_PAGE},
    {"j2k", ASSAY_MODALITY_PAGE},   {"pbm", ASSAY_MODALITY_PAGE},   {"pgm", ASSAY_MODALITY_PAGE},
    {"ppm", ASSAY_MODALITY_PAGE},   {"pnm", ASSAY_MODALITY_PAGE},   {"pdf", ASSAY_MODALITY_PAGE},
    {"mp4", ASSAY_MODALITY_VIDEO},  {"m4v", ASSAY_MODALITY_VIDEO},  {"mov", ASSAY_MODALITY_VIDEO},
    {"mkv", ASSAY_MODALITY_VIDEO},  {"webm", ASSAY_MODALITY_VIDEO}, {"avi", ASSAY_MODALITY_VIDEO},
    {"mpg", ASSAY_MODALITY_VIDEO},  {"mpeg", ASSAY_MODALITY_VIDEO}, {"ts", ASSAY_MODALITY_VIDEO},
    {"mts", ASSAY_MODALITY_VIDEO},  {"m2ts", ASSAY_MODALITY_VIDEO}, {"flv", ASSAY_MODALITY_VIDEO},
    {"wmv", ASSAY_MODALITY_VIDEO},  {"ogv", ASSAY_MODALITY_VIDEO},  {"3gp", ASSAY_MODALITY_VIDEO},
    {"wav", ASSAY_MODALITY_AUDIO},  {"w64", ASSAY_MODALITY_AUDIO},  {"rf64", ASSAY_MODALITY_AUDIO},
    {"aif", ASSAY_MODALITY_AUDIO},  {"aiff", ASSAY_MODALITY_AUDIO}, {"aifc", ASSAY_MODALITY_AUDIO},
    {"flac", ASSAY_MODALITY_AUDIO}, {"mp3", ASSAY_MODALITY_AUDIO},  {"ogg", ASSAY_MODALITY_AUDIO},
    {"oga", ASSAY_MODALITY_AUDIO},  {"opus", ASSAY_MODALITY_AUDIO}, {"m4a", ASSAY_MODALITY_AUDIO},
    {"m4b", ASSAY_MODALITY_AUDIO},  {"mka", ASSAY_MODALITY_AUDIO},  {"aac", ASSAY_MODALITY_AUDIO},
    {"adts", ASSAY_MODALITY_AUDIO}, {"ac3", ASSAY_MODALITY_AUDIO},  {"amr", ASSAY_MODALITY_AUDIO},
    {"wma", ASSAY_MODALITY_AUDIO},  {"au", ASSAY_MODALITY_AUDIO},   {"caf", ASSAY_MODALITY_AUDIO},
};

static const char *ending_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && dot != name ? dot + 1 : "";
}

unsigned look_at_bytes(const unsigned char *head, size_t size, const char *name)
{
	for (size_t i = 0; i < ASSAY_COUNT(magics); i++)
		if (size >= magics[i].at + magics[i].size &&
		    memcmp(head + magics[i].at, magics[i].bytes, magics[i].size) == 0)
			return magics[i].modality;
	for (size_t i = 0; i < ASSAY_COUNT(endings); i++)
		if (strcasecmp(endings[i].name, ending_of(name)) == 0)
			return endings[i].modality;
	return 0;
}

/* ---------------------------------------------------------------- folders */

/* Files of one ending and modality, in a folder and what is below it. */
typedef struct group {
	char *ending; /* as the first of them writes it */
	unsigned modality;
	uint64_t files, with_gt, with_txt; /* "a.gt.txt" and "a.txt" beside "a.tif" */
} group;

typedef struct folder folder;
struct folder {
	char *path;          /* "" or with a trailing slash */
	group *here, *below; /* of the folder itself; of it and all below */
	size_t here_count, here_cap, below_count, below_cap;
	uint64_t others; /* of it and all below */
	folder *children;
	size_t child_count, child_cap;
};

static void groups_release(group *g, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(g[i].ending);
	free(g);
}

static void folder_release(folder *f)
{
	for (size_t i = 0; i < f->child_count; i++)
		folder_release(&f->children[i]);
	free(f->children);
	groups_release(f->here, f->here_count);
	groups_release(f->below, f->below_count);
	free(f->path);
	*f = (folder){0};
}

static group *find_group(group *g, size_t count, const char *ending, unsigned modality)
{
	for (size_t i = 0; i < count; i++)
		if (g[i].modality == modality && strcmp(g[i].ending, ending) == 0)
			return &g[i];
	return NULL;
}

static assay_code add_group(group **g, size_t *count, size_t *cap, const group *more, assay_err *err)
{
	group *same = find_group(*g, *count, more->ending, more->modality), fresh = *more;
	assay_code rc;

	if (same != NULL) {
		same->files += more->files;
		same->with_gt += more->with_gt;
		same->with_txt += more->with_txt;
		return ASSAY_OK;
	}
	rc = assay_grow(g, cap, *count, sizeof **g, err);
	if (rc != ASSAY_OK)
		return rc;
	fresh.ending = assay_strdup(more->ending);
	if (fresh.ending == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of files");
	(*g)[(*count)++] = fresh;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- reading a folder */

typedef struct names {
	char **files, **folders;
	size_t file_count, file_cap, folder_count, folder_cap;
} names;

static void names_release(names *n)
{
	for (size_t i = 0; i < n->file_count; i++)
		free(n->files[i]);
	for (size_t i = 0; i < n->folder_count; i++)
		free(n->folders[i]);
	free(n->files);
	free(n->folders);
	*n = (names){0};
}

static assay_code add_name(char ***list, size_t *count, size_t *cap, const char *name, assay_err *err)
{
	assay_code rc = assay_grow(list, cap, *count, sizeof **list, err);

	if (rc != ASSAY_OK)
		return rc;
	(*list)[*count] = assay_strdup(name);
	return (*list)[(*count)++] == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "list of files") : ASSAY_OK;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, *(char *const *)item);
}

static assay_code list_entry(names *n, int fd, const char *name, assay_err *err)
{
	struct stat st;

	if (name[0] == '.' || fstatat(fd, name, &st, 0) != 0)
		return ASSAY_OK;
	/* Links to folders are left alone: they may lead anywhere, and `run` follows only what a pattern says. */
	if (S_ISDIR(st.st_mode))
		return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode)
			   ? add_name(&n->folders, &n->folder_count, &n->folder_cap, name, err)
			   : ASSAY_OK;
	return S_ISREG(st.st_mode) ? add_name(&n->files, &n->file_count, &n->file_cap, name, err) : ASSAY_OK;
}

static assay_code list_names(names *n, int fd, assay_err *err)
{
	const int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *e;
	assay_code rc = ASSAY_OK;

	if (dir == NULL)
		return ASSAY_RAISE_ERRNO(err, "read a folder");
	while (rc == ASSAY_OK && (e = readdir(dir)) != NULL)
		rc = list_entry(n, fd, e->d_name, err);
	(void)closedir(dir);
	if (n->file_count > 1)
		qsort(n->files, n->file_count, sizeof *n->files, compare);
	if (n->folder_count > 1)
		qsort(n->folders, n->folder_count, sizeof *n->folders, compare);
	return rc;
}

static bool has_name(const names *n, const char *stem, size_t size, const char *ending)
{
	ASSAY_AUTO_FREE char *name = assay_asprintf("%.*s%s", (int)size, stem, ending);

	return name != NULL && n->file_count > 0 &&
	       bsearch(name, n->files, n->file_count, sizeof *n->files, compare_name) != NULL;
}

static unsigned sniff(const folder *f, int fd, const char *name)
{
	unsigned char head[HEAD];
	ASSAY_AUTO_FD file = -1;
	ssize_t size = 0;

	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX; m++) {
		const group *g = find_group(f->here, f->here_count, ending_of(name), m);

		if (g != NULL && g->files >= SNIFFED)
			return m;
	}
	file = openat(fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (file >= 0)
		size = read(file, head, sizeof head);
	return look_at_bytes(head, size > 0 ? (size_t)size : 0, name);
}

static size_t stem_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
}

static assay_code look_at_file(folder *f, const names *n, int fd, const char *name, uint64_t *sidecars, assay_err *err)
{
	const size_t stem = stem_of(name);
	group one = {.ending = (char *)(uintptr_t)ending_of(name), .modality = sniff(f, fd, name), .files = 1};

	if (one.modality == 0) {
		f->others++;
		return ASSAY_OK;
	}
	one.with_gt = has_name(n, name, stem, ".gt.txt");
	one.with_txt = !one.with_gt && has_name(n, name, stem, ".txt");
	if (one.modality != ASSAY_MODALITY_VIDEO) /* a text beside a video is no transcript */
		*sidecars += one.with_gt + one.with_txt;
	return add_group(&f->here, &f->here_count, &f->here_cap, &one, err);
}

static assay_code look_at_files(folder *f, const names *n, int fd, assay_err *err)
{
	uint64_t sidecars = 0;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < n->file_count && rc == ASSAY_OK; i++)
		rc = look_at_file(f, n, fd, n->files[i], &sidecars, err);
	f->others -= sidecars < f->others ? sidecars : f->others; /* texts beside media were counted as others */
	for (size_t i = 0; i < f->here_count && rc == ASSAY_OK; i++)
		rc = add_group(&f->below, &f->below_count, &f->below_cap, &f->here[i], err);
	return rc;
}

static bool exists(int fd, const char *name)
{
	return faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What Assay itself wrote is no source. */
static bool is_ours(int fd)
{
	return exists(fd, "catalog/data.mdb") || (exists(fd, "SHA256SUMS") && exists(fd, "version.json"));
}

static assay_code look_at_folder(folder *f, int fd, unsigned depth, assay_err *err);

static assay_code look_below(folder *f, int fd, const char *name, unsigned depth, assay_err *err)
{
	ASSAY_AUTO_FD child = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	folder *c;
	assay_code rc;

	if (child < 0 || depth == DEPTH_MAX || is_ours(child))
		return ASSAY_OK; /* `run` tells of folders that cannot be read, where a pattern names them */
	rc = assay_grow(&f->children, &f->child_cap, f->child_count, sizeof *f->children, err);
	if (rc != ASSAY_OK)
		return rc;
	c = &f->children[f->child_count++];
	*c = (folder){.path = assay_asprintf("%s%s/", f->path, name)};
	if (c->path == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of folders");
	rc = look_at_folder(c, child, depth + 1, err);
	f->others += c->others;
	for (size_t i = 0; i < c->below_count && rc == ASSAY_OK; i++)
		rc = add_group(&f->below, &f->below_count, &f->below_cap, &c->below[i], err);
	return rc;
}

static assay_code look_at_folder(folder *f, int fd, unsigned depth, assay_err *err)
{
	ASSAY_CLEANUP(names_release) names n = {0};
	assay_code rc = list_names(&n, fd, err);

	if (rc == ASSAY_OK)
		rc = look_at_files(f, &n, fd, err);
	for (size_t i = 0; i < n.folder_count && rc == ASSAY_OK; i++)
		rc = look_below(f, fd, n.folders[i], depth, err);
	return rc;
}

/* ---------------------------------------------------------------- rules */

/* As a pattern matches it and YAML takes it between quotes: what neither can say becomes '?', any one character. */
static void put_literal(assay_buf *out, const char *text)
{
	ASSAY_AUTO_BUF escaped = ASSAY_BUF_INIT;

	assay_path_escape(&escaped, text);
	for (const char *p = assay_buf_str(&escaped); *p != '\0'; p++) {
		if (*p == '%' && strncmp(p, "%25", 3) != 0 && strncmp(p, "%23", 3) != 0) {
			assay_buf_putc(out, '?');
			p += 2;
		} else if (*p == '%') {
			assay_buf_putc(out, p[2] == '5' ? '%' : '#');
			p += 2;
		} else if (*p == '*' || *p == '?' || *p == '[') {
			assay_buf_printf(out, "[%c]", *p);
		} else {
			assay_buf_putc(out, *p);
		}
	}
	out->failed |= escaped.failed;
}

static const char *sidecar_of(const group *g)
{
	if (g->modality == ASSAY_MODALITY_VIDEO)
		return NULL;
	return g->with_gt > 0 ? "{stem}.gt.txt" : g->with_txt > 0 ? "{stem}.txt" : NULL;
}

static assay_code add_rule(look *out, const char *path, const char *middle, const group *g, const char *ending,
			   assay_err *err)
{
	ASSAY_AUTO_BUF pattern = ASSAY_BUF_INIT;
	look_rule r = {.modality = (assay_modality)g->modality, .sidecar = sidecar_of(g), .files = g->files};
	assay_code rc;

	put_literal(&pattern, path);
	assay_buf_puts(&pattern, middle);
	put_literal(&pattern, ending);
	ASSAY_TRY(assay_buf_check(&pattern, err));
	ASSAY_TRY(assay_grow(&out->rules, &out->rule_cap, out->rule_count, sizeof r, err));
	r.pattern = assay_buf_steal(&pattern);
	out->rules[out->rule_count++] = r;
fail:
	return rc;
}

/* One rule per ending. Files without an ending are found by '*', after those that have one: the first rule wins. */
static assay_code add_endings(look *out, const char *path, const char *deep, const group *g, size_t count,
			      assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < count && rc == ASSAY_OK; i++) {
			ASSAY_AUTO_FREE char *middle =
			    assay_asprintf("%s%s", deep, g[i].ending[0] != '\0' ? "*." : "*");

			if ((g[i].ending[0] == '\0') != (pass == 1))
				continue;
			rc = middle == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "patterns")
					    : add_rule(out, path, middle, &g[i], g[i].ending, err);
		}
	return rc;
}

static bool one_modality(const folder *f)
{
	for (size_t i = 1; i < f->below_count; i++)
		if (f->below[i].modality != f->below[0].modality)
			return false;
	return f->below_count > 0;
}

static group total(const folder *f)
{
	group all = {.ending = NULL, .modality = f->below[0].modality};

	for (size_t i = 0; i < f->below_count; i++) {
		all.files += f->below[i].files;
		all.with_gt += f->below[i].with_gt;
		all.with_txt += f->below[i].with_txt;
	}
	return all;
}

/* A folder of one modality is named as a whole; where other files lie in it, by endings; a mixed one by its parts. */
static assay_code add_rules(look *out, const folder *f, assay_err *err)
{
	assay_code rc;

	if (f->below_count == 0)
		return ASSAY_OK;
	if (f->path[0] != '\0' && one_modality(f)) {
		const group all = total(f);
		const bool two_kinds = all.with_gt > 0 && all.with_txt > 0; /* one of them is no sidecar then */

		return f->others == 0 && !two_kinds ? add_rule(out, f->path, "**", &all, "", err)
						    : add_endings(out, f->path, "**/", f->below, f->below_count, err);
	}
	rc = add_endings(out, f->path, "", f->here, f->here_count, err);
	for (size_t i = 0; i < f->child_count && rc == ASSAY_OK; i++)
		rc = add_rules(out, &f->children[i], err);
	return rc;
}

static void drop_rules(look *l)
{
	for (size_t i = 0; i < l->rule_count; i++)
		free(l->rules[i].pattern);
	l->rule_count = 0;
}

assay_code look_run(look *out, int rootfd, assay_err *err)
{
	folder root = {.path = assay_strdup("")};
	assay_code rc = root.path == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "list of folders") : ASSAY_OK;

	*out = (look){0};
	if (rc == ASSAY_OK)
		rc = look_at_folder(&root, rootfd, 0, err);
	if (rc == ASSAY_OK)
		rc = add_rules(out, &root, err);
	if (rc == ASSAY_OK && out->rule_count > RULES_MAX) {
		drop_rules(out);
		rc = add_endings(out, "", "**/", root.below, root.below_count, err);
	}
	for (size_t i = 0; i < root.below_count; i++)
		out->files[root.below[i].modality] += root.below[i].files;
	out->files[0] = root.others;
	folder_release(&root);
	if (rc != ASSAY_OK)
		look_release(out);
	return rc;
}

assay_code look_nothing(look *out, assay_err *err)
{
	static const char *const paths[] = {NULL, "inbox/pages/", "inbox/video/", "inbox/audio/"};
	assay_code rc = ASSAY_OK;

	*out = (look){0};
	for (unsigned m = 1; m <= ASSAY_MODALITY_MAX && rc == ASSAY_OK; m++) {
		const group g = {
		    .modality = m, .with_gt = m == ASSAY_MODALITY_PAGE, .with_txt = m == ASSAY_MODALITY_AUDIO};

		rc = add_rule(out, paths[m], "**", &g, "", err);
	}
	if (rc != ASSAY_OK)
		look_release(out);
	return rc;
}

void look_release(look *l)
{
	drop_rules(l);
	free(l->rules);
	*l = (look){0};
}
