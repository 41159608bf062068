/*
 * damage-row STORE TABLE ROW: one byte of a row of the catalog is changed as a bad disk would, past all checksums. ROW is
 * a number, TICKET:ORDINAL of an event, or ?N for the N-th row, counted round. Of a row that is nothing but its key the
 * key changes. Prints the key that it was, in hex.
 */
#include <inttypes.h>
#include <lmdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_MAX 511 /* LMDB's longest */

static void put_be(unsigned char *out, uint64_t n, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (unsigned char)(n >> 8 * (size - 1 - i));
}

/* The N-th key from the beginning. */
static int find_nth(MDB_txn *txn, MDB_dbi dbi, uint64_t n, MDB_val *key)
{
	MDB_cursor *at;
	MDB_stat all;
	MDB_val value;
	int rc = mdb_stat(txn, dbi, &all);

	if (rc == 0 && all.ms_entries == 0)
		rc = MDB_NOTFOUND;
	if (rc == 0)
		rc = mdb_cursor_open(txn, dbi, &at);
	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(at, key, &value, MDB_FIRST);
	for (n %= all.ms_entries; n > 0 && rc == 0; n--)
		rc = mdb_cursor_get(at, key, &value, MDB_NEXT);
	mdb_cursor_close(at);
	return rc;
}

static int find(MDB_txn *txn, MDB_dbi dbi, const char *row, unsigned char bytes[KEY_MAX], MDB_val *key)
{
	char *end;
	const bool nth = row[0] == '?';
	const uint64_t n = strtoull(row + nth, &end, 10);
	int rc = 0;

	*key = (MDB_val){8, bytes};
	put_be(bytes, n, 8);
	if (nth) {
		rc = find_nth(txn, dbi, n, key);
		if (rc == 0)
			memcpy(bytes, key->mv_data, key->mv_size);
		key->mv_data = bytes;
	} else if (*end == ':') {
		put_be(bytes + 8, strtoull(end + 1, NULL, 10), 4);
		key->mv_size = 12;
	}
	return rc;
}

static int change(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, unsigned char *bytes)
{
	unsigned char *copy;
	MDB_val value;
	int rc = mdb_get(txn, dbi, key, &value);

	if (rc != 0)
		return rc;
	if (value.mv_size == 0) {
		rc = mdb_del(txn, dbi, key, NULL);
		bytes[key->mv_size - 1] ^= 0x40;
		return rc == 0 ? mdb_put(txn, dbi, key, &value, 0) : rc;
	}
	copy = malloc(value.mv_size);
	if (copy == NULL)
		return MDB_PANIC;
	memcpy(copy, value.mv_data, value.mv_size);
	copy[value.mv_size / 2] ^= 0x40;
	value.mv_data = copy;
	rc = mdb_put(txn, dbi, key, &value, 0);
	free(copy);
	return rc;
}

int main(int argc, char **argv)
{
	unsigned char bytes[KEY_MAX], was[KEY_MAX];
	char path[4096];
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	MDB_val key;
	MDB_dbi dbi;
	int rc;

	if (argc != 4) {
		(void)fputs("usage: damage-row STORE TABLE ROW\n", stderr);
		return 64;
	}
	(void)snprintf(path, sizeof path, "%s/catalog", argv[1]);
	rc = mdb_env_create(&env);
	if (rc == 0)
		rc = mdb_env_set_maxdbs(env, 32);
	if (rc == 0)
		rc = mdb_env_set_mapsize(env, (size_t)1 << 30);
	if (rc == 0)
		rc = mdb_env_open(env, path, 0, 0666);
	if (rc == 0)
		rc = mdb_txn_begin(env, NULL, 0, &txn);
	if (rc == 0)
		rc = mdb_dbi_open(txn, argv[2], 0, &dbi);
	if (rc == 0)
		rc = find(txn, dbi, argv[3], bytes, &key);
	if (rc == 0)
		memcpy(was, bytes, key.mv_size);
	if (rc == 0)
		rc = change(txn, dbi, &key, bytes);
	if (rc == 0) {
		rc = mdb_txn_commit(txn);
		txn = NULL;
	}
	mdb_txn_abort(txn);
	mdb_env_close(env);
	if (rc != 0) {
		(void)fprintf(stderr, "damage-row: %s\n", mdb_strerror(rc));
		return rc == MDB_NOTFOUND ? 66 : 74;
	}
	for (size_t i = 0; i < key.mv_size; i++)
		(void)printf("%02x", was[i]);
	(void)puts("");
	return 0;
}
