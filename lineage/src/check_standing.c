/* The list of tickets by state has neither rows nor checksums: it must say what the rows say. */
#include "check_finding.h"

#include "standing.h"

#include <inttypes.h>
#include <stdio.h>

assay_code assay_check_listed(assay_check *c, const assay_ticket *t, assay_err *err)
{
	uint64_t found = t->id - 1;
	char name[CHECK_NAME];
	bool kept;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_standing_is_kept(c->store, &kept, &e);

	if (rc == ASSAY_OK && kept)
		rc = assay_standing_next(c->store, t->state, &found, &e);
	if ((rc == ASSAY_OK && (!kept || found == t->id)) || rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* a number that is damaged is told by check_numbers */
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return assay_check_stop(rc, &e, err);
	(void)snprintf(name, sizeof name, "list of tickets that are %s", assay_ticket_state_name(t->state));
	return assay_check_add(c, "index", name, CHECK_TICKET, t->id, "is without a ticket that is in this state", err);
}

static assay_code check_entry(void *ctx, const void *key, size_t key_size, assay_err *err)
{
	assay_check *c = ctx;
	ASSAY_AUTO_TICKET t = {0};
	char name[CHECK_NAME], detail[CHECK_NAME];
	unsigned state;
	uint64_t id;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc;

	if (!assay_standing_read(key, key_size, &state, &id))
		return assay_check_add(c, "index", "list of tickets", CHECK_NOTHING, 0, "names no state and ticket",
				       err);
	rc = assay_ticket_get(c->store, id, &t, &e);
	if ((rc == ASSAY_OK && t.state == state) || rc == ASSAY_ECORRUPT)
		return ASSAY_OK; /* what is damaged was told with its row */
	if (rc != ASSAY_OK && rc != ASSAY_ENOENT)
		return assay_check_stop(rc, &e, err);
	(void)snprintf(name, sizeof name, "list of tickets that are %s", assay_ticket_state_name(state));
	(void)snprintf(detail, sizeof detail, "has ticket %" PRIu64 ", which is %s", id,
		       rc == ASSAY_OK ? assay_ticket_state_name(t.state) : "not there");
	return assay_check_add(c, "index", name, CHECK_TICKET, id, detail, err);
}

assay_code assay_check_standing(assay_check *c, assay_err *err)
{
	bool kept;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_standing_is_kept(c->store, &kept, &e);

	if (rc != ASSAY_OK)
		return assay_check_pass(rc, &e, err);
	return kept ? assay_keys_each(c->store, ASSAY_TABLE_STANDING, check_entry, c, err) : ASSAY_OK;
}
