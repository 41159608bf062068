#include "assay/version_results.h"

#include "assay/object.h"

assay_code assay_results_read(assay_dataset_results *out, assay_store *s, const assay_digest *object, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	*out = (assay_dataset_results){0};
	rc = assay_object_get(s, object, &record, err);
	return rc == ASSAY_OK ? assay_dataset_results_decode(out, record.data, record.len, err) : rc;
}

assay_code assay_version_results(assay_dataset_results *out, assay_store *s, const assay_version *v, assay_err *err)
{
	*out = (assay_dataset_results){0};
	return assay_digest_is_zero(&v->results) ? ASSAY_OK : assay_results_read(out, s, &v->results, err);
}
