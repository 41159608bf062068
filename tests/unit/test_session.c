/* What a session holds of remedies: the recipe of each attempt, for the sources that it changes. */
#include "session.h"

#include "assay/object.h"

#include "lineage_fixture.h"

#include <fcntl.h>
#include <unistd.h>

static const char configuration[] =
    "dataset: d\n"
    "sources: [{path: p, modality: page}, {path: v, modality: video}, {path: a, modality: audio}]\n"
    "pipelines: {page: [page.quality], video: [video.shots], audio: [audio.levels, audio.activity]}\n"
    "contracts: [c.yaml]\n"
    "remedies:\n"
    "  level: [page.deskew, page.despeckle]\n"
    "  quiet: [audio.activity: {threshold_db: -70}]\n";

#define CONTRACT(remedy)                                                                                               \
	"apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n- name: page\n"       \
	"  quality:\n  - {id: a, type: custom, engine: assay, implementation: {metric: page.blank, mustBe: 0" remedy   \
	"}}\n"

static void put_file(const struct fixture *f, const char *name, const char *content)
{
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/%s", f->dir, name);
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	assert_true(fputs(content, out) >= 0);
	assert_int_equal(fclose(out), 0);
}

static assay_config *configure(const struct fixture *f, const char *contract)
{
	const int dir = open(f->dir, O_DIRECTORY | O_CLOEXEC);
	assay_diagnostics d = {0};
	assay_config *c;

	put_file(f, "assay.yaml", configuration);
	put_file(f, "c.yaml", contract);
	assert_int_equal(assay_config_load(&c, dir, "assay.yaml", &d, NULL), ASSAY_OK);
	assay_diagnostics_release(&d);
	(void)close(dir);
	return c;
}

/* Pages take two attempts; the sound of a video and a recording one each. */
static void assert_rungs(const assay_session *s)
{
	const assay_config_remedy *level = assay_config_remedy_find(s->config, "level");
	const assay_config_remedy *quiet = assay_config_remedy_find(s->config, "quiet");
	const assay_session_rung *first = assay_session_rung_of(s, level, 0, ASSAY_MODALITY_PAGE);
	const assay_session_rung *second = assay_session_rung_of(s, level, 1, ASSAY_MODALITY_PAGE);
	const assay_session_rung *video = assay_session_rung_of(s, quiet, 0, ASSAY_MODALITY_VIDEO);
	const assay_session_rung *audio = assay_session_rung_of(s, quiet, 0, ASSAY_MODALITY_AUDIO);

	assert_int_equal(s->rung_count, 4);
	assert_non_null(first);
	assert_non_null(second);
	assert_non_null(video);
	assert_non_null(audio);
	assert_null(assay_session_rung_of(s, level, 2, ASSAY_MODALITY_PAGE));
	assert_null(assay_session_rung_of(s, level, 0, ASSAY_MODALITY_VIDEO));
	assert_null(assay_session_rung_of(s, quiet, 0, ASSAY_MODALITY_PAGE));
	assert_memory_not_equal(&first->recipe->digest, &second->recipe->digest, sizeof(assay_digest));
	assert_memory_not_equal(&video->recipe->digest, &audio->recipe->digest, sizeof(assay_digest));
	assert_int_equal(first->recipe->step_count, 3); /* page.read, page.quality, page.deskew */
	assert_string_equal(first->recipe->steps[2].stage, "page.deskew");
	assert_int_equal(video->recipe->modality, ASSAY_MODALITY_VIDEO);
	assert_string_equal(video->recipe->steps[3].stage, "audio.activity");
	for (size_t i = 0; i < s->rung_count; i++) {
		ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;

		assert_int_equal(assay_object_get(s->store, &s->rungs[i].recipe->digest, &record, NULL), ASSAY_OK);
		assert_true(record.len > 0);
	}
}

static void session_open__check_names_a_remedy__recipes_of_all_attempts(void **state)
{
	assay_config *c = configure(FIXTURE(state), CONTRACT(", remedy: level"));
	assay_session s;

	/* also for a judging, which finds attempts by recipe */
	assert_int_equal(assay_session_begin(&s, c, STORE(state), false, NULL), ASSAY_OK);
	assert_int_equal(assay_session_open(&s, "judge", false, NULL), ASSAY_OK);
	assert_null(s.recipes[ASSAY_MODALITY_PAGE]);
	assert_rungs(&s);
	assert_int_equal(assay_session_make_rungs(&s, true, NULL), ASSAY_OK); /* once is enough */
	assert_int_equal(s.rung_count, 4);
	assay_session_release(&s);
	assay_config_close(c);
}

static void session_open__no_check_names_one__made_when_asked_for(void **state)
{
	assay_config *c = configure(FIXTURE(state), CONTRACT(""));
	assay_session s;

	assert_int_equal(assay_session_begin(&s, c, STORE(state), true, NULL), ASSAY_OK);
	assert_int_equal(assay_session_open(&s, "run", true, NULL), ASSAY_OK);
	assert_int_equal(s.rung_count, 0);
	assert_null(assay_session_rung_of(&s, &c->remedies[0], 0, ASSAY_MODALITY_PAGE));
	assert_int_equal(assay_session_make_rungs(&s, true, NULL), ASSAY_OK);
	assert_rungs(&s);
	assay_session_release(&s);
	assay_config_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(session_open__check_names_a_remedy__recipes_of_all_attempts),
	    WITH_STORE(session_open__no_check_names_one__made_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
