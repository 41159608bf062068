#include "counts.h"

#include "record.h"

void assay_counts_encode(assay_buf *out, const assay_counts *n)
{
	assay_cbor_array(out, 7);
	assay_cbor_uint(out, n->in);
	assay_cbor_uint(out, n->accepted);
	assay_cbor_uint(out, n->quarantined);
	assay_cbor_uint(out, n->waived);
	assay_cbor_uint(out, n->duplicate);
	assay_cbor_uint(out, n->filtered);
	assay_cbor_uint(out, n->failed_sources);
}

void assay_counts_decode(assay_cbor_reader *c, assay_counts *out)
{
	assay_record_tuple(c, 7, "not 7 counts of samples");
	out->in = assay_cbor_read_uint(c);
	out->accepted = assay_cbor_read_uint(c);
	out->quarantined = assay_cbor_read_uint(c);
	out->waived = assay_cbor_read_uint(c);
	out->duplicate = assay_cbor_read_uint(c);
	out->filtered = assay_cbor_read_uint(c);
	out->failed_sources = assay_cbor_read_uint(c);
}
