/*
 * fuzz-seeds STORE OUT: inputs for the targets that read records, taken from a store: what a real one holds is where
 * a fuzzer begins best. Writes OUT/<target>/seed-<n>; the first few of each kind.
 */
#include "assay/file.h"
#include "assay/object.h"
#include "assay/unit.h"

#include "catalog.h"
#include "frame.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OF_EACH 12

typedef struct seeding {
	assay_store *store;
	const char *out;
	uint8_t table;
	unsigned taken;
	unsigned number;
} seeding;

static void seed(seeding *s, const char *target, const assay_buf *b)
{
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof path, "%s/%s", s->out, target);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof path, "%s/%s/seed-%u", s->out, target, s->number++);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || b->failed || assay_write_all(fd, b->data, b->len, NULL) != ASSAY_OK)
		exit(74);
	(void)close(fd);
}

static assay_code take_row(void *ctx, const void *key, size_t key_size, const void *p, size_t n, assay_err *err)
{
	seeding *s = ctx;
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	(void)key;
	(void)key_size;
	(void)err;
	if (s->taken++ >= OF_EACH)
		return ASSAY_OK;
	assay_buf_putc(&b, (char)s->table);
	assay_buf_append(&b, p, n);
	seed(s, "catalog", &b);
	return ASSAY_OK;
}

static void seed_record(seeding *s, uint8_t which, const assay_buf *record)
{
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

	assay_buf_putc(&b, (char)which);
	assay_buf_append(&b, record->data, record->len);
	seed(s, "records", &b);
}

static assay_code take_object(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	seeding *s = ctx;
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	assay_object_info info;
	assay_code rc = assay_object_at(s->store, id, &info, err);

	(void)p;
	(void)n;
	if (rc == ASSAY_OK && info.type != ASSAY_OBJECT_ARTIFACT)
		rc = assay_object_get(s->store, &info.digest, &bytes, err);
	if (rc != ASSAY_OK)
		return rc;
	if (info.type == ASSAY_OBJECT_CONTRACT)
		seed_record(s, 0, &bytes);
	else if (info.type == ASSAY_OBJECT_RECIPE)
		seed_record(s, 1, &bytes);
	else if (info.type == ASSAY_OBJECT_FEEDBACK)
		seed_record(s, 5, &bytes);
	else if (info.type == ASSAY_OBJECT_TRIE)
		seed(s, "trie", &bytes);
	return ASSAY_OK;
}

static assay_code take_result(void *ctx, uint64_t id, const void *p, size_t n, assay_err *err)
{
	seeding *s = ctx;
	ASSAY_AUTO_UNIT u = {0};
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF frame = ASSAY_BUF_INIT;
	assay_code rc;

	(void)p;
	(void)n;
	if (s->taken++ >= OF_EACH)
		return ASSAY_OK;
	rc = assay_unit_get(s->store, id, &u, err);
	if (rc != ASSAY_OK)
		return rc;
	assay_result_encode(&record, &u.result);
	seed_record(s, 2, &record);
	for (unsigned i = 0; i < 4; i++)
		assay_buf_putc(&frame, (char)(record.len >> (8 * i)));
	assay_buf_putc(&frame, (char)FRAME_RESULT);
	assay_buf_append(&frame, record.data, record.len);
	seed(s, "answer", &frame);
	return ASSAY_OK;
}

static assay_code take_all(seeding *s, assay_err *err)
{
	/* In the order of the tables of catalog.c. */
	static const assay_table tables[] = {ASSAY_TABLE_SOURCE, ASSAY_TABLE_UNIT,     ASSAY_TABLE_SAMPLE,
					     ASSAY_TABLE_TICKET, ASSAY_TABLE_RUN,      ASSAY_TABLE_VERSION,
					     ASSAY_TABLE_EVENT,  ASSAY_TABLE_DECISION, ASSAY_TABLE_FEEDBACK};
	assay_code rc = ASSAY_OK;

	for (uint8_t i = 0; i < sizeof tables / sizeof *tables && rc == ASSAY_OK; i++) {
		s->table = i;
		s->taken = 0;
		rc = assay_rows_each(s->store, tables[i], false, take_row, s, err);
	}
	if (rc == ASSAY_OK)
		rc = assay_rows_each_at(s->store, ASSAY_TABLE_OBJECT, take_object, s, err);
	s->taken = 0;
	return rc == ASSAY_OK ? assay_rows_each_at(s->store, ASSAY_TABLE_UNIT, take_result, s, err) : rc;
}

int main(int argc, char **argv)
{
	const assay_store_opts opts = {.read_only = true};
	seeding s = {0};
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;

	if (argc != 3) {
		(void)fputs("usage: fuzz-seeds STORE OUT\n", stderr);
		return 64;
	}
	s.out = argv[2];
	(void)mkdir(s.out, 0755);
	rc = assay_store_open(&s.store, argv[1], &opts, &err);
	if (rc == ASSAY_OK)
		rc = take_all(&s, &err);
	assay_store_close(s.store);
	if (rc != ASSAY_OK)
		(void)fprintf(stderr, "fuzz-seeds: %s\n", err.msg);
	return rc == ASSAY_OK ? 0 : 74;
}
