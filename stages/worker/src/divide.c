#include "divide.h"

#include "assay/memory.h"

#include <string.h>

static assay_code copy_measurement(assay_result_sample *part, const assay_measurement *m, assay_err *err)
{
	assay_measurement copy = *m;
	assay_code rc =
	    assay_grow(&part->measurements, &part->measurement_cap, part->measurement_count, sizeof copy, err);

	if (rc != ASSAY_OK)
		return rc;
	copy.reason = m->reason != NULL ? assay_strdup(m->reason) : NULL;
	if (m->reason != NULL && copy.reason == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "measurement");
	part->measurements[part->measurement_count++] = copy;
	return ASSAY_OK;
}

assay_code divide_inherit(assay_result_sample *part, assay_result_sample *whole, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < whole->measurement_count && rc == ASSAY_OK; i++)
		rc = copy_measurement(part, &whole->measurements[i], err);
	if (rc != ASSAY_OK)
		return rc;
	if (whole->rejected != ASSAY_FAILURE_NONE) {
		part->rejected_why = assay_strdup(whole->rejected_why);
		if (part->rejected_why == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "rejection");
		part->rejected = whole->rejected;
		part->rejected_by = whole->rejected_by;
	}
	part->artifacts = whole->artifacts;
	part->artifact_count = whole->artifact_count;
	part->artifact_cap = whole->artifact_cap;
	whole->artifacts = NULL;
	whole->artifact_count = whole->artifact_cap = 0;
	return ASSAY_OK;
}

assay_code divide_forget(assay_result *r, const uint32_t *gone, size_t count, assay_err *err)
{
	ASSAY_AUTO_FREE uint32_t *places = NULL; /* of each sample from now on; ASSAY_NO_SAMPLE: it goes */
	uint32_t kept = 0;

	if (count == 0)
		return ASSAY_OK;
	places = assay_alloc(r->sample_count, sizeof *places);
	if (places == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "samples of a result");
	for (size_t i = 0; i < count; i++)
		places[gone[i]] = ASSAY_NO_SAMPLE;
	for (size_t i = 0; i < r->sample_count; i++) {
		assay_result_sample s = r->samples[i];

		if (places[i] == ASSAY_NO_SAMPLE) {
			assay_result_sample_release(&s);
			continue;
		}
		if (s.parent != ASSAY_NO_SAMPLE)
			s.parent = places[s.parent]; /* a parent stands before its children */
		places[i] = kept;
		r->samples[kept++] = s;
	}
	r->sample_count = kept;
	return ASSAY_OK;
}
