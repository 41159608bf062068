#include "pdf_inflate.h"

#include "assay/buf.h"
#include "assay/file.h"
#include "assay/memory.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#define PIECE 65536
#define SLACK (1U << 20) /* what is read beyond enough, for the checksum */

assay_code pdf_inflate_all(char **out, size_t *n, const char *in, size_t size, size_t max, assay_err *err)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)size};
	ASSAY_AUTO_BUF all = ASSAY_BUF_INIT;
	int status = Z_OK;
	assay_code rc;

	*out = NULL;
	*n = 0;
	if (inflateInit(&z) != Z_OK)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: inflate");
	while (status == Z_OK && all.len <= max) {
		unsigned char piece[PIECE / 4];

		z.next_out = piece;
		z.avail_out = sizeof piece;
		status = inflate(&z, Z_NO_FLUSH);
		assay_buf_append(&all, piece, sizeof piece - z.avail_out);
	}
	(void)inflateEnd(&z);
	if (status != Z_STREAM_END || all.len > max)
		return ASSAY_OK;
	*n = all.len;
	rc = assay_buf_check(&all, err);
	if (rc == ASSAY_OK)
		*out = assay_buf_steal(&all);
	return rc;
}

typedef struct pieces {
	z_stream z;
	unsigned char in[PIECE], out[PIECE];
} pieces;

/* Inflates the piece that was read. */
static int count_piece(uint64_t *n, pieces *p, uint64_t limit)
{
	int status = Z_OK;

	do {
		p->z.next_out = p->out;
		p->z.avail_out = sizeof p->out;
		status = inflate(&p->z, Z_NO_FLUSH);
		*n += sizeof p->out - p->z.avail_out;
	} while (status == Z_OK && *n < limit && (p->z.avail_in > 0 || p->z.avail_out == 0));
	return status == Z_BUF_ERROR ? Z_OK : status;
}

assay_code pdf_inflate_count(uint64_t *n, int fd, uint64_t at, uint64_t size, uint64_t enough, assay_err *err)
{
	ASSAY_AUTO_FREE pieces *p = assay_alloc(1, sizeof *p);
	int status = Z_OK;
	assay_code rc = ASSAY_OK;

	*n = 0;
	if (p == NULL || inflateInit(&p->z) != Z_OK)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: inflate");
	while (rc == ASSAY_OK && status == Z_OK && size > 0 && *n < enough + SLACK) {
		const size_t piece = size < PIECE ? (size_t)size : PIECE;

		rc = assay_pread_all(fd, p->in, piece, at, err);
		if (rc != ASSAY_OK)
			break;
		p->z.next_in = p->in;
		p->z.avail_in = (uInt)piece;
		status = count_piece(n, p, enough + SLACK);
		at += piece;
		size -= piece;
	}
	if (rc == ASSAY_OK && status == Z_MEM_ERROR)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: inflate");
	else if (rc == ASSAY_OK && status != Z_OK && status != Z_STREAM_END)
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "damaged Flate data: %s",
				 p->z.msg != NULL ? p->z.msg : "it needs a dictionary");
	(void)inflateEnd(&p->z);
	return rc;
}
