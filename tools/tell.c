#include "tell.h"

#include "assay/contract.h"
#include "assay/file.h"
#include "assay/text.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ACTOR_COLUMNS 63

/* ---------------------------------------------------------------- text */

/* Bytes of the control character at p (C0, DEL, or C1 as UTF-8 writes it); 0 when there is none. */
static size_t control_at(const unsigned char *p, size_t left)
{
	if (*p < 0x20 || *p == 0x7f)
		return 1;
	return *p == 0xc2 && left > 1 && p[1] >= 0x80 && p[1] < 0xa0 ? 2 : 0;
}

static void append_safe(assay_buf *out, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t i = 0; i < n;) {
		const size_t bad = control_at(p + i, n - i);

		for (size_t k = 0; k < bad; k++)
			assay_buf_printf(out, "\\x%02x", p[i + k]);
		if (bad == 0)
			assay_buf_putc(out, text[i]);
		i += bad > 0 ? bad : 1;
	}
}

void assay_tell_safe(assay_buf *out, const char *text)
{
	if (text != NULL)
		append_safe(out, text, strlen(text));
}

void assay_tell_word(assay_buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:@%+-=";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		assay_buf_puts(out, word);
		return;
	}
	assay_buf_putc(out, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			assay_buf_puts(out, "'\\''");
		else
			assay_buf_putc(out, *word);
	assay_buf_putc(out, '\'');
}

static void append_newlines(assay_buf *out, size_t n)
{
	while (n-- > 0)
		assay_buf_putc(out, '\n');
}

/* Newlines that end a format, and those that begin it and do not end it too. */
static size_t newlines_of(const char *fmt, size_t *before)
{
	const size_t n = strlen(fmt);
	size_t after = 0;

	while (after < n && fmt[n - 1 - after] == '\n')
		after++;
	*before = after < n ? strspn(fmt, "\n") : 0;
	return after;
}

void assay_say(const char *fmt, ...)
{
	size_t before;
	const size_t after = newlines_of(fmt, &before);
	ASSAY_AUTO_BUF raw = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF safe = ASSAY_BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	assay_buf_vprintf(&raw, fmt, ap);
	va_end(ap);
	if (raw.len >= before + after) {
		append_newlines(&safe, before);
		append_safe(&safe, assay_buf_str(&raw) + before, raw.len - before - after);
		append_newlines(&safe, after);
	}
	if (raw.failed || safe.failed)
		(void)fputs("assay: out of memory while printing\n", stderr);
	(void)fwrite(assay_buf_str(&safe), 1, safe.len, stdout);
}

void assay_tell_actor(assay_buf *out)
{
	const struct passwd *p = getpwuid(geteuid());

	if (p != NULL && p->pw_name[0] != '\0')
		(void)assay_text_put(out, p->pw_name, ACTOR_COLUMNS);
	else
		assay_buf_printf(out, "user %lu", (unsigned long)geteuid());
}

assay_code assay_report_flush(assay_report *r, assay_err *err)
{
	assay_code rc = assay_buf_check(&r->text, err);

	if (rc == ASSAY_OK && r->text.len > 0 && fwrite(r->text.data, 1, r->text.len, stdout) != r->text.len)
		rc = ASSAY_RAISE_ERRNO(err, "write to standard output");
	assay_buf_reset(&r->text);
	return rc;
}

char *assay_tell_time(int64_t ns, char out[32])
{
	(void)assay_time_format(ns, out);
	if (strlen(out) < 20)
		return out;
	out[10] = ' ';
	memcpy(out + 19, "Z", 2); /* milliseconds are for programs */
	return out;
}

/* ---------------------------------------------------------------- runs */

assay_code assay_run_note_of(assay_run_note *out, assay_store *s, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_RUN r = {0};
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	*out = (assay_run_note){.id = id};
	(void)snprintf(out->name, sizeof out->name, "run %" PRIu64, id);
	if (id == 0)
		return ASSAY_OK;
	rc = assay_run_get(s, id, &r, &why);
	if (rc == ASSAY_ECORRUPT) /* a run's record decides nothing: its number will do */
		(void)snprintf(out->name, sizeof out->name, "%" PRIu64 " (cannot be read)", id);
	if (rc == ASSAY_ECORRUPT || rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (rc != ASSAY_OK)
		return ASSAY_RAISE(err, rc, "%s", why.msg);
	(void)snprintf(out->name, sizeof out->name, "%s", r.name);
	out->started_ns = r.started_ns;
	return ASSAY_OK;
}

const char *assay_run_name(const assay_run_note *n)
{
	return n->id != 0 ? n->name : NULL;
}

bool assay_run_had_workers(const assay_run *r)
{
	return r->ended_ns != 0 && r->cpu_features != NULL && r->cpu_features[0] != '\0';
}

void assay_json_ktime(assay_json *j, const char *key, int64_t ns)
{
	char text[32];

	assay_json_kstr(j, key, ns != 0 ? assay_time_format(ns, text) : NULL);
}

void assay_json_run(assay_json *j, const char *key, const assay_run_note *n)
{
	assay_json_key(j, key);
	if (n->id == 0) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "name", n->name);
	assay_json_ktime(j, "at", n->started_ns);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- checks and failures */

void assay_tell_value(assay_buf *out, assay_decimal v, const char *unit)
{
	static const char *const silent[] = {"", "1", "ratio", "bool", "boolean"};
	char number[ASSAY_DECIMAL_TEXT];

	assay_buf_puts(out, assay_decimal_format(v, number));
	for (size_t i = 0; i < ASSAY_COUNT(silent); i++)
		if (unit == NULL || strcmp(unit, silent[i]) == 0)
			return;
	assay_buf_printf(out, " %s", unit);
}

/* What is wrong begins with a verb, with a participle, or with a count. */
static const char *join_fault(const char *fault)
{
	static const char *const participles[] = {"missing", "merged", "split"};

	for (size_t i = 0; i < ASSAY_COUNT(participles); i++)
		if (strncmp(fault, participles[i], strlen(participles[i])) == 0)
			return " is ";
	return strncmp(fault, "only ", 5) == 0 || strncmp(fault, "not ", 4) == 0 || (fault[0] >= '0' && fault[0] <= '9')
		   ? ": "
		   : " ";
}

/* Of a column there is no number, but what is wrong with it in words; its check is named after it. */
static void tell_column(assay_buf *out, const assay_failed_check *c)
{
	static const char prefix[] = "table.";
	const bool named = strncmp(c->check_id, prefix, strlen(prefix)) == 0;

	assay_buf_printf(out, "%s: ", c->check_id);
	if (named)
		assay_buf_printf(out, "column '%s'%s", c->check_id + strlen(prefix), join_fault(c->reason));
	else
		assay_buf_printf(out, "its column%s", join_fault(c->reason));
	assay_tell_safe(out, c->reason);
}

void assay_tell_check(assay_buf *out, const assay_failed_check *c)
{
	if (!c->defined && c->reason != NULL && strcmp(c->metric, ASSAY_TABLE_SCHEMA_METRIC) == 0) {
		tell_column(out, c);
		return;
	}
	assay_buf_printf(out, "%s: %s ", c->check_id, c->metric);
	if (c->defined) {
		assay_tell_value(out, c->value, c->unit);
	} else {
		assay_buf_puts(out, "undefined (");
		assay_tell_safe(out, c->reason);
		assay_buf_putc(out, ')');
	}
	assay_buf_puts(out, ", must be ");
	assay_check_bound_text(out, (assay_operator)c->op, c->low, c->high);
}

void assay_tell_failure(assay_buf *out, const char *stage, unsigned failure, const char *message)
{
	const char *name = assay_failure_name(failure);

	assay_buf_printf(out, "%s %s", stage != NULL ? stage : "source", name != NULL ? name : "?");
	if (message == NULL || message[0] == '\0')
		return;
	assay_buf_puts(out, ": ");
	assay_tell_safe(out, message);
}

const char *assay_tell_origin(const assay_source *src, size_t i)
{
	return assay_metadata_origin_name(src->metadata_origins != NULL ? src->metadata_origins[i]
									: ASSAY_METADATA_RULE);
}

const assay_failed_check *assay_worst_check(const assay_failed_check *checks, size_t count)
{
	const assay_failed_check *worst = NULL;

	for (size_t i = 0; i < count; i++)
		if (worst == NULL || checks[i].severity < worst->severity) /* error is 1 */
			worst = &checks[i];
	return worst;
}

static void json_decimal(assay_json *j, const char *key, bool there, assay_decimal d)
{
	assay_json_key(j, key);
	if (there)
		assay_json_decimal(j, d);
	else
		assay_json_null(j);
}

void assay_json_check(assay_json *j, const assay_failed_check *c)
{
	const bool pair = c->op == ASSAY_MUST_BE_BETWEEN || c->op == ASSAY_MUST_NOT_BE_BETWEEN;

	assay_json_object(j);
	assay_json_key(j, "contract");
	assay_json_object(j);
	assay_json_kstr(j, "id", c->contract_id);
	assay_json_kstr(j, "version", c->contract_version);
	assay_json_kdigest(j, "digest", &c->contract);
	assay_json_end(j);
	assay_json_kstr(j, "check", c->check_id);
	assay_json_kstr(j, "metric", c->metric);
	assay_json_kstr(j, "unit", c->unit);
	json_decimal(j, "value", c->defined, c->value);
	assay_json_kstr(j, "reason", c->defined ? NULL : c->reason);
	assay_json_kstr(j, "operator", assay_operator_name((assay_operator)c->op));
	json_decimal(j, "bound", true, c->low);
	json_decimal(j, "high", pair, c->high);
	assay_json_kstr(j, "severity", assay_severity_name((assay_severity)c->severity));
	assay_json_end(j);
}

void assay_json_checks(assay_json *j, const char *key, const assay_failed_check *checks, size_t count)
{
	assay_json_key(j, key);
	assay_json_array(j);
	for (size_t i = 0; i < count; i++)
		assay_json_check(j, &checks[i]);
	assay_json_end(j);
}

void assay_json_failure(assay_json *j, const char *key, const char *stage, unsigned failure, const char *message)
{
	assay_json_key(j, key);
	if (failure == ASSAY_FAILURE_NONE) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_kstr(j, "stage", stage);
	assay_json_kstr(j, "class", assay_failure_name(failure));
	assay_json_kstr(j, "message", message);
	assay_json_kbool(j, "deterministic", assay_failure_is_deterministic(failure) != 0);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- places in time */

void assay_say_span(const char *word, const assay_result_sample *x)
{
	char a[ASSAY_DECIMAL_TEXT], b[ASSAY_DECIMAL_TEXT];
	const assay_time zero = {0, 1, 1};

	if (x->has_span)
		assay_say("%-9s %s s to %s s\n", word,
			  assay_decimal_format((assay_decimal){assay_time_diff(x->start, zero, 6), 6}, a),
			  assay_decimal_format((assay_decimal){assay_time_diff(x->end, zero, 6), 6}, b));
}

static void json_time(assay_json *j, const char *key, assay_time t)
{
	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kint(j, "ticks", t.ticks);
	assay_json_kint(j, "num", t.num);
	assay_json_kint(j, "den", t.den);
	assay_json_end(j);
}

void assay_json_span(assay_json *j, const char *key, const assay_result_sample *x)
{
	assay_json_key(j, key);
	if (!x->has_span) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	json_time(j, "start", x->start);
	json_time(j, "end", x->end);
	assay_json_end(j);
}

/* ---------------------------------------------------------------- counts */

typedef struct count_row {
	const char *name;
	uint64_t n;
} count_row;

#define COUNT_ROWS(c)                                                                                                  \
	{                                                                                                              \
		{"accepted", (c)->accepted}, {"quarantined", (c)->quarantined}, {"waived", (c)->waived},               \
		    {"duplicate", (c)->duplicate},                                                                     \
		{                                                                                                      \
			"filtered", (c)->filtered                                                                      \
		}                                                                                                      \
	}

void assay_json_counts(assay_json *j, const char *key, const assay_counts *c)
{
	const count_row rows[] = COUNT_ROWS(c);

	assay_json_key(j, key);
	assay_json_object(j);
	assay_json_kuint(j, "in", c->in);
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		assay_json_kuint(j, rows[i].name, rows[i].n);
	assay_json_kuint(j, "failed_sources", c->failed_sources);
	assay_json_end(j);
}

void assay_tell_counts(assay_buf *out, const assay_counts *c)
{
	const count_row rows[] = COUNT_ROWS(c);
	const char *gap = "";

	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		if (rows[i].n == 0)
			continue;
		assay_buf_printf(out, "%s%" PRIu64 " %s", gap, rows[i].n, rows[i].name);
		gap = ", ";
	}
	if (gap[0] == '\0')
		assay_buf_puts(out, "no samples");
	if (c->failed_sources > 0)
		assay_buf_printf(out, ", %" PRIu64 " source%s failed", c->failed_sources,
				 c->failed_sources == 1 ? "" : "s");
}
