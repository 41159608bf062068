/**
 * Packs: append-only files of small objects. The writer appends to one pack at a time; bytes become durable with
 * assay_packs_sync, and the catalog then states how long the pack is. What lies beyond that length when a writer
 * opens the store was never committed: it is cut off, and packs after that one are removed.
 *
 * A pack starts with 16 bytes: "ASSAYPK" and a NUL, format (u32), number (u32). A record is a header of 48 bytes:
 * "ARec", type (u8) and three zero bytes, length (u64), SHA-256 of the payload; then the payload, padded with zeroes
 * to 8 bytes. Numbers are little-endian. The index can be rebuilt by walking the records.
 */
#ifndef ASSAY_PACK_H
#define ASSAY_PACK_H

#include "assay/buf.h"
#include "assay/digest.h"

#define ASSAY_PACK_FORMAT      1
#define ASSAY_PACK_HEADER      16
#define ASSAY_PACK_RECORD_HEAD 48
/* A pack longer than this is followed by a new one. */
#define ASSAY_PACK_FULL ((uint64_t)1 << 30)

typedef struct assay_packs {
	int dirfd;        /* of packs/ */
	uint32_t current; /* number of the pack written to, 0 while there is none */
	int fd;           /* of the current pack, for writing; -1 while there is none */
	uint64_t end;     /* where the next record goes, unwritten buffer included */
	uint64_t written; /* bytes handed to the file */
	bool dirty;       /* something was written since the last sync */
	bool new_file;    /* packs/ itself must be synced */
	bool ahead;       /* something was appended since the last commit */
	uint64_t full;    /* a pack this long is followed by a new one: ASSAY_PACK_FULL, but for tests */
	assay_err
	    failure; /* of a write or sync, told again until the group is undone; code ASSAY_OK while there is none */
	assay_buf buffer;     /* records not yet handed to the file */
	uint32_t read_number; /* pack open for reading */
	int read_fd;
} assay_packs;

/** Open packs/ under dirfd, for reading; assay_packs_truncate makes it ready for writing. */
ASSAY_NODISCARD assay_code assay_packs_open(assay_packs *p, int dirfd, assay_err *err);
void assay_packs_close(assay_packs *p);
ASSAY_NODISCARD assay_code assay_packs_append(assay_packs *p, uint8_t type, const void *data, size_t size,
					      const assay_digest *digest, uint32_t *pack, uint64_t *offset,
					      assay_err *err);
/** Write out and fdatasync. */
ASSAY_NODISCARD assay_code assay_packs_sync(assay_packs *p, assay_err *err);
/** The catalog has committed what was synced. */
void assay_packs_settle(assay_packs *p);
/**
 * Go on at `length` of pack `current` (0: none yet), which the catalog counts on: what was appended beyond is cut off,
 * packs after that one are removed, a failure is forgotten.
 */
ASSAY_NODISCARD assay_code assay_packs_truncate(assay_packs *p, uint32_t current, uint64_t length, assay_err *err);
/** The first n bytes of a record's payload, which has as many; ASSAY_ECORRUPT as of assay_packs_read(). */
ASSAY_NODISCARD assay_code assay_packs_head(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
					    const assay_digest *digest, void *out, size_t n, assay_err *err);
/** Append a record's payload to out; ASSAY_ECORRUPT unless the header says type, size and digest as given. */
ASSAY_NODISCARD assay_code assay_packs_read(assay_packs *p, uint32_t pack, uint64_t offset, uint8_t type, uint64_t size,
					    const assay_digest *digest, assay_buf *out, assay_err *err);
/** Whether there are packs, whatever the catalog says. */
bool assay_packs_any(const assay_packs *p);
/** File name of a pack: "00000001.pack". */
void assay_pack_name(char out[24], uint32_t number);

#endif
