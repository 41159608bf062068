/*
 * Layout of the tag table. What a name stands for (key: the name):
 *   {0: format 1, 1: version | null, 2: event}
 * and the events (key: NUL, number (u64, big-endian), so that they stand before all names and in order):
 *   {0: format 1, 1: name, 2: from | null, 3: to | null, 4: at ns, 5: actor, 6: reason | null}
 * A name that was taken away keeps its row, with null.
 */
#include "tag.h"

#include "assay/log.h"
#include "assay/memory.h"
#include "assay/text.h"

#include "catalog.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FORMAT       1
#define ROW_FIELDS   3
#define EVENT_FIELDS 7
#define ID_DIGITS    4 /* so many hex digits alone are the start of a version's id (version.c) */

void assay_tag_event_release(assay_tag_event *e)
{
	free(e->name);
	free(e->actor);
	free(e->reason);
	free(e->damage);
	*e = (assay_tag_event){0};
}

/* ---------------------------------------------------------------- names */

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Every component is there, and neither begins nor ends with a dot. */
static bool is_path(const char *name)
{
	while (*name != '\0') {
		const size_t n = strcspn(name, "/");

		if (n == 0 || name[0] == '.' || name[n - 1] == '.')
			return false;
		name += n;
		if (*name == '/' && *++name == '\0')
			return false;
	}
	return true;
}

const char *assay_tag_name_fault(const char *name)
{
	const size_t n = strnlen(name, ASSAY_TAG_NAME_MAX + 1);

	if (n > ASSAY_TAG_NAME_MAX)
		return "is longer than 64 characters";
	if (!is_plain(name[0]))
		return "does not begin with a letter or a digit";
	for (size_t i = 0; i < n; i++)
		if (!is_plain(name[i]) && strchr("._-/", name[i]) == NULL)
			return "has characters other than A-Z a-z 0-9 . _ - /";
	if (!is_path(name))
		return "has a part between slashes that is empty, or begins or ends with a dot";
	if (strcasecmp(name, "latest") == 0)
		return "is the name of whatever version is the latest";
	if (n >= ID_DIGITS && strspn(name, "0123456789abcdefABCDEF") == n)
		return "could be the start of an id: put another letter into it";
	return NULL;
}

/* ---------------------------------------------------------------- rows */

void assay_tag_event_key(unsigned char key[ASSAY_TAG_EVENT_KEY], uint64_t number)
{
	key[0] = 0;
	for (int i = 0; i < 8; i++)
		key[1 + i] = (unsigned char)(number >> (56 - 8 * i));
}

bool assay_tag_is_event(const void *key, size_t key_size)
{
	return key_size == ASSAY_TAG_EVENT_KEY && *(const unsigned char *)key == 0;
}

static const assay_digest *or_null(const assay_digest *d)
{
	return assay_digest_is_zero(d) ? NULL : d;
}

static void encode_row(assay_buf *out, const assay_tag_row *row)
{
	assay_cbor_map(out, ROW_FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_digest(out, or_null(&row->version));
	assay_cbor_uint(out, 2);
	assay_cbor_uint(out, row->event);
}

assay_code assay_tag_row_decode(assay_tag_row *out, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;

	*out = (assay_tag_row){0};
	assay_cbor_reader_init(&c, p, n);
	assay_record_head(&c, ROW_FIELDS, "tag does not have 3 fields", FORMAT, "unknown tag format");
	assay_cbor_read_key(&c, 1);
	(void)assay_cbor_read_digest(&c, &out->version);
	assay_cbor_read_key(&c, 2);
	out->event = assay_cbor_read_uint(&c);
	return assay_cbor_finish(&c, "tag", err);
}

static void encode_event(assay_buf *out, const assay_tag_change *change, const assay_digest *from)
{
	assay_cbor_map(out, EVENT_FIELDS);
	assay_cbor_uint(out, 0);
	assay_cbor_uint(out, FORMAT);
	assay_cbor_uint(out, 1);
	assay_cbor_text(out, change->name);
	assay_cbor_uint(out, 2);
	assay_cbor_digest(out, or_null(from));
	assay_cbor_uint(out, 3);
	assay_cbor_digest(out, change->version);
	assay_cbor_uint(out, 4);
	assay_cbor_int(out, change->at_ns);
	assay_cbor_uint(out, 5);
	assay_cbor_text(out, change->actor);
	assay_cbor_uint(out, 6);
	assay_cbor_text(out, change->reason);
}

static void read_event(assay_cbor_reader *c, assay_tag_event *e)
{
	assay_record_head(c, EVENT_FIELDS, "event of a tag does not have 7 fields", FORMAT,
			  "unknown format of a tag's event");
	assay_cbor_read_key(c, 1);
	e->name = assay_record_text(c);
	assay_cbor_read_key(c, 2);
	(void)assay_cbor_read_digest(c, &e->from);
	assay_cbor_read_key(c, 3);
	(void)assay_cbor_read_digest(c, &e->to);
	assay_cbor_read_key(c, 4);
	e->at_ns = assay_cbor_read_int(c);
	assay_cbor_read_key(c, 5);
	e->actor = assay_record_text(c);
	assay_cbor_read_key(c, 6);
	e->reason = assay_cbor_read_strdup(c);
}

static assay_code decode_event(assay_tag_event *out, uint64_t number, const void *p, size_t n, assay_err *err)
{
	assay_cbor_reader c;
	assay_code rc;

	*out = (assay_tag_event){0};
	assay_cbor_reader_init(&c, p, n);
	read_event(&c, out);
	out->number = number;
	rc = assay_cbor_finish(&c, "event of a tag", err);
	if (rc != ASSAY_OK)
		assay_tag_event_release(out);
	return rc;
}

assay_code assay_tag_event_get(assay_store *s, uint64_t number, assay_tag_event *out, assay_err *err)
{
	unsigned char key[ASSAY_TAG_EVENT_KEY];
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_tag_event){0};
	assay_tag_event_key(key, number);
	rc = assay_row_get(s, ASSAY_TABLE_TAG, key, sizeof(key), &p, &n, err);
	return rc == ASSAY_OK ? decode_event(out, number, p, n, err) : rc;
}

/* The row of a name; one that never was is as one that was taken away, without an event. */
static assay_code load_row(assay_store *s, const char *name, assay_tag_row *out, assay_err *err)
{
	const void *p;
	size_t n;
	assay_code rc;

	*out = (assay_tag_row){0};
	rc = assay_row_get(s, ASSAY_TABLE_TAG, name, strlen(name), &p, &n, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	return rc == ASSAY_OK ? assay_tag_row_decode(out, p, n, err) : rc;
}

/* The event that a row names, which must be there and say the same. */
static assay_code load_last(assay_store *s, const char *name, const assay_tag_row *row, assay_tag_event *out,
			    assay_err *err)
{
	assay_code rc = assay_tag_event_get(s, row->event, out, err);

	if (rc == ASSAY_OK && strcmp(out->name, name) == 0 && assay_digest_eq(&out->to, &row->version))
		return ASSAY_OK;
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return rc;
	assay_tag_event_release(out);
	return ASSAY_RAISE(err, ASSAY_ECORRUPT, "tag '%s' names event %" PRIu64 ", which %s", name, row->event,
			   rc == ASSAY_OK ? "says something else" : "is not there");
}

/* ---------------------------------------------------------------- changes */

static assay_code may_change(assay_store *s, const assay_tag_change *change, const assay_digest *now, assay_err *err)
{
	char hex[ASSAY_DIGEST_HEX];
	uint64_t number;
	assay_code rc;

	if (change->version == NULL)
		return assay_digest_is_zero(now) ? ASSAY_RAISE(err, ASSAY_ENOENT, "there is no tag '%s'", change->name)
						 : ASSAY_OK;
	rc = assay_index_get(s, ASSAY_INDEX_VERSION, change->version, &number, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_RAISE(err, ASSAY_EINVAL, "there is no version %s to tag",
				   assay_digest_hex(change->version, hex));
	if (rc == ASSAY_OK && !assay_digest_is_zero(now) && !change->move)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the tag '%s' stands for version %.12s; --force moves it",
				   change->name, assay_digest_hex(now, hex));
	return rc;
}

static assay_code put_event(assay_store *s, const assay_tag_change *change, const assay_digest *from, uint64_t *number,
			    assay_err *err)
{
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	unsigned char key[ASSAY_TAG_EVENT_KEY];
	assay_code rc = assay_next_id(s, ASSAY_TABLE_TAG, number, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_tag_event_key(key, *number);
	encode_event(&row, change, from);
	return assay_row_put(s, ASSAY_TABLE_TAG, key, sizeof(key), &row, err);
}

static assay_code put_row(assay_store *s, const char *name, const assay_tag_row *row, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;

	encode_row(&bytes, row);
	return assay_row_put(s, ASSAY_TABLE_TAG, name, strlen(name), &bytes, err);
}

static bool is_text(const char *s)
{
	return s == NULL || assay_utf8_prefix(s, strlen(s)) == strlen(s);
}

static assay_code refuse_words(const assay_tag_change *change, assay_err *err)
{
	const char *fault = assay_tag_name_fault(change->name);

	if (fault != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the tag '%s' %s", change->name, fault);
	if (!is_text(change->reason))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the reason to change the tag '%s' is not UTF-8", change->name);
	if (!is_text(change->actor))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "the name of who changes the tag '%s' is not UTF-8",
				   change->name);
	return ASSAY_OK;
}

assay_code assay_tag_put(assay_store *s, const assay_tag_change *change, bool *changed, assay_err *err)
{
	assay_tag_row row;
	assay_digest from;
	assay_code rc = refuse_words(change, err);

	*changed = false;
	if (rc == ASSAY_OK)
		rc = load_row(s, change->name, &row, err);
	if (rc != ASSAY_OK || (change->version != NULL && assay_digest_eq(&row.version, change->version)))
		return rc;
	from = row.version;
	ASSAY_TRY(may_change(s, change, &from, err));
	ASSAY_TRY(put_event(s, change, &from, &row.event, err));
	row.version = change->version != NULL ? *change->version : (assay_digest){{0}};
	ASSAY_TRY(put_row(s, change->name, &row, err));
	*changed = true;
fail:
	return rc;
}

/* ---------------------------------------------------------------- find */

assay_code assay_tag_get(assay_store *s, const char *name, assay_tag_event *out, assay_err *err)
{
	assay_tag_row row;
	assay_code rc;

	*out = (assay_tag_event){0};
	if (assay_tag_name_fault(name) != NULL)
		return ASSAY_ENOENT;
	rc = load_row(s, name, &row, err);
	if (rc == ASSAY_OK && assay_digest_is_zero(&row.version))
		return ASSAY_ENOENT;
	return rc == ASSAY_OK ? load_last(s, name, &row, out, err) : rc;
}

assay_code assay_tag_version(assay_store *s, const char *name, assay_digest *out, assay_err *err)
{
	assay_tag_row row = {0};
	assay_code rc = assay_tag_name_fault(name) != NULL ? ASSAY_ENOENT : load_row(s, name, &row, err);

	*out = row.version;
	return rc == ASSAY_OK && assay_digest_is_zero(&row.version) ? ASSAY_ENOENT : rc;
}

struct visit {
	assay_store *store;
	const char *name; /* events of this one only, unless NULL */
	assay_tag_fn *fn;
	void *ctx;
};

/* What a tag stands for is told although who said so is lost. */
static assay_code tell_row(assay_tag_event *out, const char *name, const assay_tag_row *row, assay_err *err)
{
	assay_log(ASSAY_LOG_WARNING, "the last event of tag '%s' is damaged ('assay check' says more)", name);
	*out = (assay_tag_event){
	    .number = row->event, .name = assay_strdup(name), .to = row->version, .actor = assay_strdup("?")};
	return out->name == NULL || out->actor == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "tag") : ASSAY_OK;
}

static assay_code visit_tag(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_TAG_EVENT e = {0};
	char name[ASSAY_TAG_NAME_MAX + 1] = "";
	assay_tag_row row;
	assay_code rc;

	if (assay_tag_is_event(key, key_size))
		return ASSAY_OK;
	if (key_size > ASSAY_TAG_NAME_MAX)
		return ASSAY_RAISE(err, ASSAY_ECORRUPT, "a tag's name has %zu bytes", key_size);
	memcpy(name, key, key_size);
	rc = assay_tag_row_decode(&row, p, n, err);
	if (rc != ASSAY_OK || assay_digest_is_zero(&row.version))
		return rc;
	rc = load_last(v->store, name, &row, &e, err);
	if (rc == ASSAY_ECORRUPT)
		rc = tell_row(&e, name, &row, err);
	return rc == ASSAY_OK ? v->fn(v->ctx, &e, err) : rc;
}

assay_code assay_tags_each(assay_store *s, assay_tag_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .fn = fn, .ctx = ctx};

	return assay_rows_each(s, ASSAY_TABLE_TAG, false, visit_tag, &v, err);
}

/* Of an event whose row cannot be read it is told that there was one. */
static assay_code read_or_note(assay_tag_event *out, assay_store *s, uint64_t number, assay_err *err)
{
	assay_err why = ASSAY_ERR_INIT;
	const assay_code rc = assay_tag_event_get(s, number, out, &why);

	if (rc == ASSAY_ECORRUPT) {
		*out = (assay_tag_event){.number = number, .damage = assay_strdup(why.msg)};
		return out->damage == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "event of a tag") : ASSAY_OK;
	}
	if (rc != ASSAY_OK && err != NULL)
		*err = why;
	return rc;
}

static assay_code visit_event(void *ctx, const void *key, size_t key_size, assay_err *err)
{
	const struct visit *v = ctx;
	ASSAY_AUTO_TAG_EVENT e = {0};
	assay_code rc;

	if (!assay_tag_is_event(key, key_size))
		return ASSAY_OK;
	rc = read_or_note(&e, v->store, assay_row_number((const char *)key + 1, key_size - 1), err);
	if (rc != ASSAY_OK || (v->name != NULL && e.damage == NULL && strcmp(v->name, e.name) != 0))
		return rc;
	return v->fn(v->ctx, &e, err);
}

assay_code assay_tag_events_each(assay_store *s, const char *name, assay_tag_fn *fn, void *ctx, assay_err *err)
{
	struct visit v = {.store = s, .name = name, .fn = fn, .ctx = ctx};

	return assay_keys_each(s, ASSAY_TABLE_TAG, visit_event, &v, err);
}
