/**
 * A vocabulary, contracts written as text and read with it, and one that uses most of the standard. One file includes
 * it, linked with --wrap=malloc, calloc and realloc: the n-th allocation made by our objects fails, once.
 */
#ifndef ASSAY_TEST_CONTRACT_FIXTURE_H
#define ASSAY_TEST_CONTRACT_FIXTURE_H

#include "test_findings.h"

#include "assay/contract.h"

static scratch folder;
static assay_vocabulary vocabulary;

static inline int set_up(void **state)
{
	static const assay_vocabulary_metric metrics[] = {
	    {.name = "ocr.cer", "1", "ocr.recognize", 4, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {.name = "page.blank", "1", "page.quality", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {.name = "page.dpi", "dpi", "page.quality", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_PAGE), true},
	    {.name = "table.cells", "1", "ocr.tables", 0, ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_TABLE), false},
	    {.name = "audio.peak",
	     "dB",
	     "audio.levels",
	     2,
	     ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_AUDIO) | ASSAY_SAMPLE_MASK(ASSAY_SAMPLE_SEGMENT),
	     true},
	};

	(void)state;
	scratch_open(&folder);
	for (size_t i = 0; i < ASSAY_COUNT(metrics); i++)
		assert_int_equal(assay_vocabulary_add(&vocabulary, &metrics[i], NULL), ASSAY_OK);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	assay_vocabulary_release(&vocabulary);
	unlinkat(folder.fd, "c.yaml", 0);
	scratch_close(&folder);
	return 0;
}

static inline assay_code load_n(assay_contract **c, const char *text, size_t n, const assay_vocabulary *v,
				assay_diagnostics *d)
{
	scratch_write(&folder, "c.yaml", text, n);
	*c = (assay_contract *)(uintptr_t)1; /* garbage: load must overwrite it */
	return assay_contract_load(c, folder.fd, "c.yaml", "c.yaml", v, d, NULL);
}

static inline assay_contract *load(const char *text, const assay_vocabulary *v)
{
	assay_diagnostics d = {0};
	assay_contract *c;

	if (load_n(&c, text, strlen(text), v, &d) != ASSAY_OK || d.count > 0) {
		print_findings(&d);
		fail();
	}
	assay_diagnostics_release(&d);
	return c;
}

#define HEAD                  "apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n" /* lines 1 to 5 */
#define ENTRY                 HEAD "schema:\n- name: page\n  quality:\n"                /* 6 to 8 */
#define CUSTOM                "  - id: a\n    type: custom\n    engine: assay\n"        /* 9 to 11 */
#define CHECK(implementation) ENTRY CUSTOM "    implementation: {" implementation "}\n" /* 12, from 22 */

static const char whole[] =
    "# A contract that uses most of the standard.\n"
    "apiVersion: v3.1.0\n"
    "kind: DataContract\n"
    "id: 6f1c0c8e-2f4e-4b5c-9a52-7b1f2d9a0c11\n"
    "name: scans\n"
    "version: 1.2.0\n"
    "status: active\n"
    "tenant: '7'\n"
    "domain: archive\n"
    "dataProduct: scans\n"
    "tags: [ocr, paper]\n"
    "contractCreatedTs: 2026-01-02T03:04:05Z\n"
    "description: {purpose: \"to read\", usage: u, limitations: l}\n"
    "authoritativeDefinitions: [{url: https://example.org, type: tutorial}]\n"
    "servers: [{server: s, type: local, path: ./x, format: json, roles: [{role: r}]}]\n"
    "team: {name: t, members: [{username: u, role: owner}]}\n"
    "roles: [{role: reader, access: read}]\n"
    "support: [{channel: c, url: 'mailto:a@example.org'}]\n"
    "price: {priceAmount: 9.95, priceCurrency: EUR, priceUnit: page}\n"
    "slaProperties: [{property: freshness, value: 2, unit: d, element: page.taken}]\n"
    "customProperties: [{property: mine, value: [1, {a: b}]}]\n"
    "schema:\n"
    "- name: page\n"
    "  logicalType: object\n"
    "  physicalType: file\n"
    "  description: scanned pages\n"
    "  customProperties: [{property: appliesTo, value: {doc_type: invoice, batch: 7}}]\n"
    "  properties:\n"
    "  - name: text\n"
    "    logicalType: string\n"
    "    required: true\n"
    "    logicalTypeOptions: {minLength: 1}\n"
    "    quality:\n"
    "    - {id: cer, type: custom, engine: assay, dimension: accuracy, severity: warning,\n"
    "       description: prose, businessImpact: more prose,\n"
    "       implementation: {metric: ocr.cer, mustBeLessThan: 0.0200, whenMissing: skip, remedy: again}}\n"
    "  quality:\n"
    "  - {id: blank, type: custom, engine: assay, implementation: {metric: page.blank, mustBe: false}}\n"
    "  - {id: dpi, type: custom, engine: assay, implementation: {metric: page.dpi, mustBeBetween: [200, 6e2]}}\n"
    "- name: dataset\n"
    "  quality:\n"
    "  - {id: low, type: custom, engine: assay, dimension: coverage, implementation: {aggregate: share, metric: "
    "ocr.cer,\n"
    "     of: page, condition: {mustBeBetween: [0.1, 1]}, where: {b: c, a: b}, population: all, mustBeLessThan: "
    "0.25}}\n"
    "  - {id: drift, type: custom, engine: assay, severity: warning, implementation: {metric: audio.peak, drift: psi,\n"
    "     against: gold, bins: 5, mustBeLessThan: 0.2, whenMissing: skip}}\n"
    "  - {metric: duplicateValues, unit: percent, mustBeBetween: [0, 2.5]}\n"
    "- name: audio\n"
    "  quality:\n"
    "  - {id: peak, type: custom, engine: assay, severity: info,\n"
    "     implementation: {metric: audio.peak, mustNotBeBetween: [-0.5, -.25]}}\n";

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

#endif
