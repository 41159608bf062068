/**
 * The Open Data Contract Standard v3.1.0 as tables of keys, after schema/odcs-json-schema-v3.1.0 of
 * bitol-io/open-data-contract-standard: which keys stand where, which must, and what shape their values have.
 * Servers and logicalTypeOptions differ by type and are left to ODCS's own validators.
 */
#ifndef ASSAY_CONTRACT_ODCS_H
#define ASSAY_CONTRACT_ODCS_H

#include <stdbool.h>

typedef enum odcs_shape {
	ANY,
	SCALAR, /* any scalar or null */
	TEXT,
	NUMBER,
	BOOLEAN,
	ONE_OF,  /* text among `names` */
	TEXTS,   /* list of scalars */
	LIST,    /* any list */
	LIST_OF, /* list of mappings of table `of` */
	MAP,     /* any mapping */
	MAP_OF,  /* mapping of table `of` */
	TEAM,    /* mapping of table TEAM_KEYS or, as before 3.1, a list of members */
} odcs_shape;

typedef enum odcs_table {
	TOP,
	DESCRIPTION,
	DEFINITION,
	CUSTOM,
	SERVER,
	ROLE,
	SUPPORT,
	PRICE,
	MEMBER,
	TEAM_KEYS,
	SLA,
	OBJECT,
	PROPERTY,
	ITEMS,
	RELATION,
	QUALITY, /* the last one */
} odcs_table;

typedef struct odcs_key {
	const char *name; /* NULL ends the table */
	odcs_shape shape;
	odcs_table of;
	bool required;
	const char *const *names;
} odcs_key;

typedef struct odcs_keys {
	const odcs_key *keys;
	bool open; /* keys that are not listed are none of our business */
} odcs_keys;

/** NULL when there is no such table. */
const odcs_keys *contract_odcs_table(odcs_table table);

#endif
