#include "test_findings.h"

#include "config_stages.h"

/* ---------------------------------------------------------------- fixtures */

static scratch folder;

#define CONTRACT(id, kind, check)                                                                                      \
	"apiVersion: v3.1.0\nkind: DataContract\nid: " id "\nversion: 1.0.0\nstatus: active\n"                         \
	"schema:\n- name: " kind "\n  quality:\n  - {id: a, type: custom, engine: assay, implementation: {" check      \
	"}}\n"

static const struct {
	const char *name, *text;
} files[] = {
    {"cer.yaml", CONTRACT("cer", "page", "metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip")},
    {"cer2.yaml", CONTRACT("cer", "page", "metric: ocr.cer, mustBeLessThan: 0.03")},
    {"peak.yaml", CONTRACT("peak", "audio", "metric: audio.peak, mustBeLessThan: -1")},
    {"bad.yaml", CONTRACT("bad", "page", "metric: ocr.cer")},
    {"config.yaml", NULL},
};

static int set_up(void **state)
{
	(void)state;
	scratch_open(&folder);
	for (size_t i = 0; i < ASSAY_COUNT(files); i++)
		if (files[i].text != NULL)
			scratch_write(&folder, files[i].name, files[i].text, strlen(files[i].text));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(files); i++)
		unlinkat(folder.fd, files[i].name, 0);
	scratch_close(&folder);
	return 0;
}

static assay_code load_n(assay_config **c, const char *text, size_t n, assay_diagnostics *d)
{
	scratch_write(&folder, "config.yaml", text, n);
	*c = (assay_config *)(uintptr_t)1; /* garbage: load must overwrite it */
	return assay_config_load(c, folder.fd, "config.yaml", d, NULL);
}

static assay_config *load(const char *text)
{
	assay_diagnostics d = {0};
	assay_config *c;

	if (load_n(&c, text, strlen(text), &d) != ASSAY_OK) {
		print_findings(&d);
		fail();
	}
	assay_diagnostics_release(&d);
	return c;
}

static const char whole[] =
    "dataset: harbour-archive\n"
    "sources:\n"
    "  - {path: \"inbox/scans/**\", modality: page, metadata: {licence: CC-BY-4.0, doc_type: invoice, batch: 7},\n"
    "     sidecars: {ground_truth: \"{stem}.gt.txt\", metadata: \"{dir}meta/{name}.json\"}}\n"
    "  - {path: \"inbox/video/**\", modality: video}\n"
    "pipelines:\n"
    "  page:\n"
    "    - page.read: {dpi: 400}\n"
    "    - page.deskew\n"
    "    - page.clean: {}\n"
    "    - ocr.recognize: {languages: [deu, eng], limit: 0.25, mode: sparse, fast: true}\n"
    "    - ocr.tables:\n"
    "  video: [video.shots, video.keyframes]\n"
    "  audio: [audio.levels]\n"
    "contracts: [cer.yaml, peak.yaml]\n"
    "limits: {memory_mib: 2048, cpu_s: 60}\n";

/* ---------------------------------------------------------------- what is read */

static void config_load__whole__everything_in_place(void **state)
{
	assay_config *c = load(whole);
	const assay_config_source *s = &c->sources[0];
	const assay_config_pipeline *p = &c->pipelines[ASSAY_MODALITY_PAGE];
	const ocr_params *ocr = p->steps[3].params;

	(void)state;
	assert_string_equal(c->file, "config.yaml");
	assert_string_equal(c->dataset, "harbour-archive");
	assert_int_equal(c->source_count, 2);
	assert_string_equal(s->pattern, "inbox/scans/**");
	assert_int_equal(s->metadata_count, 3);
	assert_string_equal(s->metadata_keys[0], "batch");
	assert_string_equal(s->metadata_values[0], "7");
	assert_string_equal(s->metadata_keys[2], "licence");
	assert_int_equal(s->sidecar_count, 2);
	assert_string_equal(s->sidecar_roles[0], "ground_truth");
	assert_string_equal(s->sidecar_templates[1], "{dir}meta/{name}.json");
	assert_int_equal(s->line, 3);
	assert_int_equal(p->count, 5);
	assert_ptr_equal(p->steps[0].stage, &page_read);
	assert_int_equal(((const read_params *)p->steps[0].params)->dpi, 400);
	assert_int_equal(p->steps[0].line, 8);
	assert_int_equal(ocr->languages.count, 2);
	assert_string_equal(ocr->languages.items[0], "deu");
	assert_int_equal(ocr->limit, 25);
	assert_int_equal(ocr->mode, 1);
	assert_true(ocr->fast);
	assert_int_equal(c->contract_count, 2);
	assert_int_equal(c->limits.memory_mib, 2048);
	assert_int_equal(c->limits.cpu_s, 60);
	assert_int_equal(c->limits.wall_s, 900);
	assay_config_close(c);
}

static void config_load__reader_not_written__implied(void **state)
{
	assay_config *c = load(whole);
	const assay_config_pipeline *p = &c->pipelines[ASSAY_MODALITY_VIDEO];

	(void)state;
	assert_int_equal(p->count, 3);
	assert_ptr_equal(p->steps[0].stage, &video_read);
	assert_int_equal(p->steps[0].line, 0);
	assert_ptr_equal(p->steps[1].stage, &video_shots);
	assay_config_close(c);
}

static void config_chain__video__sound_joins_without_its_reader(void **state)
{
	assay_config *c = load(whole);
	const assay_config_step *steps[2 * ASSAY_CONFIG_STEPS_MAX];

	(void)state;
	assert_int_equal(assay_config_chain(c, ASSAY_MODALITY_VIDEO, steps), 4);
	assert_ptr_equal(steps[0]->stage, &video_read);
	assert_ptr_equal(steps[3]->stage, &audio_levels);
	assert_int_equal(assay_config_chain(c, ASSAY_MODALITY_PAGE, steps), 5);
	assert_int_equal(assay_config_chain(c, ASSAY_MODALITY_AUDIO, steps), 2);
	assert_ptr_equal(steps[0]->stage, &audio_read);
	assay_config_close(c);
}

static void config_load__vocabulary__made_by_used_pipelines_only(void **state)
{
	assay_config *c = load(whole);
	const assay_vocabulary *v = &c->vocabulary;

	(void)state;
	assert_true(v->items[assay_vocabulary_find(v, "ocr.cer")].made);
	assert_true(v->items[assay_vocabulary_find(v, "audio.peak")].made); /* by way of video */
	assert_string_equal(v->items[assay_vocabulary_find(v, "audio.duration")].stage, "video.read");
	assert_true(c->pipelines[ASSAY_MODALITY_AUDIO].used);
	assay_config_close(c);
	c = load("dataset: d\nsources: [{path: a, modality: audio}]\n"
		 "pipelines: {audio: [], page: [ocr.recognize]}\ncontracts: []\n");
	v = &c->vocabulary;
	assert_false(v->items[assay_vocabulary_find(v, "ocr.cer")].made); /* its pipeline has no source */
	assert_false(v->items[assay_vocabulary_find(v, "audio.peak")].made);
	assert_true(v->items[assay_vocabulary_find(v, "audio.duration")].made);
	assert_string_equal(v->items[assay_vocabulary_find(v, "audio.duration")].stage, "audio.read");
	assert_false(c->pipelines[ASSAY_MODALITY_PAGE].used);
	assay_config_close(c);
}

static void config_load__in_a_folder__contracts_beside_it(void **state)
{
	const char *base = strrchr(folder.path, '/') + 1;
	ASSAY_AUTO_FREE char *path = assay_asprintf("%s/config.yaml", base);
	ASSAY_AUTO_FREE char *contract = assay_asprintf("%s/cer.yaml", base);
	ASSAY_AUTO_FD tmp = open("/tmp", O_DIRECTORY | O_CLOEXEC);
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	scratch_write(&folder, "config.yaml", whole, sizeof whole - 1);
	assert_int_equal(assay_config_load(&c, tmp, path, &d, NULL), ASSAY_OK);
	assert_string_equal(c->contracts[0]->file, contract);
	assay_config_close(c);
	assay_diagnostics_release(&d);
}

static void config_load__missing_file__enoent(void **state)
{
	assay_diagnostics d = {0};
	assay_config *c = (assay_config *)(uintptr_t)1;

	(void)state;
	assert_int_equal(assay_config_load(&c, folder.fd, "none.yaml", &d, NULL), ASSAY_ENOENT);
	assert_null(c);
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- what is refused */

#define TOP       "dataset: d\nsources: [{path: a, modality: page}]\n" /* lines 1 and 2 */
#define TAIL      "contracts: [cer.yaml]\n"
#define PAGE(l)   TOP "pipelines: {page: [" l "]}\n"                                   /* line 3, items from 19 */
#define SOURCE(s) "dataset: d\nsources: [{" s "}]\npipelines: {page: [], video: []}\n" /* line 2, from 12 */
#define VIDEO(l)  "dataset: d\nsources: [{path: a, modality: video}]\npipelines: {video: [" l "]}\n" /* 3, from 20 */

static const wrong_case wrong[] = {
    /* the whole */
    {"- a\n", 1, 1, "a configuration is a mapping of dataset, sources, pipelines and contracts"},
    {"sources: [{path: a, modality: page}]\npipelines: {page: []}\n", 1, 1,
     "missing key 'dataset': the name of what is made"},
    {"dataset: a/b\nsources: [{path: a, modality: page}]\npipelines: {page: []}\n", 1, 10,
     "dataset 'a/b' may hold only letters, digits, '.', '-' and '_'"},
    {"dataset: d\npipelines: {page: []}\n", 1, 1, "missing key 'sources': which files to read"},
    {"dataset: d\nsources: []\n", 2, 10, "'sources' is empty: name at least one"},
    {"dataset: d\nsources: {}\n", 2, 10, "'sources' must be a list"},
    {TOP "pipeline: {}\npipelines: {page: []}\n", 3, 1, "unknown key 'pipeline', did you mean 'pipelines'?"},
    {TOP "pipelines: [page]\n", 3, 12, "'pipelines' must be a mapping"},
    {TOP "pipelines: {page: [], sound: []}\n", 3, 23, "unknown key 'sound'"},
    {TOP "pipelines: {video: []}\n", 2, 12, "no pipeline for page: add a list 'pipelines: {page: [...]}'"},
    {"dataset: d\nsources: [{path: v, modality: video}, {path: a, modality: audio}]\npipelines: {video: []}\n", 2, 40,
     "no pipeline for audio: add a list 'pipelines: {audio: [...]}'"},
    {TOP "pipelines: {page: ocr.recognize}\n", 3, 19, "'page' must be a list"},
    {PAGE("") "limits: {memory_mib: 8}\n", 4, 22, "memory_mib: 8 is not in 384..1048576"},
    {PAGE("") "limits: {cpu_s: 1.5}\n", 4, 17, "'cpu_s' must be a whole number"},
    {PAGE("") "limits: {cpu: 1}\n", 4, 10, "unknown key 'cpu', did you mean 'cpu_s'?"},
    /* names in patterns */
    {SOURCE("path: 'a/{b/c', modality: page"), 2, 18,
     "path 'a/{b/c': '{' begins a name of letters, digits, '_', '.' and '-' that ends in '}'; a brace itself is "
     "written [{]"},
    {SOURCE("path: 'a/{1}', modality: page"), 2, 18,
     "path 'a/{1}': '{' begins a name of letters, digits, '_', '.' and '-' that ends in '}'; a brace itself is "
     "written [{]"},
    {SOURCE("path: '{a}/{a}', modality: page"), 2, 18, "path '{a}/{a}': {a} stands here twice"},
    {SOURCE("path: '{a}{b}', modality: page"), 2, 18,
     "path '{a}{b}': nothing tells where {a} ends and its neighbour begins; put text between them"},
    {SOURCE("path: '*{a}', modality: page"), 2, 18,
     "path '*{a}': nothing tells where {a} ends and its neighbour begins; put text between them"},
    {SOURCE("path: '{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}-{i}-{j}-{k}-{l}-{m}-{n}-{o}-{p}-{q}', modality: page"), 2, 18,
     "path '{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}-{i}-{j}-{k}-{l}-{m}-{n}-{o}-{p}-{q}' has more than 16 names"},
    {SOURCE("path: a, modality: page, sidecars: {metadata: '{stem}.xml'}"), 2, 58,
     "sidecar '{stem}.xml' must end in .json or .csv to hold metadata"},
    /* metadata files */
    {PAGE("") "metadata_files: a.csv\n", 4, 17, "'metadata_files' must be a list"},
    {PAGE("") "metadata_files: [../a.csv]\n", 4, 18,
     "metadata file '../a.csv' must stay inside the folder of config.yaml, without '.', '..' and empty components"},
    {PAGE("") "metadata_files: [a.xlsx]\n", 4, 18, "metadata file 'a.xlsx' must end in .csv or .jsonl"},
    {PAGE("") "metadata_files: [a.csv, a.csv]\n", 4, 25, "metadata file 'a.csv' stands here twice"},
    {PAGE("") "metadata_files: [{a: b}]\n", 4, 19, "a metadata file is named by its path"},
    /* fields */
    {PAGE("") "fields: [a]\n", 4, 9, "'fields' must be a mapping"},
    {PAGE("") "fields: {y: int}\n", 4, 13, "field 'y': type 'int' is none of text, integer, number, boolean, date"},
    {PAGE("") "fields: {y: {type: integr}}\n", 4, 20,
     "field 'y': type 'integr' is none of text, integer, number, boolean, date, did you mean 'integer'?"},
    {PAGE("") "fields: {y: [a]}\n", 4, 13, "field 'y' must be a type, or a mapping such as {type: integer, min: 1800}"},
    {PAGE("") "fields: {y: {typ: text}}\n", 4, 14, "unknown key 'typ', did you mean 'type'?"},
    {PAGE("") "fields: {y: {required: yes}}\n", 4, 24, "field 'y': required must be true or false"},
    {PAGE("") "fields: {y: {min: 1}}\n", 4, 14,
     "field 'y': 'min' needs a type that has an order: integer, number or date, not text"},
    {PAGE("") "fields: {y: {type: integer, min: 1.5}}\n", 4, 34, "field 'y': min must be a value of type integer"},
    {PAGE("") "fields: {y: {type: date, min: 2024-02-01, max: 2024-01-31}}\n", 4, 48,
     "field 'y': max 2024-01-31 is below min 2024-02-01"},
    {PAGE("") "fields: {y: {type: date, values: [2024-02-30]}}\n", 4, 35,
     "field 'y': '2024-02-30' must be a date as YYYY-MM-DD"},
    {PAGE("") "fields: {y: {values: []}}\n", 4, 22, "field 'y': the list is empty: nothing could be right"},
    {PAGE("") "fields_closed: true\n", 4, 1, "'fields_closed' without 'fields': nothing could be said"},
    {SOURCE("path: a, modality: page, metadata: {year: old}") "fields: {year: integer}\n", 2, 54,
     "metadata 'year' is 'old': it must be an integer"},
    {SOURCE("path: a, modality: page, metadata: {yaer: 1}") "fields: {year: integer}\nfields_closed: true\n", 2, 48,
     "metadata 'yaer' is none of the fields, did you mean 'year'?"},
    {SOURCE("path: '{yaer}/a', modality: page") "fields: {year: integer}\nfields_closed: true\n", 2, 18,
     "path '{yaer}/a': 'yaer' is none of the fields, did you mean 'year'?"},
    {SOURCE("path: a, modality: page") "fields: {licence: {required: true}}\n", 2, 12,
     "field 'licence' is required, and nothing gives it: neither 'metadata' of this source, nor a {licence} in its "
     "path, nor metadata_files, nor a sidecar of metadata"},
    /* filters */
    {PAGE("") "filters: {a: b}\n", 4, 11, "'filters' must be a list"},
    {PAGE("") "filters: [a]\n", 4, 11, "a filter is a mapping such as {name: german-only, keep: {language: de}}"},
    {PAGE("") "filters: [{keep: {a: b}}]\n", 4, 12,
     "a filter needs a name: it is the reason that is told of what it takes out"},
    {PAGE("") "filters: [{name: a b, keep: {a: b}}]\n", 4, 18,
     "the name of a filter has 1 to 64 letters, digits, '.', '-' and '_'"},
    {PAGE("") "filters: [{name: a, keep: {a: b}}, {name: a, drop: {a: b}}]\n", 4, 43,
     "filter 'a' stands here twice, first in line 4"},
    {PAGE("") "filters: [{name: a}]\n", 4, 12, "a filter says either what to keep or what to drop"},
    {PAGE("") "filters: [{name: a, keep: {b: c}, drop: {b: d}}]\n", 4, 12,
     "a filter says either what to keep or what to drop"},
    {PAGE("") "filters: [{name: a, kep: {b: c}, drop: {b: d}}]\n", 4, 21, "unknown key 'kep', did you mean 'keep'?"},
    {PAGE("") "filters: [{name: a, keep: []}]\n", 4, 27,
     "filter 'a': 'keep' must be a mapping of metadata, such as {language: de}"},
    {PAGE("") "filters: [{name: a, keep: {b: []}}]\n", 4, 31, "filter 'a': the list is empty: nothing could be right"},
    {PAGE("") "filters: [{name: a, keep: {b: {min: 3}}}]\n", 4, 28,
     "filter 'a': 'b' is compared, so 'fields' must say whether it is an integer, a number or a date"},
    {PAGE("") "fields: {b: integer}\nfilters: [{name: a, keep: {b: {min: x}}}]\n", 5, 37,
     "filter 'a': min must be a value of type integer"},
    {PAGE("") "fields: {b: text}\nfilters: [{name: a, keep: {b: {min: 3}}}]\n", 5, 32,
     "filter 'a': 'min' needs a type that has an order: integer, number or date, not text"},
    {PAGE("") "fields: {b: integer}\nfilters: [{name: a, keep: {b: {mn: 3}}}]\n", 5, 32,
     "unknown key 'mn', did you mean 'min'?"},
    {PAGE("") "fields: {b: {values: [invoice, letter]}}\nfilters: [{name: a, keep: {b: [letter, invoce]}}]\n", 5, 40,
     "field 'b' is never 'invoce': it must be one of invoice, letter, did you mean 'invoice'?"},
    {PAGE("") "fields: {b: text}\nfields_closed: true\nfilters: [{name: a, keep: {bb: c}}]\n", 6, 28,
     "filter 'a': 'bb' is none of the fields, did you mean 'b'?"},
    {PAGE("") "filters: [{name: a, keep: {b: c}, modality: vidio}]\n", 4, 45,
     "there is no modality 'vidio', did you mean 'video'?"},
    {PAGE("") "filters: [{name: a, keep: {b: c}, kind: pages}]\n", 4, 41,
     "there is no kind 'pages', did you mean 'page'?"},
    /* sources */
    {SOURCE("modality: page"), 2, 12, "missing key 'path'"},
    {SOURCE("path: '', modality: page"), 2, 18, "'path' must be a pattern such as \"inbox/**\""},
    {SOURCE("path: /srv/x, modality: page"), 2, 18,
     "path '/srv/x' is absolute: paths are relative to the folder of config.yaml"},
    {SOURCE("path: a/../b, modality: page"), 2, 18, "path 'a/../b' leaves the folder of config.yaml"},
    {SOURCE("path: .., modality: page"), 2, 18, "path '..' leaves the folder of config.yaml"},
    {SOURCE("path: ./a, modality: page"), 2, 18, "path './a' has empty or '.' components"},
    {SOURCE("path: 'a/[b', modality: page"), 2, 18, "path 'a/[b' has a '[' without its ']'"},
    {SOURCE("path: a"), 2, 12, "missing key 'modality' (page, video or audio)"},
    {SOURCE("path: a, modality: pages"), 2, 31, "modality 'pages' is none of page, video, audio, did you mean 'page'?"},
    {SOURCE("path: a, modality: page, metdata: {}"), 2, 37, "unknown key 'metdata', did you mean 'metadata'?"},
    {SOURCE("path: a, modality: page, metadata: [a]"), 2, 47, "'metadata' must be a mapping"},
    {SOURCE("path: a, modality: page, metadata: {a: [b]}"), 2, 51, "metadata 'a' must be one value"},
    {SOURCE("path: a, modality: page, metadata: {a: ~}"), 2, 51, "metadata 'a' must be one value"},
    {SOURCE("path: a, modality: page, sidecars: {groundtruth: x}"), 2, 48,
     "unknown key 'groundtruth', did you mean 'ground_truth'?"},
    {SOURCE("path: a, modality: page, sidecars: {correction: x.json}"), 2, 48,
     "no file is a 'correction': people give them with 'assay queue resolve'"},
    {SOURCE("path: a, modality: page, sidecars: {corrected_table: x.csv}"), 2, 48,
     "no file is a 'corrected_table': people give them with 'assay queue resolve'"},
    {SOURCE("path: a, modality: page, sidecars: {metadata: '{base}.x'}"), 2, 58,
     "sidecar '{base}.x' may use {stem}, {name} and {dir} only"},
    {SOURCE("path: a, modality: page, sidecars: {metadata: '../{name}'}"), 2, 58,
     "sidecar '../{name}' must stay inside the folder of the configuration, without '.', '..' and empty components"},
    {SOURCE("path: a, modality: page, sidecars: {metadata: '{dir}/{name}.x'}"), 2, 58,
     "sidecar '{dir}/{name}.x' must stay inside the folder of the configuration, without '.', '..' and empty "
     "components"},
    {SOURCE("path: a, modality: page, sidecars: {metadata: '{dir}{name}'}"), 2, 58,
     "sidecar '{dir}{name}' names the source itself"},
    /* stages */
    {PAGE("page.deskw"), 3, 20, "no stage 'page.deskw' in this build, did you mean 'page.deskew'?"},
    {PAGE("video.shots"), 3, 20, "stage 'video.shots' is for video, not for page"},
    {PAGE("page.deskew, page.read"), 3, 33, "stage 'page.read' reads files and must come first"},
    {PAGE("page.read, page.read"), 3, 31, "stage 'page.read' reads files and must come first"},
    {PAGE("ocr.recognize, ocr.recognize"), 3, 35,
     "stage 'ocr.recognize' stands here twice: it would measure the same samples twice"},
    {PAGE("{page.deskew: {}, page.clean: {}}"), 3, 21,
     "one stage an item: begin 'page.clean' on a line of its own with '-'"},
    {PAGE("[page.deskew]"), 3, 20, "an item is the name of a stage, or {name: {parameter: value}}"},
    {PAGE("page.deskew: [1]"), 3, 33, "parameters of 'page.deskew' must be a mapping"},
    {PAGE("ocr.recognize: {langs: [eng]}"), 3, 36, "stage 'ocr.recognize' has no parameter 'langs'"},
    {PAGE("ocr.recognize: {language: [eng]}"), 3, 36,
     "stage 'ocr.recognize' has no parameter 'language', did you mean 'languages'?"},
    {PAGE("ocr.recognize: {mode: spars}"), 3, 42,
     "ocr.recognize: mode: 'spars' is none of auto, sparse, did you mean 'sparse'?"},
    {PAGE("ocr.recognize: {languages: eng}"), 3, 47, "ocr.recognize: languages takes a list"},
    {PAGE("ocr.recognize: {mode: [auto]}"), 3, 42, "ocr.recognize: mode takes one value"},
    {PAGE("ocr.recognize: {languages: []}"), 3, 36, "ocr.recognize: languages: needs at least 1 item"},
    {PAGE("page.read: {dpi: 50}"), 3, 37, "page.read: dpi: 50 is not in 72..1200 dpi"},
    {PAGE("ocr.tables"), 3, 20,
     "stage 'ocr.tables' needs words, which nothing before it makes: put 'ocr.recognize' before it"},
    {PAGE("ocr.tables, ocr.recognize"), 3, 20,
     "stage 'ocr.tables' needs words, which nothing before it makes: put 'ocr.recognize' before it"},
    {PAGE("ocr.recognize, ocr.discard, ocr.tables"), 3, 48,
     "stage 'ocr.tables' needs words, which nothing before it makes: put 'ocr.recognize' before it"},
    {VIDEO("video.pace, video.shots"), 3, 21,
     "stage 'video.pace' needs marks, which nothing before it makes: put 'video.shots' before it"},
    /* contracts */
    {PAGE("ocr.recognize") "contracts: cer.yaml\n", 4, 12, "'contracts' must be a list"},
    {PAGE("ocr.recognize") "contracts: [cer.yaml, cer.yaml]\n", 4, 23, "contract 'cer.yaml' stands here twice"},
    {PAGE("ocr.recognize") "contracts: [cer.yaml, cer2.yaml]\n", 4, 23,
     "contract 'cer2.yaml' has the id 'cer' of contract 'cer.yaml'"},
    {PAGE("ocr.recognize") "contracts: [none.yaml]\n", 4, 13, "contract 'none.yaml' does not exist"},
    {PAGE("ocr.recognize") "contracts: [{a: b}]\n", 4, 14, "a contract is named by the path of its file"},
    {PAGE("ocr.recognize") "contracts: [bad.yaml]\n", 9, 59,
     "no operator: a check has exactly one, such as mustBeLessThan"},
    {PAGE("page.deskew") "contracts: [cer.yaml]\n", 9, 67,
     "no pipeline makes metric 'ocr.cer': add the stage 'ocr.recognize'"},
};

static void config_load__wrong__place_and_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(wrong); i++) {
		assay_diagnostics d = {0};
		assay_config *c;
		const assay_code rc = load_n(&c, wrong[i].text, strlen(wrong[i].text), &d);

		assert_finding(&d, true, &wrong[i]);
		assert_int_equal(rc, ASSAY_ECONFIG);
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

static const wrong_case doubtful[] = {
    {PAGE(""), 1, 1, "no contracts: every sample that can be read is accepted"},
    {PAGE("") "contracts: []\n", 4, 12, "no contracts: every sample that can be read is accepted"},
    {"dataset: d\nsources:\n- {path: a, modality: page}\n- {path: a, modality: page}\npipelines: {page: "
     "[ocr.recognize]}\n" TAIL,
     4, 10, "path 'a' stands here twice, first in line 3: the first source wins"},
};

static void config_load__doubtful__warned_and_loaded(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(doubtful); i++) {
		assay_diagnostics d = {0};
		assay_config *c;

		assert_int_equal(load_n(&c, doubtful[i].text, strlen(doubtful[i].text), &d), ASSAY_OK);
		assert_finding(&d, false, &doubtful[i]);
		assay_config_close(c);
		assay_diagnostics_release(&d);
	}
}

static void config_load__keyframes_without_shots__fine(void **state)
{
	(void)state;
	assay_config_close(load(VIDEO("video.keyframes") "contracts: []\n"));
}

/* A pipeline with an error must not make its contracts look wrong as well. */
static void config_load__pipeline_wrong__contracts_not_blamed(void **state)
{
	static const char text[] = PAGE("ocr.recognise") "contracts: [cer.yaml, peak.yaml]\n";
	const wrong_case w = {text, 3, 20, "no stage 'ocr.recognise' in this build, did you mean 'ocr.recognize'?"};
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	assert_int_equal(load_n(&c, text, sizeof text - 1, &d), ASSAY_ECONFIG);
	assert_finding(&d, true, &w);
	assay_diagnostics_release(&d);
}

static void config_load__too_many_stages__refused(void **state)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	assay_diagnostics d = {0};
	assay_config *c;

	(void)state;
	assay_buf_puts(&b, TOP "pipelines:\n  page:\n");
	for (int i = 0; i < 31; i++)
		assay_buf_puts(&b, "  - page.clean\n");
	c = load(assay_buf_str(&b)); /* with its reader: the most that fits */
	assert_int_equal(c->pipelines[ASSAY_MODALITY_PAGE].count, ASSAY_CONFIG_STEPS_MAX);
	assay_config_close(c);
	assay_buf_puts(&b, "  - page.clean\n");
	assert_int_equal(load_n(&c, assay_buf_str(&b), b.len, &d), ASSAY_ECONFIG);
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.items[1].line, 36);
	assert_string_equal(d.items[1].message, "more than 31 stages in one pipeline");
	assay_diagnostics_release(&d);
}

/* ---------------------------------------------------------------- mutations and memory */

static void config_load__mutated__never_crashes(void **state)
{
	const uint64_t seed = 271828;
	uint64_t random = seed;
	int good = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 4000; i++) {
		char text[sizeof whole + 64];
		assay_diagnostics d = {0};
		assay_config *c;
		size_t n;
		assay_code rc;

		memcpy(text, whole, sizeof whole - 1);
		n = mutate(text, sizeof whole - 1, sizeof text, &random);
		rc = load_n(&c, text, n, &d);
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assert_int_equal(d.errors > 0, rc == ASSAY_ECONFIG);
		good += rc == ASSAY_OK;
		assay_config_close(c);
		assay_diagnostics_release(&d);
	}
	assert_in_range(good, 10, 3990);
}

static long calls, fail_at;
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t s);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_malloc(n);
}
void *__wrap_calloc(size_t n, size_t s)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_calloc(n, s);
}
void *__wrap_realloc(void *p, size_t n)
{
	return fail_at > 0 && ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void config_load__every_alloc_fails_in_turn__enomem(void **state)
{
	assay_code rc;
	long n = 0;

	(void)state;
	scratch_write(&folder, "config.yaml", whole, sizeof whole - 1);
	do {
		assay_diagnostics d = {0};
		assay_config *c;

		calls = 0;
		fail_at = ++n;
		rc = assay_config_load(&c, folder.fd, "config.yaml", &d, NULL);
		fail_at = 0;
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(c != NULL, rc == ASSAY_OK);
		assay_config_close(c);
		assay_diagnostics_release(&d);
	} while (calls >= n); /* until the n-th is never asked for: a value may be good without a hint's memory */
	assert_in_range(n, 50, 2000);
}

/* A wrong file must not look right because there was no memory to say what is wrong with it. */
/* Nor must a warning be lost in silence. */
static void config_load__doubtful_and_alloc_fails__ok_only_with_its_warning(void **state)
{
	(void)state;
	scratch_write(&folder, "config.yaml", doubtful[0].text, strlen(doubtful[0].text));
	for (long n = 1; n < 100; n++) {
		assay_diagnostics d = {0};
		assay_config *c;

		calls = 0;
		fail_at = n;
		if (assay_config_load(&c, folder.fd, "config.yaml", &d, NULL) == ASSAY_OK)
			assert_int_equal(d.count, 1);
		fail_at = 0;
		assay_config_close(c);
		assay_diagnostics_release(&d);
	}
}

static void config_load__wrong_and_alloc_fails__never_ok(void **state)
{
	static const char text[] = PAGE("ocr.recognize: {mode: x}") "contracts: [cer.yaml]\n";

	(void)state;
	scratch_write(&folder, "config.yaml", text, sizeof text - 1);
	for (long n = 1; n < 300; n++) {
		assay_diagnostics d = {0};
		assay_config *c;

		calls = 0;
		fail_at = n;
		assert_int_not_equal(assay_config_load(&c, folder.fd, "config.yaml", &d, NULL), ASSAY_OK);
		fail_at = 0;
		assert_null(c);
		assay_diagnostics_release(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(config_load__whole__everything_in_place),
	    cmocka_unit_test(config_load__reader_not_written__implied),
	    cmocka_unit_test(config_chain__video__sound_joins_without_its_reader),
	    cmocka_unit_test(config_load__vocabulary__made_by_used_pipelines_only),
	    cmocka_unit_test(config_load__in_a_folder__contracts_beside_it),
	    cmocka_unit_test(config_load__missing_file__enoent),
	    cmocka_unit_test(config_load__wrong__place_and_message),
	    cmocka_unit_test(config_load__doubtful__warned_and_loaded),
	    cmocka_unit_test(config_load__keyframes_without_shots__fine),
	    cmocka_unit_test(config_load__pipeline_wrong__contracts_not_blamed),
	    cmocka_unit_test(config_load__too_many_stages__refused),
	    cmocka_unit_test(config_load__mutated__never_crashes),
	    cmocka_unit_test(config_load__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(config_load__wrong_and_alloc_fails__never_ok),
	    cmocka_unit_test(config_load__doubtful_and_alloc_fails__ok_only_with_its_warning),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
