/*
 * Key: state (1 byte), number of the ticket (8 bytes, big-endian); the value is empty. Meta "tickets.listed": so many
 * events the catalog had when the table was last written.
 */
#include "standing.h"

#include "assay/queue.h"

#include "catalog_raw.h"
#include "handle.h"

#include <string.h>

#define KEY_SIZE 9
#define LISTED   "tickets.listed"

static void make_key(unsigned char key[KEY_SIZE], unsigned state, uint64_t ticket)
{
	key[0] = (unsigned char)state;
	assay_put_be64(key + 1, ticket);
}

bool assay_standing_read(const void *key, size_t key_size, unsigned *state, uint64_t *ticket)
{
	const unsigned char *k = key;

	if (key_size != KEY_SIZE || assay_ticket_state_name(k[0]) == NULL)
		return false;
	*state = k[0];
	*ticket = assay_get_be64(k + 1);
	return true;
}

assay_code assay_standing_is_kept(assay_store *s, bool *kept, assay_err *err)
{
	uint64_t listed, events;
	assay_code rc = assay_meta_get(s, LISTED, &listed, err);

	if (rc == ASSAY_OK)
		rc = assay_rows_count(s, ASSAY_TABLE_EVENT, &events, err);
	*kept = rc == ASSAY_OK && listed == events;
	return rc;
}

assay_code assay_standing_seal(assay_store *s, assay_err *err)
{
	uint64_t events;
	const assay_code rc = assay_rows_count(s, ASSAY_TABLE_EVENT, &events, err);

	return rc == ASSAY_OK ? assay_meta_put(s, LISTED, events, err) : rc;
}

assay_code assay_standing_move(assay_store *s, uint64_t ticket, unsigned was, unsigned is, assay_err *err)
{
	unsigned char key[KEY_SIZE];
	unsigned char *room;
	assay_code rc = ASSAY_OK;

	if (was == is)
		return ASSAY_OK;
	if (was != 0) {
		make_key(key, was, ticket);
		rc = assay_catalog_remove(s, ASSAY_TABLE_STANDING, key, sizeof key, err);
	}
	make_key(key, is, ticket);
	return rc == ASSAY_OK ? assay_catalog_reserve(s, ASSAY_TABLE_STANDING, key, sizeof key, 0, 0, &room, err) : rc;
}

/* Also what is no key of the table, should there be such. */
assay_code assay_standing_clear(assay_store *s, assay_err *err)
{
	assay_code rc;

	for (;;) {
		unsigned char key[511]; /* LMDB's longest */
		MDB_cursor *cur = NULL;
		MDB_val k, v;
		int mrc;

		rc = assay_catalog_cursor(s, ASSAY_TABLE_STANDING, &cur, err);
		if (rc != ASSAY_OK)
			return rc;
		mrc = mdb_cursor_get(cur, &k, &v, MDB_FIRST);
		if (mrc == MDB_SUCCESS)
			memcpy(key, k.mv_data, k.mv_size);
		mdb_cursor_close(cur);
		if (mrc == MDB_NOTFOUND)
			return ASSAY_OK;
		if (mrc != MDB_SUCCESS)
			return assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_STANDING);
		rc = assay_catalog_remove(s, ASSAY_TABLE_STANDING, key, k.mv_size, err);
		if (rc != ASSAY_OK)
			return rc;
	}
}

assay_code assay_standing_next(assay_store *s, unsigned state, uint64_t *ticket, assay_err *err)
{
	unsigned char start[KEY_SIZE];
	MDB_val k = {.mv_size = sizeof start, .mv_data = start}, v;
	MDB_cursor *cur = NULL;
	unsigned found;
	bool more;
	int mrc;
	assay_code rc;

	if (*ticket == UINT64_MAX || !s->env.there[ASSAY_TABLE_STANDING])
		return ASSAY_ENOENT;
	rc = assay_catalog_cursor(s, ASSAY_TABLE_STANDING, &cur, err);
	if (rc != ASSAY_OK)
		return rc;
	make_key(start, state, *ticket + 1);
	mrc = mdb_cursor_get(cur, &k, &v, MDB_SET_RANGE);
	more = mrc == MDB_SUCCESS && assay_standing_read(k.mv_data, k.mv_size, &found, ticket) && found == state;
	mdb_cursor_close(cur);
	if (mrc != MDB_SUCCESS && mrc != MDB_NOTFOUND)
		return assay_catalog_raise(err, mrc, "scan", ASSAY_TABLE_STANDING);
	return more ? ASSAY_OK : ASSAY_ENOENT;
}

assay_code assay_standing_of(assay_store *s, uint64_t ticket, unsigned *state, assay_err *err)
{
	bool kept;
	const assay_code rc = assay_standing_is_kept(s, &kept, err);

	*state = 0;
	for (unsigned i = 1; rc == ASSAY_OK && kept && i <= ASSAY_TICKET_STATES && *state == 0; i++) {
		uint64_t found = ticket - 1;

		if (assay_standing_next(s, i, &found, NULL) == ASSAY_OK && found == ticket)
			*state = i;
	}
	return rc;
}
