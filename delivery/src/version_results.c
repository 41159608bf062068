#include "assay/version_results.h"

#include "assay/object.h"

assay_code assay_version_results(assay_dataset_results *out, assay_store *s, const assay_version *v, assay_err *err)
{
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	assay_code rc;

	*out = (assay_dataset_results){0};
	if (assay_digest_is_zero(&v->results))
		return ASSAY_OK;
	rc = assay_object_get(s, &v->results, &record, err);
	return rc == ASSAY_OK ? assay_dataset_results_decode(out, record.data, record.len, err) : rc;
}
