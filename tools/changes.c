#include "changes.h"

#include "assay/memory.h"
#include "assay/object.h"

#include "tell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char nothing[] = "";

void assay_changes_release(assay_changes *c)
{
	for (size_t i = 0; i < c->count; i++) {
		free(c->items[i].name);
		free(c->items[i].before);
		free(c->items[i].now);
		free(c->items[i].text);
	}
	free(c->items);
	*c = (assay_changes){0};
}

void assay_json_changes(assay_json *j, const char *key, const assay_changes *c)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < c->count; i++) {
		const assay_change *x = &c->items[i];

		assay_json_object(j);
		assay_json_kstr(j, "what", x->what);
		assay_json_kstr(j, "name", x->name);
		assay_json_kstr(j, "before", x->before);
		assay_json_kstr(j, "now", x->now);
		assay_json_kstr(j, "text", x->text);
		assay_json_end(j);
	}
	assay_json_end(j);
}

static assay_code copy(char **out, const char *text, assay_err *err)
{
	*out = text != NULL ? assay_strdup(text) : NULL;
	return text != NULL && *out == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "change") : ASSAY_OK;
}

/* A change as it is found; before or now NULL when it was not there. */
typedef struct words {
	const char *what, *name, *before, *now;
} words;

static assay_code add(assay_changes *c, words w, const assay_buf *text, assay_err *err)
{
	assay_change *x;
	assay_code rc = assay_buf_check(text, err);

	if (rc != ASSAY_OK)
		return rc;
	ASSAY_TRY(assay_grow(&c->items, &c->cap, c->count, sizeof *c->items, err));
	x = &c->items[c->count++];
	*x = (assay_change){.what = w.what};
	ASSAY_TRY(copy(&x->name, w.name, err));
	ASSAY_TRY(copy(&x->before, w.before, err));
	ASSAY_TRY(copy(&x->now, w.now, err));
	ASSAY_TRY(copy(&x->text, assay_buf_str(text), err));
fail:
	return rc;
}

/* ---------------------------------------------------------------- what a unit reads */

void assay_inputs_release(assay_inputs *in)
{
	free(in->sidecars);
	*in = (assay_inputs){0};
}

static assay_code make_sidecars(assay_inputs *out, size_t count, assay_err *err)
{
	out->sidecars = assay_alloc(count, sizeof *out->sidecars);
	return out->sidecars == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "sidecars") : ASSAY_OK;
}

assay_code assay_inputs_of_source(assay_inputs *out, const assay_source *src, bool before, assay_err *err)
{
	const assay_source_sidecar *list = before ? src->before_sidecars : src->sidecars;
	const size_t count = before ? src->before_sidecar_count : src->sidecar_count;
	assay_code rc;

	*out = (assay_inputs){.source = before ? src->before_digest : src->digest,
			      .recipe = before ? src->before_recipe : src->recipe};
	rc = make_sidecars(out, count, err);
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		out->sidecars[out->sidecar_count++] =
		    (assay_inputs_sidecar){list[i].role, list[i].path, list[i].digest};
	return rc;
}

assay_code assay_inputs_of_unit(assay_inputs *out, const assay_unit *u, assay_err *err)
{
	assay_code rc;

	*out = (assay_inputs){.source = u->source, .recipe = u->recipe};
	rc = make_sidecars(out, u->sidecar_count, err);
	for (size_t i = 0; i < u->sidecar_count && rc == ASSAY_OK; i++)
		out->sidecars[out->sidecar_count++] =
		    (assay_inputs_sidecar){u->sidecars[i].role, NULL, u->sidecars[i].digest};
	return rc;
}

static char *name_digest(const assay_digest *d, char out[ASSAY_DIGEST_HEX + 8])
{
	char hex[ASSAY_DIGEST_HEX];

	(void)snprintf(out, ASSAY_DIGEST_HEX + 8, "sha256:%s", assay_digest_hex(d, hex));
	return out;
}

static assay_code diff_content(assay_changes *c, const assay_inputs *before, const assay_inputs *now, assay_err *err)
{
	char a[ASSAY_DIGEST_HEX + 8], b[ASSAY_DIGEST_HEX + 8];
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (assay_digest_eq(&before->source, &now->source))
		return ASSAY_OK;
	name_digest(&before->source, a), name_digest(&now->source, b);
	assay_buf_printf(&text, "the file's content changed: it is %.19s, was %.19s", b, a);
	return add(c, (words){.what = "content", .before = a, .now = b}, &text, err);
}

static const assay_inputs_sidecar *find_sidecar(const assay_inputs *in, const char *role)
{
	for (size_t i = 0; i < in->sidecar_count; i++)
		if (strcmp(in->sidecars[i].role, role) == 0)
			return &in->sidecars[i];
	return NULL;
}

/* One of a and b may be NULL. */
static assay_code diff_sidecar(assay_changes *c, const assay_inputs_sidecar *a, const assay_inputs_sidecar *b,
			       assay_err *err)
{
	const assay_inputs_sidecar *any = b != NULL ? b : a;
	char was[ASSAY_DIGEST_HEX + 8], is[ASSAY_DIGEST_HEX + 8];
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (a != NULL && b != NULL && assay_digest_eq(&a->digest, &b->digest))
		return ASSAY_OK;
	assay_buf_printf(&text, "sidecar %s%s%s%s %s", any->role, any->path != NULL ? " ('" : nothing,
			 any->path != NULL ? any->path : nothing, any->path != NULL ? "')" : nothing,
			 a == NULL   ? "appeared"
			 : b == NULL ? "vanished"
				     : "changed");
	if (a != NULL && b != NULL)
		assay_buf_printf(&text, ": it is %.19s, was %.19s", name_digest(&b->digest, is),
				 name_digest(&a->digest, was));
	return add(c,
		   (words){.what = "sidecar",
			   .name = any->role,
			   .before = a != NULL ? name_digest(&a->digest, was) : NULL,
			   .now = b != NULL ? name_digest(&b->digest, is) : NULL},
		   &text, err);
}

static assay_code diff_sidecars(assay_changes *c, const assay_inputs *before, const assay_inputs *now, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->sidecar_count && rc == ASSAY_OK; i++)
		rc = diff_sidecar(c, find_sidecar(before, now->sidecars[i].role), &now->sidecars[i], err);
	for (size_t i = 0; i < before->sidecar_count && rc == ASSAY_OK; i++)
		if (find_sidecar(now, before->sidecars[i].role) == NULL)
			rc = diff_sidecar(c, &before->sidecars[i], NULL, err);
	return rc;
}

static assay_code diff_recipe(assay_changes *c, assay_store *s, const assay_inputs *before, const assay_inputs *now,
			      assay_err *err)
{
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *a = NULL;
	ASSAY_CLEANUP(assay_recipe_closep) assay_recipe *b = NULL;
	char was[ASSAY_DIGEST_HEX + 8], is[ASSAY_DIGEST_HEX + 8];
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_code rc;

	if (assay_digest_eq(&before->recipe, &now->recipe))
		return ASSAY_OK;
	rc = assay_recipe_load(&a, s, &before->recipe, err);
	if (rc == ASSAY_OK)
		rc = assay_recipe_load(&b, s, &now->recipe, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_buf_puts(&text, "the recipe changed: ");
	assay_recipe_diff_text(&text, a, b);
	return add(c,
		   (words){.what = "recipe",
			   .before = name_digest(&before->recipe, was),
			   .now = name_digest(&now->recipe, is)},
		   &text, err);
}

assay_code assay_changes_inputs(assay_changes *c, assay_store *s, const assay_inputs *before, const assay_inputs *now,
				assay_err *err)
{
	assay_code rc = diff_content(c, before, now, err);

	if (rc == ASSAY_OK)
		rc = diff_sidecars(c, before, now, err);
	return rc == ASSAY_OK ? diff_recipe(c, s, before, now, err) : rc;
}

/* ---------------------------------------------------------------- contracts */

void assay_contract_set_release(assay_contract_set *c)
{
	for (size_t i = 0; i < c->count; i++)
		assay_contract_close(c->items[i]);
	free(c->items);
	free(c->digests);
	*c = (assay_contract_set){0};
}

static assay_code load_contract(assay_contract_set *out, assay_store *s, const assay_digest *d, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc = assay_object_get(s, d, &record, err);

	if (rc == ASSAY_OK)
		rc = assay_contract_decode(&out->items[out->count], record.data, record.len, NULL, err);
	if (rc == ASSAY_OK)
		out->digests[out->count++] = *d;
	return rc;
}

assay_code assay_contract_set_of(assay_contract_set *out, assay_store *s, const assay_digest *digests, size_t count,
				 assay_err *err)
{
	assay_code rc = ASSAY_OK;

	*out = (assay_contract_set){0};
	out->items = assay_alloc(count, sizeof(assay_contract *));
	out->digests = assay_alloc(count, sizeof *out->digests);
	if (out->items == NULL || out->digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < count && rc == ASSAY_OK; i++)
		rc = load_contract(out, s, &digests[i], err);
	return rc;
}

assay_code assay_contract_set_load(assay_contract_set *out, assay_store *s, const assay_digest *list, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_FREE assay_digest *digests = NULL;
	assay_cbor_reader r;
	size_t count;
	assay_code rc = assay_object_get(s, list, &record, err);

	*out = (assay_contract_set){0};
	if (rc != ASSAY_OK)
		return rc;
	assay_cbor_reader_init(&r, record.data, record.len);
	count = assay_cbor_read_array(&r);
	digests = assay_alloc(count, sizeof *digests);
	if (digests == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "contracts");
	for (size_t i = 0; i < count; i++)
		if (!assay_cbor_read_digest(&r, &digests[i]))
			assay_cbor_fault(&r, "digest is missing");
	rc = assay_cbor_finish(&r, "list of contracts", err);
	return rc == ASSAY_OK ? assay_contract_set_of(out, s, digests, count, err) : rc;
}

const char *assay_contract_title(const assay_contract *c)
{
	return c->name != NULL && c->name[0] != '\0' ? c->name : c->id;
}

static const assay_contract *find_contract(const assay_contract_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i]->id, id) == 0)
			return set->items[i];
	return NULL;
}

static const assay_check *find_check(const assay_contract *c, const assay_check *like)
{
	for (size_t i = 0; c != NULL && i < c->check_count; i++)
		if (c->checks[i].kind == like->kind && strcmp(c->checks[i].id, like->id) == 0)
			return &c->checks[i];
	return NULL;
}

/* What a check demands, by aspect, as text that can be compared. */
typedef void aspect_fn(assay_buf *out, const assay_check *k);

static void tell_bound(assay_buf *out, const assay_check *k)
{
	assay_check_bound_text(out, k->op, k->low, k->high);
}

static void tell_metric(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->metric);
}

static void tell_severity(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, assay_severity_name(k->severity));
}

static void tell_missing(assay_buf *out, const assay_check *k)
{
	assay_buf_puts(out, k->when_missing == ASSAY_MISSING_SKIPS ? "skip" : "fail");
}

static void tell_applies(assay_buf *out, const assay_check *k)
{
	for (size_t i = 0; i < k->applies_count; i++)
		assay_buf_printf(out, "%s%s=%s", i > 0 ? " " : "", k->applies_keys[i], k->applies_values[i]);
	if (k->applies_count == 0)
		assay_buf_puts(out, "all");
}

static const struct {
	const char *name;
	aspect_fn *tell;
} aspects[] = {{"metric", tell_metric},
	       {"bound", tell_bound},
	       {"severity", tell_severity},
	       {"whenMissing", tell_missing},
	       {"appliesTo", tell_applies}};

static assay_code diff_check(assay_changes *c, const assay_check *a, const assay_check *b, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < ASSAY_COUNT(aspects) && rc == ASSAY_OK; i++) {
		ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		aspects[i].tell(&was, a);
		aspects[i].tell(&is, b);
		if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0)
			continue;
		assay_buf_printf(&text, "%s: %s is %s, was %s", b->id, aspects[i].name, assay_buf_str(&is),
				 assay_buf_str(&was));
		rc = add(
		    c,
		    (words){.what = "check", .name = b->id, .before = assay_buf_str(&was), .now = assay_buf_str(&is)},
		    &text, err);
	}
	return rc;
}

/* A check that is only on one side. */
static assay_code lone_check(assay_changes *c, const assay_check *k, bool is_new, assay_err *err)
{
	ASSAY_AUTO_BUF rule = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	assay_buf_printf(&rule, "%s must be ", k->metric);
	tell_bound(&rule, k);
	assay_buf_printf(&text, "%s: %s (%s%s, %s)", k->id, is_new ? "the check is new" : "the check was taken out",
			 is_new ? nothing : "it said ", assay_buf_str(&rule), assay_severity_name(k->severity));
	return add(c,
		   (words){.what = "check",
			   .name = k->id,
			   .before = is_new ? NULL : assay_buf_str(&rule),
			   .now = is_new ? assay_buf_str(&rule) : NULL},
		   &text, err);
}

static assay_code diff_checks(assay_changes *c, const assay_contract *a, const assay_contract *b,
			      assay_sample_kind kind, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; b != NULL && i < b->check_count && rc == ASSAY_OK; i++) {
		const assay_check *was = find_check(a, &b->checks[i]);

		if (b->checks[i].kind != kind)
			continue;
		rc = was != NULL ? diff_check(c, was, &b->checks[i], err) : lone_check(c, &b->checks[i], true, err);
	}
	for (size_t i = 0; a != NULL && i < a->check_count && rc == ASSAY_OK; i++)
		if (a->checks[i].kind == kind && find_check(b, &a->checks[i]) == NULL)
			rc = lone_check(c, &a->checks[i], false, err);
	return rc;
}

/* A contract that came, went or has another version number. */
static assay_code diff_contract(assay_changes *c, const assay_contract *a, const assay_contract *b, assay_err *err)
{
	const assay_contract *any = b != NULL ? b : a;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

	if (a != NULL && b != NULL && strcmp(a->version, b->version) == 0)
		return ASSAY_OK;
	assay_buf_printf(&text, "contract '%s' ", assay_contract_title(any));
	if (a == NULL || b == NULL)
		assay_buf_puts(&text, b != NULL ? "is new" : "was taken out");
	else
		assay_buf_printf(&text, "has version %s, had %s", b->version, a->version);
	return add(c,
		   (words){.what = "contract",
			   .name = any->id,
			   .before = a != NULL ? a->version : NULL,
			   .now = b != NULL ? b->version : NULL},
		   &text, err);
}

assay_code assay_changes_contracts(assay_changes *c, const assay_contract_set *before, const assay_contract_set *now,
				   assay_sample_kind kind, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < now->count && rc == ASSAY_OK; i++) {
		const assay_contract *was = find_contract(before, now->items[i]->id);

		rc = diff_contract(c, was, now->items[i], err);
		if (rc == ASSAY_OK)
			rc = diff_checks(c, was, now->items[i], kind, err);
	}
	for (size_t i = 0; i < before->count && rc == ASSAY_OK; i++) {
		if (find_contract(now, before->items[i]->id) != NULL)
			continue;
		rc = diff_contract(c, before->items[i], NULL, err);
		if (rc == ASSAY_OK)
			rc = diff_checks(c, before->items[i], NULL, kind, err);
	}
	return rc;
}

/* ---------------------------------------------------------------- measurements */

/* "0.0312", "undefined (no ground truth)", or false when it was not measured. */
static bool tell_measured(assay_buf *out, const assay_measured *m, const char *metric)
{
	for (size_t i = 0; i < m->sample->measurement_count; i++) {
		const assay_measurement *x = &m->sample->measurements[i];
		const assay_recipe_metric *row = assay_recipe_metric_at(m->recipe, x->metric, NULL);

		if (row == NULL || strcmp(row->name, metric) != 0)
			continue;
		if (x->defined) {
			assay_tell_value(out, (assay_decimal){x->value, row->scale}, row->unit);
		} else {
			assay_buf_puts(out, "undefined (");
			assay_tell_safe(out, x->reason);
			assay_buf_putc(out, ')');
		}
		return true;
	}
	return false;
}

static bool is_listed(const assay_changes *c, const char *metric)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->items[i].what, "measurement") == 0 && strcmp(c->items[i].name, metric) == 0)
			return true;
	return false;
}

static assay_code diff_metric(assay_changes *c, const assay_measured *before, const assay_measured *now,
			      const char *metric, assay_err *err)
{
	ASSAY_AUTO_BUF was = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF is = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	const bool had = tell_measured(&was, before, metric), has = tell_measured(&is, now, metric);

	if (strcmp(assay_buf_str(&was), assay_buf_str(&is)) == 0 || is_listed(c, metric))
		return ASSAY_OK;
	assay_buf_printf(&text, "%s is %s, was %s", metric, has ? assay_buf_str(&is) : "not measured",
			 had ? assay_buf_str(&was) : "not measured");
	return add(c,
		   (words){.what = "measurement",
			   .name = metric,
			   .before = had ? assay_buf_str(&was) : NULL,
			   .now = has ? assay_buf_str(&is) : NULL},
		   &text, err);
}

assay_code assay_changes_measured(assay_changes *c, const assay_measured *before, const assay_measured *now,
				  const assay_contract_set *contracts, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < contracts->count; i++)
		for (size_t k = 0; k < contracts->items[i]->check_count && rc == ASSAY_OK; k++)
			if (contracts->items[i]->checks[k].kind == now->sample->kind)
				rc = diff_metric(c, before, now, contracts->items[i]->checks[k].metric, err);
	return rc;
}
