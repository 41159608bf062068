/*
 * Layout of the judgement (meta "judgement"; a map with ascending integer keys):
 *   {0: format 2, 1: inputs, 2: contract set, 3: generation, 4: run, 5: null | until ns, 6: version, 7: incomplete,
 *    8: [in, accepted, quarantined, waived, duplicate, filtered, failed sources], 9: open tickets,
 *    10: [[modality, recipe]...] ascending, 11: accepted trie, 12: others trie, 13: way of judging}
 * One of format 1 does not say how it was judged, and is none. One that was forgotten is the single byte null. Meta "generation": number of the catalog's state.
 */
#include "assay/judgement.h"

#include "catalog.h"
#include "counts.h"
#include "record.h"

#include <string.h>

#define FORMAT 2
#define FIELDS 14
#define KEY    "judgement"

static void encode(assay_buf *out, const assay_judgement *j)
{
	assay_cbor_map(out, FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_digest(out, &j->inputs);
	assay_cbor_uint(out, 2);
	assay_cbor_digest(out, &j->contracts);
	assay_cbor_uint(out, 3);
	assay_cbor_uint(out, j->generation);
	assay_cbor_uint(out, 4);
	assay_cbor_uint(out, j->run);
	assay_cbor_uint(out, 5);
	if (j->until_ns == ASSAY_JUDGEMENT_ALWAYS)
		assay_cbor_null(out);
	else
		assay_cbor_int(out, j->until_ns);
	assay_cbor_uint(out, 6);
	assay_cbor_digest(out, &j->version);
	assay_cbor_uint(out, 7);
	assay_cbor_bool(out, j->incomplete);
	assay_cbor_uint(out, 8);
	assay_counts_encode(out, &j->counts);
	assay_cbor_uint(out, 9);
	assay_cbor_uint(out, j->tickets_open);
	assay_cbor_uint(out, 10);
	assay_record_put_recipes(out, j->has_recipe, j->recipes);
	assay_cbor_uint(out, 11);
	assay_cbor_digest(out, &j->accepted);
	assay_cbor_uint(out, 12);
	assay_cbor_digest(out, &j->others);
	assay_cbor_uint(out, 13);
	assay_cbor_uint(out, j->way);
}

static void read_judgement(assay_cbor_reader *c, assay_judgement *j)
{
	assay_record_head(c, FIELDS, "judgement does not have 14 fields", FORMAT, "unknown format of a judgement");
	assay_cbor_read_key(c, 1);
	assay_record_digest(c, &j->inputs);
	assay_cbor_read_key(c, 2);
	assay_record_digest(c, &j->contracts);
	assay_cbor_read_key(c, 3);
	j->generation = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 4);
	j->run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 5);
	j->until_ns = assay_cbor_read_null(c) ? ASSAY_JUDGEMENT_ALWAYS : assay_cbor_read_int(c);
	assay_cbor_read_key(c, 6);
	assay_record_digest(c, &j->version);
	assay_cbor_read_key(c, 7);
	j->incomplete = assay_cbor_read_bool(c);
	assay_cbor_read_key(c, 8);
	assay_counts_decode(c, &j->counts);
	assay_cbor_read_key(c, 9);
	j->tickets_open = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 10);
	assay_record_recipes(c, j->has_recipe, j->recipes);
	assay_cbor_read_key(c, 11);
	assay_record_digest(c, &j->accepted);
	assay_cbor_read_key(c, 12);
	assay_record_digest(c, &j->others);
	assay_cbor_read_key(c, 13);
	j->way = assay_cbor_read_uint(c);
}

static bool is_of_format_1(const void *p, size_t n)
{
	assay_cbor_reader c;

	assay_cbor_reader_init(&c, p, n);
	(void)assay_cbor_read_map(&c);
	assay_cbor_read_key(&c, 0);
	return assay_cbor_read_uint(&c) == 1 && c.fault == NULL;
}

assay_code assay_judgement_get(assay_store *s, assay_judgement *out, assay_err *err)
{
	assay_cbor_reader c;
	const void *p;
	size_t n;
	assay_code rc = assay_row_get(s, ASSAY_TABLE_META, KEY, strlen(KEY), &p, &n, err);

	*out = (assay_judgement){0};
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&c, p, n);
	if (assay_cbor_read_null(&c) && c.p == c.end)
		return ASSAY_ENOENT;
	if (is_of_format_1(p, n))
		return ASSAY_ENOENT;
	assay_cbor_reader_init(&c, p, n);
	read_judgement(&c, out);
	return assay_cbor_finish(&c, "the last judgement", err);
}

assay_code assay_judgement_put(assay_store *s, assay_judgement *j, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	assay_code rc = assay_generation(s, &j->generation, err);

	if (rc != ASSAY_OK)
		return rc;
	encode(&row, j);
	return assay_row_put(s, ASSAY_TABLE_META, KEY, strlen(KEY), &row, err);
}

assay_code assay_judgement_forget(assay_store *s, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_cbor_null(&row);
	return assay_row_put(s, ASSAY_TABLE_META, KEY, strlen(KEY), &row, err);
}

assay_code assay_generation(assay_store *s, uint64_t *out, assay_err *err)
{
	return assay_generation_get(s, out, err);
}
