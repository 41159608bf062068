/*
 * Layout of a version record (an object; its digest is the version's id; maps have ascending integer keys):
 *   {0: format, 1: [[modality, recipe]...] ascending, 2: [contract...], 3: accepted trie, 4: others trie,
 *    5: [decisions in force], 6: [null | baseline...], 7: null | as-of time, ns since 1970 UTC,
 *    8: null | results of the dataset's checks (not in format 1),
 *    9: [recipe of a remedy...] ascending (in format 3 alone)}
 *   5 holds one digest, of the list of decisions, or none. Format 1 has no baselines, as-of time and results: 6 and 7
 *   are [] and null; a record that has one of them is of format 2, one that has decisions or remedies of format 3. The
 *   results are no function of the rest: samples that are not accepted count for some checks, and the tries name their
 *   outcome alone.
 * Layout of the version row beside it (key: number):
 *   {0: format, 1: id, 2: run, 3: made ns, 4: parent | null, 5: incomplete,
 *    6: [in, accepted, quarantined, waived, duplicate, filtered, failed sources], 7: dataset | null}
 * Index 'v': id -> number. Meta "version.latest": number.
 */
#include "assay/version.h"

#include "assay/suggest.h"
#include "assay/tag.h"

#include "catalog.h"
#include "counts.h"
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_FIELDS 8 /* and one more in format 2, two in format 3 */
#define REMEDIES_MAX  65536
#define ROW_FORMAT    1
#define ROW_FIELDS    8
#define LATEST        "version.latest"
#define PREFIX        "sha256:"
#define TAG_PREFIX    "tag:"
#define PREFIX_DIGITS 4 /* fewer say too little to be meant */
#define PREFIX_TEXT   "4"

void assay_version_release(assay_version *v)
{
	free(v->contracts);
	free(v->baselines);
	free(v->remedies);
	free(v->dataset);
	*v = (assay_version){0};
}

/* ---------------------------------------------------------------- record */

/* What a format has no place for raises the number: a version that needs none of it keeps its id for ever. */
static unsigned format_of(const assay_version *v)
{
	if (!assay_digest_is_zero(&v->decisions) || v->remedy_count > 0)
		return ASSAY_VERSION_FORMAT;
	return v->baseline_count == 0 && !v->has_as_of && assay_digest_is_zero(&v->results) ? ASSAY_VERSION_PLAIN
											    : ASSAY_VERSION_CHECKED;
}

/* Format 1 has the plain number of fields, and each after it one more. */
static size_t fields_of(uint64_t format)
{
	return RECORD_FIELDS + (size_t)format - ASSAY_VERSION_PLAIN;
}

static void encode_record(assay_buf *out, const assay_version *v)
{
	const unsigned format = format_of(v);
	const bool decided = !assay_digest_is_zero(&v->decisions);

	assay_cbor_map(out, fields_of(format));
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, format);
	assay_cbor_uint(out, 1);
	assay_record_put_recipes(out, v->has_recipe, v->recipes);
	assay_cbor_uint(out, 2);
	assay_cbor_array(out, v->contract_count);
	for (size_t i = 0; i < v->contract_count; i++)
		assay_cbor_digest(out, &v->contracts[i]);
	assay_cbor_uint(out, 3);
	assay_cbor_digest(out, &v->accepted);
	assay_cbor_uint(out, 4);
	assay_cbor_digest(out, &v->others);
	assay_cbor_uint(out, 5);
	assay_cbor_array(out, decided ? 1 : 0);
	if (decided)
		assay_cbor_digest(out, &v->decisions);
	assay_cbor_uint(out, 6);
	assay_cbor_array(out, v->baseline_count);
	for (size_t i = 0; i < v->baseline_count; i++)
		assay_cbor_digest(out, assay_digest_is_zero(&v->baselines[i]) ? NULL : &v->baselines[i]);
	assay_cbor_uint(out, 7);
	if (v->has_as_of)
		assay_cbor_int(out, v->as_of_ns);
	else
		assay_cbor_null(out);
	if (format == ASSAY_VERSION_PLAIN)
		return;
	assay_cbor_uint(out, 8);
	assay_cbor_digest(out, assay_digest_is_zero(&v->results) ? NULL : &v->results);
	if (format == ASSAY_VERSION_CHECKED)
		return;
	assay_cbor_uint(out, 9);
	assay_cbor_array(out, v->remedy_count);
	for (size_t i = 0; i < v->remedy_count; i++)
		assay_cbor_digest(out, &v->remedies[i]);
}

static void read_decisions(assay_cbor_reader *c, assay_version *v)
{
	const size_t n = assay_cbor_read_array(c);

	if (n > 1)
		assay_cbor_fault(c, "more than one list of decisions");
	else if (n == 1)
		assay_record_digest(c, &v->decisions);
}

static void read_remedies(assay_cbor_reader *c, assay_version *v)
{
	size_t n;

	v->remedies = assay_record_list(c, sizeof(*v->remedies), &n);
	if (n > REMEDIES_MAX)
		assay_cbor_fault(c, "too many recipes of remedies");
	while (v->remedy_count < n && c->fault == NULL) {
		assay_record_digest(c, &v->remedies[v->remedy_count++]);
		if (c->fault == NULL && v->remedy_count > 1 &&
		    assay_digest_cmp(&v->remedies[v->remedy_count - 2], &v->remedies[v->remedy_count - 1]) >= 0)
			assay_cbor_fault(c, "recipes of remedies are not in order");
	}
}

static void read_contracts(assay_cbor_reader *c, assay_version *v)
{
	size_t n;

	v->contracts = assay_record_list(c, sizeof(*v->contracts), &n);
	while (v->contract_count < n && c->fault == NULL)
		assay_record_digest(c, &v->contracts[v->contract_count++]);
}

static void read_baselines(assay_cbor_reader *c, assay_version *v)
{
	bool any = false;
	size_t n;

	v->baselines = assay_record_list(c, sizeof(*v->baselines), &n);
	while (v->baseline_count < n && c->fault == NULL)
		any |= assay_cbor_read_digest(c, &v->baselines[v->baseline_count++]);
	if (n > 0 && !any)
		assay_cbor_fault(c, "baselines of which none is there");
}

static void read_record(assay_cbor_reader *c, assay_version *v)
{
	const size_t fields = assay_cbor_read_map(c);
	uint64_t format;

	assay_cbor_read_key(c, 0);
	format = assay_cbor_read_uint(c);
	if (format < ASSAY_VERSION_PLAIN || format > ASSAY_VERSION_FORMAT)
		assay_cbor_fault(c, "unknown version format");
	else if (fields != fields_of(format))
		assay_cbor_fault(c, "version has another number of fields");
	assay_cbor_read_key(c, 1);
	assay_record_recipes(c, v->has_recipe, v->recipes);
	assay_cbor_read_key(c, 2);
	read_contracts(c, v);
	assay_cbor_read_key(c, 3);
	assay_record_digest(c, &v->accepted);
	assay_cbor_read_key(c, 4);
	assay_record_digest(c, &v->others);
	assay_cbor_read_key(c, 5);
	read_decisions(c, v);
	assay_cbor_read_key(c, 6);
	read_baselines(c, v);
	assay_cbor_read_key(c, 7);
	v->has_as_of = !assay_cbor_read_null(c);
	if (v->has_as_of)
		v->as_of_ns = assay_cbor_read_int(c);
	if (format != ASSAY_VERSION_PLAIN) {
		assay_cbor_read_key(c, 8);
		(void)assay_cbor_read_digest(c, &v->results);
	}
	if (format == ASSAY_VERSION_FORMAT) {
		assay_cbor_read_key(c, 9);
		read_remedies(c, v);
	}
	if (c->fault == NULL && format_of(v) != format)
		assay_cbor_fault(c, "what the version says does not go with its format");
}

static assay_code load_record(assay_store *s, assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_cbor_reader c;
	assay_code rc = assay_object_get(s, &v->id, &record, err);

	if (rc == ASSAY_ENOENT) { /* its row is there: the message stands */
		rc = ASSAY_ECORRUPT;
		if (err != NULL)
			err->code = rc;
	}
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&c, record.data, record.len);
	read_record(&c, v);
	return assay_cbor_finish(&c, "version record", err);
}

/* ---------------------------------------------------------------- row */

static void encode_row(assay_buf *out, const assay_version *v)
{
	assay_cbor_map(out, ROW_FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, ROW_FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_digest(out, &v->id);
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, v->run);
	assay_cbor_uint(out, 3);
	assay_cbor_int(out, v->made_ns);
	assay_cbor_uint(out, 4);
	assay_cbor_digest(out, assay_digest_is_zero(&v->parent) ? NULL : &v->parent);
	assay_cbor_uint(out, 5);
	assay_cbor_bool(out, v->incomplete);
	assay_cbor_uint(out, 6);
	assay_counts_encode(out, &v->counts);
	assay_cbor_uint(out, 7);
	assay_cbor_text(out, v->dataset);
}

static void read_row(assay_cbor_reader *c, assay_version *v)
{
	assay_record_head(c, ROW_FIELDS, "version row does not have 8 fields", ROW_FORMAT,
			  "unknown format of a version row");
	assay_cbor_read_key(c, 1);
	assay_record_digest(c, &v->id);
	assay_cbor_read_key(c, 2);
	v->run = assay_cbor_read_uint(c);
	assay_cbor_read_key(c, 3);
	v->made_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 4);
	(void)assay_cbor_read_digest(c, &v->parent);
	assay_cbor_read_key(c, 5);
	v->incomplete = assay_cbor_read_bool(c);
	assay_cbor_read_key(c, 6);
	assay_counts_decode(c, &v->counts);
	assay_cbor_read_key(c, 7);
	v->dataset = assay_cbor_read_strdup(c);
}

static assay_code load(assay_store *s, assay_version *out, uint64_t number, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_version){0};
	assay_cbor_reader_init(&c, p, n);
	read_row(&c, out);
	out->number = number;
	rc = assay_cbor_finish(&c, "version row", err);
	if (rc == ASSAY_OK)
		rc = load_record(s, out, err);
	if (rc != ASSAY_OK)
		assay_version_release(out);
	return rc;
}

static assay_code get_numbered(assay_store *s, uint64_t number, assay_version *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc = assay_row_get_at(s, ASSAY_TABLE_VERSION, number, &p, &n, err);

	*out = (assay_version){0};
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "row of version number %" PRIu64 " is gone", number);
	return rc == ASSAY_OK ? load(s, out, number, p, n, err) : rc;
}

/* ---------------------------------------------------------------- commit */

static assay_code set_parent(assay_store *s, assay_version *v, assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	assay_code rc = assay_version_latest(s, &latest, err);

	if (rc == ASSAY_OK || rc == ASSAY_ENOENT)
		v->parent = latest.id; /* zero when there is none */
	return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
}

static assay_code put_row(assay_store *s, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	encode_row(&row, v);
	return assay_row_put_at(s, ASSAY_TABLE_VERSION, v->number, &row, err);
}

static assay_code add_row(assay_store *s, assay_version *v, assay_err *err)
{
	assay_code rc;

	ASSAY_TRY(set_parent(s, v, err));
	ASSAY_TRY(assay_next_id(s, ASSAY_TABLE_VERSION, &v->number, err));
	ASSAY_TRY(put_row(s, v, err));
	ASSAY_TRY(assay_index_put(s, ASSAY_INDEX_VERSION, &v->id, v->number, err));
fail:
	return rc;
}

/* Who made it first stays. Whether it lacks something is what is known now: an attempt may end without changing it. */
static assay_code adopt_row(assay_store *s, assay_version *v, uint64_t number, assay_err *err)
{
	ASSAY_AUTO_VERSION first = {0};
	assay_code rc = get_numbered(s, number, &first, err);

	if (rc != ASSAY_OK)
		return rc;
	v->number = number;
	v->run = first.run;
	v->made_ns = first.made_ns;
	v->parent = first.parent;
	if (v->incomplete == first.incomplete)
		return ASSAY_OK;
	first.incomplete = v->incomplete;
	return put_row(s, &first, err);
}

assay_code assay_version_commit(assay_store *s, assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	uint64_t number;
	assay_code rc;

	encode_record(&record, v);
	ASSAY_TRY(assay_buf_check(&record, err));
	ASSAY_TRY(assay_object_put(s, ASSAY_OBJECT_VERSION, record.data, record.len, NULL, &v->id, NULL, err));
	rc = assay_index_get(s, ASSAY_INDEX_VERSION, &v->id, &number, err);
	if (rc == ASSAY_OK)
		rc = adopt_row(s, v, number, err);
	else if (rc == ASSAY_ENOENT)
		rc = add_row(s, v, err);
	if (rc == ASSAY_OK)
		rc = assay_meta_put(s, LATEST, v->number, err);
fail:
	return rc;
}

/* ---------------------------------------------------------------- find */

assay_code assay_version_get(assay_store *s, const assay_digest *id, assay_version *out, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	uint64_t number;
	assay_code rc = assay_index_get(s, ASSAY_INDEX_VERSION, id, &number, err);

	*out = (assay_version){0};
	if (rc != ASSAY_OK)
		return rc;
	rc = get_numbered(s, number, out, err);
	if (rc != ASSAY_OK || assay_digest_eq(&out->id, id))
		return rc;
	assay_version_release(out);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "index entry of version %s leads to row %" PRIu64 ", which is not it",
			   assay_digest_hex(id, hex), number);
}

assay_code assay_version_contract_set(assay_digest *out, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF list = ASSAY_BUF_INIT;
	assay_code rc;

	assay_cbor_array(&list, v->contract_count);
	for (size_t i = 0; i < v->contract_count; i++)
		assay_cbor_digest(&list, &v->contracts[i]);
	rc = assay_buf_check(&list, err);
	return rc == ASSAY_OK ? assay_digest_of(out, list.data, list.len, err) : rc;
}

assay_code assay_version_latest(assay_store *s, assay_version *out, assay_err *err)
{
	uint64_t number;
	assay_code rc = assay_meta_get(s, LATEST, &number, err);

	*out = (assay_version){0};
	if (rc == ASSAY_OK && number == 0)
		return ASSAY_ENOENT;
	return rc == ASSAY_OK ? get_numbered(s, number, out, err) : rc;
}

/* The hex digits of a name in lower case; false when it is no prefix of an id. */
static bool digits_of(const char *name, char hex[ASSAY_DIGEST_HEX])
{
	size_t n;

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	n = strlen(name);
	if (n < PREFIX_DIGITS || n >= ASSAY_DIGEST_HEX || strspn(name, "0123456789abcdefABCDEF") != n)
		return false;
	for (size_t i = 0; i <= n; i++)
		hex[i] = (char)(name[i] >= 'A' && name[i] <= 'F' ? name[i] - 'A' + 'a' : name[i]);
	return true;
}

struct matches {
	size_t count;
	assay_digest first, second;
};

static assay_code note_match(void *ctx, const assay_digest *d, uint64_t number, assay_err *err)
{
	struct matches *m = ctx;

	(void)number;
	(void)err;
	if (m->count == 0)
		m->first = *d;
	else if (m->count == 1)
		m->second = *d;
	m->count++;
	return ASSAY_OK;
}

/* The nearest tag, copied out of the scan that offers it. */
struct nearest {
	assay_suggest suggest;
	char best[ASSAY_TAG_NAME_MAX + 1];
};

static assay_code offer_tag(void *ctx, const assay_tag_event *e, assay_err *err)
{
	struct nearest *n = ctx;

	(void)err;
	assay_suggest_offer(&n->suggest, e->name);
	if (n->suggest.best == e->name) {
		(void)snprintf(n->best, sizeof(n->best), "%s", e->name);
		n->suggest.best = n->best;
	}
	return ASSAY_OK;
}

/* It could be a tag and there is none: then it may have been meant as the start of an id. */
static const char *too_short(const char *name)
{
	const size_t n = strlen(name);

	return n < PREFIX_DIGITS && strspn(name, "0123456789abcdefABCDEF") == n
		   ? ", and the start of an id has at least " PREFIX_TEXT " hex digits"
		   : "";
}

static assay_code raise_unknown(assay_store *s, const char *name, assay_err *err)
{
	ASSAY_AUTO_VERSION latest = {0};
	struct matches all = {0};
	struct nearest tag = {0};
	char hex[ASSAY_DIGEST_HEX], hint[ASSAY_TAG_NAME_MAX + 32];
	assay_code rc = assay_version_latest(s, &latest, err);

	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no version '%s': none was committed yet", name);
	if (rc == ASSAY_OK)
		rc = assay_index_prefix(s, ASSAY_INDEX_VERSION, "", note_match, &all, err);
	assay_suggest_init(&tag.suggest, name);
	if (rc == ASSAY_OK)
		rc = assay_tags_each(s, offer_tag, &tag, err);
	if (rc != ASSAY_OK)
		return rc;
	return ASSAY_RAISE(err, ASSAY_ENOENT, "there is no version '%s'%s%s; there %s %zu, the latest is %.12s", name,
			   assay_suggest_text(&tag.suggest, hint, sizeof(hint)), too_short(name),
			   all.count == 1 ? "is" : "are", all.count, assay_digest_hex(&latest.id, hex));
}

static assay_code resolve_prefix(assay_store *s, const char *name, const char *digits, assay_version *out,
				 assay_err *err)
{
	char a[ASSAY_DIGEST_HEX], b[ASSAY_DIGEST_HEX];
	struct matches m = {0};
	assay_code rc = assay_index_prefix(s, ASSAY_INDEX_VERSION, digits, note_match, &m, err);

	if (rc != ASSAY_OK)
		return rc;
	if (m.count == 0)
		return raise_unknown(s, name, err);
	if (m.count > 1)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "'%s' could be any of %zu versions, such as %.16s and %.16s",
				   name, m.count, assay_digest_hex(&m.first, a), assay_digest_hex(&m.second, b));
	return assay_version_get(s, &m.first, out, err);
}

static assay_code resolve_tag(assay_store *s, const char *name, const char *tag, assay_version *out, assay_err *err)
{
	assay_digest id;
	char hex[ASSAY_DIGEST_HEX];
	assay_code rc = assay_tag_version(s, tag, &id, err);

	if (rc == ASSAY_ENOENT)
		return raise_unknown(s, name, err);
	if (rc == ASSAY_OK)
		rc = assay_version_get(s, &id, out, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "tag '%s' stands for version %.12s, which is not there", tag,
				   assay_digest_hex(&id, hex));
	return rc;
}

assay_code assay_version_resolve(assay_store *s, const char *name, assay_version *out, assay_err *err)
{
	const bool says_tag = strncmp(name, TAG_PREFIX, strlen(TAG_PREFIX)) == 0;
	const char *tag = says_tag ? name + strlen(TAG_PREFIX) : name;
	char digits[ASSAY_DIGEST_HEX];
	assay_code rc;

	*out = (assay_version){0};
	if (strcmp(name, "latest") == 0) {
		rc = assay_version_latest(s, out, err);
		return rc == ASSAY_ENOENT ? raise_unknown(s, name, err) : rc;
	}
	if (digits_of(name, digits))
		return resolve_prefix(s, name, digits, out, err);
	if (assay_tag_name_fault(tag) == NULL)
		return resolve_tag(s, name, tag, out, err);
	return ASSAY_RAISE(err, ASSAY_EUSAGE,
			   "'%s' names no version: say 'latest', a tag, or at least %d hex digits of an id", name,
			   PREFIX_DIGITS);
}

struct visit {
	assay_store *store;
	assay_version_fn *fn;
	void *ctx;
};

static assay_code visit_row(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_VERSION version = {0};
	assay_code rc = load(v->store, &version, assay_row_number(key, key_size), p, n, err);

	return rc == ASSAY_OK ? v->fn(v->ctx, &version, err) : rc;
}

assay_code assay_versions_each(assay_store *s, assay_version_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};

	return assay_rows_each(s, ASSAY_TABLE_VERSION, true, visit_row, &v, err);
}
