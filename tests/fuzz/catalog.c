/* Rows of the catalog whose checksum is right and whose payload is anything. The first byte says which table. */
#include "fuzz.h"

#include "assay/decision.h"
#include "assay/feedback.h"
#include "assay/queue.h"
#include "assay/run.h"
#include "assay/sample.h"
#include "assay/source.h"
#include "assay/unit.h"
#include "assay/version.h"

#include "catalog.h"

#include <stdio.h>
#include <string.h>

static assay_store *store;

static void read_source(void)
{
	ASSAY_AUTO_SOURCE r = {0};

	(void)!assay_source_get(store, 1, &r, NULL);
}

static void read_unit(void)
{
	ASSAY_AUTO_UNIT r = {0};

	(void)!assay_unit_get(store, 1, &r, NULL);
}

static void read_sample(void)
{
	ASSAY_AUTO_SAMPLE_ROW r = {0};

	(void)!assay_sample_get(store, 1, &r, NULL);
}

static void read_ticket(void)
{
	assay_ticket r = {0};

	(void)!assay_ticket_get(store, 1, &r, NULL);
	assay_ticket_release(&r);
}

static void read_decision(void)
{
	ASSAY_AUTO_DECISION r = {0};

	(void)!assay_decision_get(store, 1, &r, NULL);
}

static void read_run(void)
{
	ASSAY_AUTO_RUN r = {0};

	(void)!assay_run_get(store, 1, &r, NULL);
}

static void read_version(void)
{
	ASSAY_AUTO_VERSION r = {0};
	const assay_digest id = {{1}};

	(void)!assay_version_get(store, &id, &r, NULL);
}

static void read_feedback(void)
{
	ASSAY_AUTO_FEEDBACK r = {0};

	(void)!assay_feedback_get(store, 1, &r, NULL);
}

static assay_code look(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	(void)ctx;
	(void)e;
	(void)err;
	return ASSAY_OK;
}

static const struct {
	assay_table table;
	void (*read)(void);
} tables[] = {
    {ASSAY_TABLE_SOURCE, read_source},     {ASSAY_TABLE_UNIT, read_unit},         {ASSAY_TABLE_SAMPLE, read_sample},
    {ASSAY_TABLE_TICKET, read_ticket},     {ASSAY_TABLE_RUN, read_run},           {ASSAY_TABLE_VERSION, read_version},
    {ASSAY_TABLE_DECISION, read_decision}, {ASSAY_TABLE_FEEDBACK, read_feedback},
};
#define TABLES (sizeof tables / sizeof *tables)
/* Inputs name their table by position; events came when there were six, and kept inputs say so. */
#define EVENTS 6

static void open_store(void)
{
	const assay_store_opts opts = {.create = true};
	const assay_digest id = {{1}};
	char dir[96];

	(void)snprintf(dir, sizeof dir, "%s/store", fuzz_folder());
	fuzz_need(assay_store_open(&store, dir, &opts, NULL));
	fuzz_need(assay_index_put(store, ASSAY_INDEX_VERSION, &id, 1, NULL));
}

static void read_event(const assay_buf *payload)
{
	unsigned char key[ASSAY_EVENT_KEY];

	assay_event_key(key, 1, 0);
	fuzz_need(assay_row_put(store, ASSAY_TABLE_EVENT, key, sizeof key, payload, NULL));
	(void)!assay_ticket_events(store, 1, look, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ASSAY_AUTO_BUF payload = ASSAY_BUF_INIT;
	size_t at;

	if (size == 0 || data[0] > TABLES)
		return -1;
	if (store == NULL)
		open_store();
	assay_buf_append(&payload, data + 1, size - 1);
	if (data[0] == EVENTS) {
		read_event(&payload);
		return 0;
	}
	at = data[0] < EVENTS ? data[0] : data[0] - 1u;
	fuzz_need(assay_row_put_at(store, tables[at].table, 1, &payload, NULL));
	tables[at].read();
	return 0;
}
