#include "pdf_inflate.h"

#include <zlib.h>

#define PIECE 65536
#define FED   (1U << 30)
#define SLACK (1U << 20) /* what is read beyond enough, for the checksum */

/* One piece; what is left of the data is fed as zlib counts, in 32 bits. */
static int step(uint64_t *n, assay_buf *out, z_stream *z, size_t *left)
{
	unsigned char piece[PIECE];
	const uInt fed = *left < FED ? (uInt)*left : FED;
	int status;

	z->avail_in = fed;
	z->next_out = piece;
	z->avail_out = sizeof piece;
	status = inflate(z, Z_NO_FLUSH);
	*left -= fed - z->avail_in;
	*n += sizeof piece - z->avail_out;
	if (out != NULL)
		assay_buf_append(out, piece, sizeof piece - z->avail_out);
	return status;
}

assay_code pdf_inflate(uint64_t *n, assay_buf *out, page_bytes in, uint64_t enough, assay_err *err)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data};
	size_t left = in.size;
	int status = Z_OK;
	assay_code rc = ASSAY_OK;

	*n = 0;
	if (inflateInit(&z) != Z_OK)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: inflate");
	while (status == Z_OK && *n < enough + SLACK)
		status = step(n, out, &z, &left);
	if (status == Z_MEM_ERROR)
		rc = ASSAY_RAISE(err, ASSAY_ENOMEM, "PDF: inflate");
	else if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) /* no more data is no damage */
		rc = ASSAY_RAISE(err, ASSAY_ECORRUPT, "damaged Flate data: %s",
				 z.msg != NULL ? z.msg : "it needs a dictionary");
	(void)inflateEnd(&z);
	return rc == ASSAY_OK && out != NULL ? assay_buf_check(out, err) : rc;
}
