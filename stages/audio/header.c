#include "header.h"

#include "assay/file.h"

#include <string.h>

enum { MAX_CHUNKS = 10000 };

/* Writers to a pipe leave one of these for "unknown": 0, all ones, or a large round number. */
#define UNKNOWN_FROM UINT64_C(0x7ffff000)

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[3] | (uint32_t)p[2] << 8 | (uint32_t)p[1] << 16 | (uint32_t)p[0] << 24;
}

static uint64_t le64(const unsigned char *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

static uint64_t be64(const unsigned char *p)
{
	return be32(p + 4) | (uint64_t)be32(p) << 32;
}

static const unsigned char w64_riff[] = {'r',  'i',  'f',  'f',  0x2e, 0x91, 0xcf, 0x11,
					 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0x00, 0x00};

static assay_sound_format sniff(const unsigned char *p)
{
	const bool riff = memcmp(p, "RIFF", 4) == 0 || memcmp(p, "RIFX", 4) == 0 || memcmp(p, "RF64", 4) == 0 ||
			  memcmp(p, "BW64", 4) == 0;

	if (riff && memcmp(p + 8, "WAVE", 4) == 0)
		return ASSAY_SOUND_WAV;
	if (memcmp(p, w64_riff, sizeof w64_riff) == 0)
		return ASSAY_SOUND_W64;
	if (memcmp(p, "FORM", 4) == 0 && (memcmp(p + 8, "AIFF", 4) == 0 || memcmp(p + 8, "AIFC", 4) == 0))
		return ASSAY_SOUND_AIFF;
	if (memcmp(p, ".snd", 4) == 0)
		return ASSAY_SOUND_AU;
	return memcmp(p, "caff", 4) == 0 ? ASSAY_SOUND_CAF : ASSAY_SOUND_OTHER;
}

/* ---------------------------------------------------------------- chunks */

typedef struct chunk {
	unsigned char id[4];
	uint64_t at, bytes; /* of the body */
	uint64_t next;      /* where the next chunk starts */
} chunk;

typedef struct walk {
	int fd;
	uint64_t size;
	assay_sound_format format;
	bool big;      /* RIFX */
	uint64_t ds64; /* data size of RF64, 0 without */
} walk;

static bool add(uint64_t *out, uint64_t a, uint64_t b)
{
	return !__builtin_add_overflow(a, b, out);
}

/* One chunk head; false at the end of the file or of sense. */
static bool parse(const walk *w, uint64_t at, const unsigned char *p, chunk *c)
{
	memcpy(c->id, p, 4);
	switch (w->format) {
	case ASSAY_SOUND_W64: /* 16-byte id, size with the head, chunks lie at multiples of 8 */
		if (le64(p + 16) < 24)
			return false;
		c->at = at + 24;
		c->bytes = le64(p + 16) - 24;
		return add(&c->next, c->at, c->bytes) && add(&c->next, c->next, (8 - c->bytes % 8) % 8);
	case ASSAY_SOUND_CAF:
		c->at = at + 12;
		c->bytes = be64(p + 4);
		return c->bytes > INT64_MAX || add(&c->next, c->at, c->bytes);
	case ASSAY_SOUND_WAV:
	case ASSAY_SOUND_AIFF:
	case ASSAY_SOUND_AU:
	case ASSAY_SOUND_OTHER:
	default:
		c->at = at + 8;
		c->bytes = w->format == ASSAY_SOUND_AIFF || w->big ? be32(p + 4) : le32(p + 4);
		return add(&c->next, c->at, c->bytes + (c->bytes & 1));
	}
}

static assay_code next_chunk(const walk *w, uint64_t at, chunk *c, bool *found, assay_err *err)
{
	const size_t head = w->format == ASSAY_SOUND_W64 ? 24 : w->format == ASSAY_SOUND_CAF ? 12 : 8;
	unsigned char p[24];
	uint64_t end;
	assay_code rc;

	*found = false;
	if (!add(&end, at, head) || end > w->size)
		return ASSAY_OK;
	rc = assay_pread_all(w->fd, p, head, at, err);
	if (rc == ASSAY_OK)
		*found = parse(w, at, p, c);
	return rc;
}

static void take_data(const walk *w, const chunk *c, assay_sound_header *out)
{
	out->data_at = c->at;
	out->data_bytes = c->bytes;
	out->declared = true;
	if (w->format == ASSAY_SOUND_WAV && c->bytes == UINT32_MAX && w->ds64 > 0)
		out->data_bytes = w->ds64;
	else if (w->format == ASSAY_SOUND_WAV)
		out->declared = c->bytes < UNKNOWN_FROM || c->bytes + c->at <= w->size;
	else if (w->format == ASSAY_SOUND_CAF)
		out->declared = c->bytes <= INT64_MAX; /* -1 is "unknown" */
}

/*
 * A length of 0 was written before anything was recorded, and stays when the recorder dies: unknown, if something
 * follows that is no chunk.
 */
static assay_code check_empty(const walk *w, assay_sound_header *out, assay_err *err)
{
	chunk c = {0};
	bool found;
	const assay_code rc = next_chunk(w, out->data_at, &c, &found, err);

	if (rc != ASSAY_OK || out->data_at >= w->size)
		return rc;
	for (size_t i = 0; i < sizeof c.id; i++)
		found = found && c.id[i] >= ' ' && c.id[i] <= '~';
	out->declared = found && c.next <= w->size + 1;
	return rc;
}

static assay_code read_ds64(walk *w, const chunk *c, assay_err *err)
{
	unsigned char p[16];
	assay_code rc;

	if (c->bytes < sizeof p || c->at + sizeof p > w->size)
		return ASSAY_OK;
	rc = assay_pread_all(w->fd, p, sizeof p, c->at, err);
	w->ds64 = rc == ASSAY_OK ? le64(p + 8) : 0;
	return rc;
}

static assay_code walk_chunks(walk *w, uint64_t at, assay_sound_header *out, assay_err *err)
{
	const char *data = w->format == ASSAY_SOUND_AIFF ? "SSND" : "data";

	for (unsigned n = 0; n < MAX_CHUNKS; n++) {
		chunk c = {0};
		bool found;
		assay_code rc = next_chunk(w, at, &c, &found, err);
		if (rc != ASSAY_OK || !found)
			return rc;
		if (memcmp(c.id, data, 4) == 0) {
			take_data(w, &c, out);
			return out->data_bytes == 0 ? check_empty(w, out, err) : ASSAY_OK;
		}
		if (w->format == ASSAY_SOUND_WAV && memcmp(c.id, "ds64", 4) == 0)
			rc = read_ds64(w, &c, err);
		if (rc != ASSAY_OK || c.next <= at)
			return rc;
		at = c.next;
	}
	return ASSAY_OK;
}

static void read_au(const unsigned char *p, uint64_t size, assay_sound_header *out)
{
	out->data_at = be32(p + 4);
	out->data_bytes = be32(p + 8);
	out->declared = out->data_bytes != UINT32_MAX && out->data_at < size;
}

assay_code assay_sound_header_read(assay_sound_header *out, int fd, uint64_t size, assay_err *err)
{
	static const uint64_t first_chunk[] = {
	    [ASSAY_SOUND_WAV] = 12, [ASSAY_SOUND_W64] = 40, [ASSAY_SOUND_AIFF] = 12, [ASSAY_SOUND_CAF] = 8};
	unsigned char p[16] = {0};
	walk w = {.fd = fd, .size = size};
	assay_code rc;

	*out = (assay_sound_header){0};
	if (size < sizeof p)
		return ASSAY_OK;
	rc = assay_pread_all(fd, p, sizeof p, 0, err);
	if (rc != ASSAY_OK)
		return rc;
	out->format = w.format = sniff(p);
	w.big = memcmp(p, "RIFX", 4) == 0;
	if (w.format == ASSAY_SOUND_AU)
		read_au(p, size, out);
	else if (w.format != ASSAY_SOUND_OTHER)
		return walk_chunks(&w, first_chunk[w.format], out, err);
	return ASSAY_OK;
}
