/* Entries of the digest index, from the side of the row that should have one. */
#include "check_finding.h"

#include <inttypes.h>
#include <stdio.h>

assay_digest assay_check_entry_key(assay_index_type type, const assay_digest *d)
{
	assay_digest key = *d;

	key.bytes[ASSAY_DIGEST_SIZE - 1] = (uint8_t)(key.bytes[ASSAY_DIGEST_SIZE - 1] ^ (unsigned)type);
	return key;
}

assay_code assay_check_add_entry(assay_check *c, assay_index_type type, const assay_digest *d, const char *name,
				 check_subject subject, uint64_t id, const char *detail, assay_err *err)
{
	const assay_digest key = assay_check_entry_key(type, d);
	assay_code rc = assay_check_add(c, "index", name, subject, id, detail, err);

	if (rc == ASSAY_OK)
		c->findings[c->count - 1].digest = *d;
	return rc == ASSAY_OK ? assay_digest_map_put(&c->told, &key, c->count - 1, err) : rc;
}

assay_code assay_check_entry(assay_check *c, assay_index_type type, const assay_digest *d, uint64_t id,
			     const char *name, check_subject subject, assay_err *err)
{
	char detail[128] = "has no index entry";
	uint64_t found;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_index_get(c->store, type, d, &found, &e);

	if (rc == ASSAY_OK && found == id)
		return ASSAY_OK;
	if (rc != ASSAY_OK && !assay_check_is_damage(rc))
		return assay_check_stop(rc, &e, err);
	if (rc == ASSAY_ECORRUPT)
		(void)snprintf(detail, sizeof(detail), "its index entry is not a number");
	else if (rc == ASSAY_OK)
		(void)snprintf(detail, sizeof(detail), "its index entry leads to row %" PRIu64 " instead of %" PRIu64,
			       found, id);
	return assay_check_add_entry(c, type, d, name, subject, id, detail, err);
}

assay_code assay_check_text_entry(assay_check *c, assay_index_type type, const char *text, uint64_t id,
				  check_subject subject, assay_err *err)
{
	assay_digest d;
	assay_code rc = assay_check_hash(text, &d, err);

	return rc == ASSAY_OK ? assay_check_entry(c, type, &d, id, text, subject, err) : rc;
}

/* ---------------------------------------------------------------- what rows are indexed by */
