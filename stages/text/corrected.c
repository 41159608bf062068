#include "corrected.h"

#include "agreement.h"

#include <string.h>

void assay_corrected_release(assay_corrected *c)
{
	assay_correction_release(&c->correction);
	*c = (assay_corrected){0};
}

assay_code assay_corrected_read(assay_corrected *out, const void *data, size_t n, assay_err *err)
{
	assay_correction *c = &out->correction;
	size_t medoid = 0;
	bool defined = false;
	assay_code rc;

	*out = (assay_corrected){0};
	rc = assay_correction_decode(c, data, n, err);
	if (rc != ASSAY_OK)
		return rc;
	rc = assay_agreement_of_texts((const char *const *)c->texts, c->count, &out->agreement, &defined, &medoid, err);
	if (rc != ASSAY_OK && rc != ASSAY_EFULL)
		return rc;
	if (rc == ASSAY_EFULL)
		medoid = 0;
	out->no_agreement = rc == ASSAY_EFULL ? "texts too long to be compared" : !defined ? "one annotator" : NULL;
	out->text = c->texts[medoid];
	out->size = strlen(out->text);
	return ASSAY_OK;
}
