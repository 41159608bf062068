/*
 * copy-decisions FROM TO: the decisions of people that stand in one store are made in another, in the order in which
 * they were made. TO is made if it is not there. For tests/fault/queue_operations: the same decisions over the same
 * files must give the same version.
 */
#include "assay/decision.h"
#include "assay/store.h"

#include <stdio.h>

typedef struct copying {
	assay_store *from, *to;
} copying;

static assay_code copy_payload(const copying *c, const assay_digest *payload, assay_err *err)
{
	ASSAY_AUTO_BUF bytes = ASSAY_BUF_INIT;
	const assay_code rc = assay_object_get(c->from, payload, &bytes, err);

	return rc == ASSAY_OK
		   ? assay_object_put(c->to, ASSAY_OBJECT_PAYLOAD, bytes.data, bytes.len, payload, NULL, NULL, err)
		   : rc;
}

static assay_code copy_decision(void *ctx, const assay_decision *d, assay_err *err)
{
	const copying *c = ctx;
	assay_decision copy = *d;
	assay_code rc = ASSAY_OK;

	copy.id = 0;
	if (!assay_digest_is_zero(&d->payload))
		rc = copy_payload(c, &d->payload, err);
	return rc == ASSAY_OK ? assay_decision_put(c->to, &copy, err) : rc;
}

int main(int argc, char **argv)
{
	const assay_store_opts read = {.read_only = true}, create = {.create = true};
	copying c = {0};
	assay_err err = ASSAY_ERR_INIT;
	assay_code rc;

	if (argc != 3) {
		(void)fputs("usage: copy-decisions FROM TO\n", stderr);
		return 64;
	}
	ASSAY_TRY(assay_store_open(&c.from, argv[1], &read, &err));
	ASSAY_TRY(assay_store_open(&c.to, argv[2], &create, &err));
	ASSAY_TRY(assay_decisions_each(c.from, true, copy_decision, &c, &err));
	rc = assay_store_commit(c.to, &err);
fail:
	if (rc != ASSAY_OK)
		(void)fprintf(stderr, "copy-decisions: %s\n", err.msg);
	assay_store_close(c.from);
	assay_store_close(c.to);
	return rc == ASSAY_OK ? 0 : 1;
}
