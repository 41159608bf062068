#include "tell_recipe.h"

#include "tell.h"

#include "assay/stage.h"

#include <inttypes.h>

#define LISTED_MAX 4

const char *assay_determinism_name(uint32_t determinism)
{
	static const char *const names[] = {[ASSAY_EXACT] = "exact", [ASSAY_EXACT_PER_BUILD] = "exact-per-build"};

	return determinism < ASSAY_COUNT(names) && names[determinism] != NULL ? names[determinism] : "unknown";
}

static void say_more(const char *word, size_t count)
{
	if (count > LISTED_MAX)
		assay_say("            %-18s and %zu more (--json lists all)\n", word, count - LISTED_MAX);
}

static void say_files(const assay_recipe_step *s)
{
	char hex[ASSAY_DIGEST_HEX];

	for (size_t i = 0; i < s->file_count && i < LISTED_MAX; i++)
		assay_say("            %-18s %s sha256:%s\n", s->files[i].role, s->files[i].name,
			  assay_digest_hex(&s->files[i].digest, hex));
	say_more("", s->file_count);
}

void assay_say_step(const char *word, const assay_recipe_step *s)
{
	assay_say("%-9s %s version %" PRIu32 "%s%s\n", word, s->stage, s->version, s->engine[0] != '\0' ? ", " : "",
		  s->engine);
	for (size_t i = 0; i < s->param_count; i++)
		assay_say("            %-18s %s\n", s->params[i].name, s->params[i].text);
	say_files(s);
	for (size_t i = 0; i < s->library_count && i < LISTED_MAX; i++)
		assay_say("            %-18s %s\n", "library", s->libraries[i]);
	say_more("", s->library_count);
}

void assay_say_recipe(const assay_recipe *r)
{
	char hex[ASSAY_DIGEST_HEX];

	assay_say("recipe    %s sha256:%s\n", assay_modality_name(r->modality), assay_digest_hex(&r->digest, hex));
	for (size_t i = 0; i < r->step_count; i++)
		assay_say_step("", &r->steps[i]);
}

static void json_files(assay_json *j, const assay_recipe_step *s)
{
	assay_json_key(j, "files");
	assay_json_array(j);
	for (size_t i = 0; i < s->file_count; i++) {
		assay_json_object(j);
		assay_json_kstr(j, "role", s->files[i].role);
		assay_json_kstr(j, "name", s->files[i].name);
		assay_json_kdigest(j, "digest", &s->files[i].digest);
		assay_json_end(j);
	}
	assay_json_end(j);
}

void assay_json_step(assay_json *j, const assay_recipe_step *s)
{
	assay_json_object(j);
	assay_json_kstr(j, "stage", s->stage);
	assay_json_kuint(j, "version", s->version);
	assay_json_kstr(j, "determinism", assay_determinism_name(s->determinism));
	assay_json_kstr(j, "engine", s->engine);
	assay_json_key(j, "params");
	assay_json_object(j);
	for (size_t i = 0; i < s->param_count; i++)
		assay_json_kstr(j, s->params[i].name, s->params[i].text);
	assay_json_end(j);
	json_files(j, s);
	assay_json_key(j, "libraries");
	assay_json_array(j);
	for (size_t i = 0; i < s->library_count; i++)
		assay_json_str(j, s->libraries[i]);
	assay_json_end(j);
	assay_json_end(j);
}

void assay_json_steps(assay_json *j, const char *key, const assay_recipe *r)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < r->step_count; i++)
		assay_json_step(j, &r->steps[i]);
	assay_json_end(j);
}
