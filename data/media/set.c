#include "media.h"

#include "assay/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

assay_code media_set_open(media_set *out, const char *dir, assay_err *err)
{
	const assay_code rc = assay_mkdirs(AT_FDCWD, dir, err);

	*out = (media_set){.dir = dir};
	if (rc != ASSAY_OK) {
		(void)assay_err_prefix(err, "folder '%s'", dir);
		return rc;
	}
	assay_json_init(&out->json, &out->text, 2);
	assay_json_object(&out->json);
	assay_json_key(&out->json, "files");
	assay_json_array(&out->json);
	return ASSAY_OK;
}

assay_code media_set_finish(media_set *set, assay_err *err)
{
	assay_code rc;

	assay_json_end(&set->json);
	assay_json_end(&set->json);
	assay_buf_putc(&set->text, '\n');
	ASSAY_TRY(assay_buf_check(&set->text, err));
	rc = media_set_write(set, "EXPECTED.json", set->text.data, set->text.len, err);
fail:
	return rc;
}

void media_set_release(media_set *set)
{
	assay_buf_release(&set->text);
}

/* ---------------------------------------------------------------- the list */

static void put_reason(assay_json *j, const media_file *file)
{
	assay_json_kstr(j, "outcome", file->outcome);
	if (file->failure != NULL)
		assay_json_kstr(j, "failure", file->failure);
	if (file->metric != NULL)
		assay_json_kstr(j, "metric", file->metric);
	if (file->check != NULL) {
		assay_json_kstr(j, "check", file->check);
		assay_json_kstr(j, "severity", file->severity != NULL ? file->severity : "error");
	}
	if (file->caught_by != NULL)
		assay_json_kstr(j, "caught_by", file->caught_by);
}

void media_set_file(media_set *set, const media_file *file)
{
	assay_json *j = &set->json;

	set->path = file->path;
	assay_json_object(j);
	assay_json_kstr(j, "path", file->path);
	assay_json_kstr(j, "modality", file->modality);
	put_reason(j, file);
	if (file->truth != NULL)
		assay_json_kstr(j, "truth", file->truth);
	assay_json_kstr(j, "why", file->why);
	assay_json_key(j, "samples");
	assay_json_array(j);
}

void media_set_sample(media_set *set, const char *kind, const char *part, const media_file *file)
{
	assay_json *j = &set->json;
	ASSAY_AUTO_FREE char *key = assay_asprintf("%s%s%s", set->path, part[0] != '\0' ? "#" : "", part);

	if (key == NULL) {
		set->text.failed = true;
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "key", key);
	assay_json_kstr(j, "kind", kind);
	put_reason(j, file);
	assay_json_end(j);
}

void media_set_end(media_set *set)
{
	assay_json_end(&set->json);
	assay_json_end(&set->json);
	set->path = NULL;
}

/* ---------------------------------------------------------------- files */

assay_code media_set_path(char **out, const media_set *set, const char *path, assay_err *err)
{
	ASSAY_AUTO_FREE char *whole = assay_asprintf("%s/%s", set->dir, path);
	char *slash;
	assay_code rc;

	*out = NULL;
	if (whole == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "path of '%s'", path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	rc = assay_mkdirs(AT_FDCWD, whole, err);
	if (rc != ASSAY_OK) {
		(void)assay_err_prefix(err, "folder '%s'", whole);
		return rc;
	}
	*slash = '/';
	*out = ASSAY_STEAL(&whole);
	return ASSAY_OK;
}

assay_code media_set_write(const media_set *set, const char *path, const void *p, size_t n, assay_err *err)
{
	ASSAY_AUTO_FREE char *whole = NULL;
	ASSAY_AUTO_FD fd = -1;
	assay_code rc = media_set_path(&whole, set, path, err);

	if (rc != ASSAY_OK)
		return rc;
	fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return ASSAY_RAISE_ERRNO(err, "create '%s'", whole);
	rc = assay_write_all(fd, p, n, err);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "'%s'", whole);
	return rc;
}

assay_code media_set_cut(const media_set *set, const char *path, unsigned percent, assay_err *err)
{
	ASSAY_AUTO_FREE char *whole = NULL;
	struct stat st;
	const assay_code rc = media_set_path(&whole, set, path, err);

	if (rc != ASSAY_OK)
		return rc;
	if (stat(whole, &st) != 0 || truncate(whole, st.st_size * (off_t)percent / 100) != 0)
		return ASSAY_RAISE_ERRNO(err, "cut '%s'", whole);
	return ASSAY_OK;
}
