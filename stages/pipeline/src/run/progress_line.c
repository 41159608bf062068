/* A progress as one line: for a terminal, for a log, for a program. */
#include "assay/progress.h"

#include "assay/json.h"
#include "assay/text.h"

#include <inttypes.h>
#include <string.h>

#define CELLS 24u

static void put_duration(assay_buf *b, int64_t s)
{
	if (s >= 3600)
		assay_buf_printf(b, "%" PRId64 "h%02" PRId64 "m", s / 3600, s / 60 % 60);
	else if (s >= 60)
		assay_buf_printf(b, "%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	else
		assay_buf_printf(b, "%" PRId64 "s", s);
}

static void put_numbers(assay_buf *b, assay_progress *p)
{
	uint64_t bytes;
	const uint64_t rate = assay_progress_rate(p, &bytes);
	const int64_t eta = assay_progress_eta_s(p);

	assay_buf_printf(b, "%" PRIu32 "%% %" PRIu64, assay_progress_full(p) / (ASSAY_PROGRESS_FULL / 100), p->done);
	if (p->total > 0)
		assay_buf_printf(b, "/%" PRIu64, p->total);
	assay_buf_puts(b, " sources");
	if (p->failed > 0)
		assay_buf_printf(b, ", %" PRIu64 " failed", p->failed);
	if (rate > 0)
		assay_buf_printf(b, ", %" PRIu64 ".%" PRIu64 "/s", rate / 1000, rate / 100 % 10);
	if (bytes > 0)
		assay_buf_printf(b, ", %" PRIu64 ".%" PRIu64 " MB/s", bytes / 1000000, bytes / 100000 % 10);
	if (eta > 0) {
		assay_buf_puts(b, ", ");
		put_duration(b, eta);
		assay_buf_puts(b, " left");
	}
}

static size_t busy_count(const assay_progress *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->current_count; i++)
		n += p->current[i] != NULL;
	return n;
}

/* As many names as there is room for, each with an equal share of it. */
static void put_names(assay_buf *b, const assay_progress *p, size_t columns)
{
	size_t left = busy_count(p);

	while (left > 1 && columns / left < 14)
		left--;
	for (size_t i = 0; i < p->current_count && left > 0; i++) {
		size_t took;

		if (p->current[i] == NULL)
			continue;
		if (columns / left <= 6)
			return;
		assay_buf_puts(b, "  ");
		took = assay_text_put(b, p->current[i], columns / left - 2);
		columns -= took + 2;
		left--;
	}
}

void assay_progress_bar(assay_buf *out, assay_progress *p, size_t columns)
{
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;
	const unsigned full = assay_progress_full(p) / (ASSAY_PROGRESS_FULL / CELLS);

	assay_buf_printf(&line, "%s ", assay_phase_name(p->phase));
	if (columns >= 60) {
		assay_buf_putc(&line, '[');
		for (unsigned i = 0; i < CELLS; i++)
			assay_buf_putc(&line, i < full ? '#' : '.');
		assay_buf_puts(&line, "] ");
	}
	put_numbers(&line, p);
	if (line.len < columns)
		put_names(&line, p, columns - line.len);
	/* All but the names, which fit, is ASCII: bytes are columns. */
	if (assay_text_columns(assay_buf_str(&line)) > columns)
		assay_buf_append(out, line.data, columns);
	else
		assay_buf_append(out, line.data, line.len);
	out->failed |= line.failed;
}

void assay_progress_plain(assay_buf *out, assay_progress *p)
{
	assay_buf_printf(out, "%s: ", assay_phase_name(p->phase));
	put_numbers(out, p);
	assay_buf_printf(out, ", %" PRIu64 " samples", p->samples);
}

/* Tenths of a second. */
static void json_seconds(assay_json *j, const char *key, double us)
{
	assay_json_key(j, key);
	assay_json_decimal(j, (assay_decimal){(int64_t)(us / 100000), 1});
}

void assay_progress_json(assay_buf *out, assay_progress *p)
{
	const uint32_t full = assay_progress_full(p);
	uint64_t total;
	const uint64_t behind = assay_progress_work_us(p, &total);
	const int64_t eta = assay_progress_eta_s(p);
	uint64_t bytes;
	const uint64_t rate = assay_progress_rate(p, &bytes);
	assay_json j;

	assay_json_init(&j, out, 0);
	assay_json_object(&j);
	assay_json_kstr(&j, "phase", assay_phase_name(p->phase));
	assay_json_kuint(&j, "done", p->done);
	assay_json_kuint(&j, "total", p->total);
	assay_json_key(&j, "fraction");
	assay_json_decimal(&j, (assay_decimal){full, 6});
	json_seconds(&j, "work_done", (double)behind);
	json_seconds(&j, "work_total", (double)total);
	assay_json_key(&j, "eta_s");
	if (eta >= 0)
		assay_json_int(&j, eta);
	else
		assay_json_null(&j);
	assay_json_key(&j, "rate");
	assay_json_decimal(&j, (assay_decimal){(int64_t)rate, 3});
	assay_json_kuint(&j, "bytes_per_s", bytes);
	assay_json_key(&j, "current");
	assay_json_array(&j);
	for (size_t i = 0; i < p->current_count; i++)
		if (p->current[i] != NULL)
			assay_json_str(&j, p->current[i]);
	assay_json_end(&j);
	assay_json_kuint(&j, "samples", p->samples);
	assay_json_kuint(&j, "failed", p->failed);
	json_seconds(&j, "elapsed_s", (double)(p->now() - p->started_ns) / 1000);
	assay_json_end(&j);
}
