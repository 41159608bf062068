#include "setup.h"

#include "about.h"
#include "assay/build_id.h"
#include "assay/memory.h"
#include "assay/params.h"
#include "assay/registry.h"
#include "spawn.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---------------------------------------------------------------- readable */

bool readable_covers(const readable *r, const char *real_path)
{
	for (size_t i = 0; i < r->count; i++) {
		const size_t n = strlen(r->paths[i]);

		if (strncmp(real_path, r->paths[i], n) == 0 && (real_path[n] == '/' || real_path[n] == '\0'))
			return true;
	}
	return false;
}

assay_code readable_add(readable *r, const char *real_path, assay_err *err)
{
	assay_code rc;

	if (readable_covers(r, real_path))
		return ASSAY_OK;
	rc = assay_grow(&r->paths, &r->cap, r->count, sizeof *r->paths, err);
	if (rc != ASSAY_OK)
		return rc;
	r->paths[r->count] = assay_strdup(real_path);
	if (r->paths[r->count] == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "readable folder");
	r->count++;
	return ASSAY_OK;
}

void readable_release(readable *r)
{
	while (r->count > 0)
		free(r->paths[--r->count]);
	free(r->paths);
	*r = (readable){0};
}

/* The folder of a listed file, since engines look for its neighbours; a file that lies in / stands for itself. */
static assay_code add_folder_of(readable *r, const char *path, assay_err *err)
{
	char real[PATH_MAX], file[PATH_MAX];
	struct stat st;
	char *folder = real;

	if (realpath(path, real) == NULL || stat(real, &st) != 0)
		return ASSAY_RAISE_SYS(err, ASSAY_ECONFIG, errno, "'%s': %s", path, strerror(errno));
	memcpy(file, real, sizeof file);
	if (!S_ISDIR(st.st_mode))
		folder = dirname(real);
	return readable_add(r, strcmp(folder, "/") == 0 ? file : folder, err);
}

static assay_code add_files(setup *s, const assay_chain_step *step, assay_err *err)
{
	assay_stage_files files = {0};
	assay_code rc;

	if (step->stage->files == NULL)
		return ASSAY_OK;
	rc = step->stage->files(step->params, &files, err);
	for (size_t i = 0; rc == ASSAY_OK && i < files.count; i++)
		rc = add_folder_of(&s->readable, files.paths[i], err);
	assay_stage_files_release(&files);
	if (rc != ASSAY_OK)
		(void)assay_err_prefix(err, "%s", step->stage->name);
	return rc;
}

/* Poppler finds its character maps here by itself, without a stage that could list them. */
static assay_code add_poppler_data(setup *s, assay_err *err)
{
	char real[PATH_MAX];

	return realpath("/usr/share/poppler", real) == NULL ? ASSAY_OK : readable_add(&s->readable, real, err);
}

/* ---------------------------------------------------------------- steps */

/* Position of the equal step, or loaded_count when there is none yet. */
static size_t find_loaded(const setup *s, const unsigned char *key, size_t n, size_t ordinal)
{
	size_t i = 0;

	while (i < s->loaded_count) {
		const loaded_step *l = &s->loaded[i];

		if (l->ordinal == ordinal && l->key.len == n && memcmp(l->key.data, key, n) == 0)
			break;
		i++;
	}
	return i;
}

static assay_code load(setup *s, loaded_step *l, assay_err *err)
{
	assay_code rc = add_files(s, &l->step, err);

	if (rc == ASSAY_OK)
		rc = assay_chain_prepare(&l->step, 1, NULL, err);
	/* Whatever a stage calls it, a model that cannot be loaded is for the user to put right. */
	return rc == ASSAY_ENOENT ? ASSAY_ECONFIG : rc;
}

/* key is the encoded name and params, which r stands behind: decode them again from there. */
static assay_code load_new(setup *s, const assay_stage *stage, const unsigned char *params, const unsigned char *key,
			   size_t key_len, size_t ordinal, assay_err *err)
{
	assay_cbor_reader again;
	loaded_step *l;
	void *decoded = NULL;
	assay_code rc = assay_grow(&s->loaded, &s->loaded_cap, s->loaded_count, sizeof *s->loaded, err);

	if (rc != ASSAY_OK)
		return rc;
	l = &s->loaded[s->loaded_count];
	*l = (loaded_step){.step = {.stage = stage}, .ordinal = ordinal};
	assay_cbor_reader_init(&again, params, key_len - (size_t)(params - key));
	rc = assay_params_decode(&decoded, stage, &again, err);
	if (rc != ASSAY_OK)
		return rc;
	l->step.params = decoded;
	assay_buf_append(&l->key, key, key_len);
	rc = assay_buf_check(&l->key, err);
	if (rc == ASSAY_OK)
		rc = load(s, l, err);
	if (rc == ASSAY_OK) {
		s->loaded_count++;
		return ASSAY_OK;
	}
	assay_params_free(stage, decoded);
	assay_buf_release(&l->key);
	return rc;
}

static size_t equal_steps_before(const setup *s, const setup_chain *chain, const unsigned char *key, size_t n)
{
	size_t equal = 0;

	for (size_t i = 0; i < chain->count; i++) {
		const assay_buf *other = &s->loaded[chain->loaded[i]].key;

		equal += other->len == n && memcmp(other->data, key, n) == 0;
	}
	return equal;
}

static assay_code read_step(setup *s, setup_chain *chain, assay_cbor_reader *r, assay_err *err)
{
	const unsigned char *key, *params;
	const assay_stage *stage;
	ASSAY_AUTO_FREE char *name = NULL;
	size_t n, ordinal, at;
	assay_code rc;

	if (assay_cbor_read_array(r) != 2)
		assay_cbor_fault(r, "step is not a pair");
	key = r->p;
	name = assay_cbor_read_strdup(r);
	if (name == NULL)
		return assay_cbor_finish(r, "SETUP", err);
	params = r->p;
	assay_cbor_skip(r);
	n = (size_t)(r->p - key);
	stage = assay_stage_find(name);
	if (stage == NULL)
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "this worker has no stage '%s'", name);
	if (r->fault != NULL)
		return assay_cbor_finish(r, "SETUP", err);
	ordinal = equal_steps_before(s, chain, key, n);
	at = find_loaded(s, key, n, ordinal);
	rc = at < s->loaded_count ? ASSAY_OK : load_new(s, stage, params, key, n, ordinal, err);
	if (rc != ASSAY_OK)
		return rc;
	chain->loaded[chain->count] = at;
	chain->steps[chain->count++] = s->loaded[at].step;
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the whole */

static assay_code read_chain(setup *s, assay_cbor_reader *r, assay_err *err)
{
	const size_t n = assay_cbor_read_array(r);
	setup_chain *chain;
	assay_code rc;

	if (n == 0 || n > ASSAY_CHAIN_STEPS_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "SETUP: a chain of %zu steps", n);
	rc = assay_grow(&s->chains, &s->chain_cap, s->chain_count, sizeof *s->chains, err);
	if (rc != ASSAY_OK)
		return rc;
	chain = &s->chains[s->chain_count];
	*chain = (setup_chain){.steps = assay_alloc(n, sizeof *chain->steps),
			       .loaded = assay_alloc(n, sizeof *chain->loaded)};
	s->chain_count++;
	if (chain->steps == NULL || chain->loaded == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "chain");
	for (size_t i = 0; i < n && rc == ASSAY_OK; i++)
		rc = read_step(s, chain, r, err);
	return rc;
}

/* The coordinator's table of stages was made of one build of this program, and only that has the code of it. */
static assay_code check_build(assay_cbor_reader *r, assay_err *err)
{
	ASSAY_AUTO_FREE char *wanted = NULL;
	ASSAY_AUTO_FREE char *own = NULL;
	ASSAY_AUTO_FREE char *path = NULL;
	assay_code rc;

	assay_cbor_read_key(r, 1);
	wanted = assay_cbor_read_strdup(r);
	rc = assay_build_id_of_program(&own, err);
	if (rc != ASSAY_OK || wanted == NULL || wanted[0] == '\0' || strcmp(wanted, own) == 0)
		return rc;
	rc = spawn_own_program(&path, err);
	return rc == ASSAY_OK ? ASSAY_RAISE(err, ASSAY_ECONFIG, ABOUT_OTHER_BUILD, path) : rc;
}

static void read_limits(setup *s, assay_cbor_reader *r)
{
	assay_cbor_read_key(r, 2);
	if (assay_cbor_read_array(r) != 3)
		assay_cbor_fault(r, "limits are not three numbers");
	s->limits.memory_bytes = assay_cbor_read_uint(r);
	s->limits.cpu_s = (uint32_t)assay_cbor_read_uint(r);
	s->limits.wall_s = (uint32_t)assay_cbor_read_uint(r);
	assay_cbor_read_key(r, 3);
	s->sandbox = assay_cbor_read_uint(r) == ASSAY_SANDBOX_REQUIRED ? ASSAY_SANDBOX_REQUIRED : ASSAY_SANDBOX_AUTO;
	assay_cbor_read_key(r, 4);
	s->omit_layers = (unsigned)assay_cbor_read_uint(r);
}

assay_code setup_read(setup *s, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader r;
	size_t chains;
	assay_code rc;

	*s = (setup){0};
	assay_cbor_reader_init(&r, p, n);
	if (assay_cbor_read_map(&r) != 6)
		assay_cbor_fault(&r, "wrong number of fields");
	assay_cbor_read_key(&r, 0);
	if (assay_cbor_read_uint(&r) != ASSAY_WORKER_FORMAT)
		assay_cbor_fault(&r, "the coordinator is of another version of Assay");
	rc = check_build(&r, err);
	if (rc != ASSAY_OK)
		return rc;
	read_limits(s, &r);
	assay_cbor_read_key(&r, 5);
	chains = assay_cbor_read_array(&r);
	rc = add_poppler_data(s, err);
	for (size_t i = 0; i < chains && rc == ASSAY_OK; i++)
		rc = read_chain(s, &r, err);
	return rc == ASSAY_OK ? assay_cbor_finish(&r, "SETUP", err) : rc;
}

void setup_release(setup *s)
{
	for (size_t i = 0; i < s->chain_count; i++) {
		free(s->chains[i].steps);
		free(s->chains[i].loaded);
	}
	free(s->chains);
	while (s->loaded_count > 0) {
		loaded_step *l = &s->loaded[--s->loaded_count];
		union {
			const void *from;
			void *to;
		} params = {.from = l->step.params};

		assay_chain_unprepare(&l->step, 1);
		assay_params_free(l->step.stage, params.to);
		assay_buf_release(&l->key);
	}
	free(s->loaded);
	readable_release(&s->readable);
	*s = (setup){0};
}
