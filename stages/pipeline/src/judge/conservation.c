#include "conservation.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdlib.h>

void assay_count_outcome(assay_counts *c, assay_outcome outcome)
{
	c->accepted += outcome == ASSAY_OUTCOME_ACCEPTED;
	c->quarantined += outcome == ASSAY_OUTCOME_QUARANTINED;
	c->waived += outcome == ASSAY_OUTCOME_WAIVED;
	c->duplicate += outcome == ASSAY_OUTCOME_DUPLICATE;
	c->filtered += outcome == ASSAY_OUTCOME_FILTERED;
}

static assay_code imbalance(assay_summary *s, char *text, assay_err *err)
{
	assay_code rc =
	    text == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "summary")
			 : assay_grow(&s->imbalance, &s->imbalance_cap, s->imbalance_count, sizeof *s->imbalance, err);

	if (rc != ASSAY_OK) {
		free(text);
		return rc;
	}
	s->imbalance[s->imbalance_count++] = text;
	s->conserved = false;
	return ASSAY_OK;
}

assay_code assay_conservation_check(assay_summary *s, uint64_t entries, assay_err *err)
{
	const assay_counts *c = &s->samples;
	const assay_run_sources *src = &s->sources;
	const uint64_t out = c->accepted + c->quarantined + c->waived + c->duplicate + c->filtered;
	const uint64_t stored = entries - c->failed_sources;
	assay_code rc = ASSAY_OK;

	s->conserved = true;
	if (c->in != out)
		rc = imbalance(s, assay_asprintf("%" PRIu64 " samples in, %" PRIu64 " accounted for", c->in, out), err);
	if (rc == ASSAY_OK && c->in != stored)
		rc = imbalance(s, assay_asprintf("%" PRIu64 " samples in, %" PRIu64 " in the version", c->in, stored),
			       err);
	if (rc == ASSAY_OK && s->tickets_open != c->quarantined + c->failed_sources)
		rc = imbalance(s,
			       assay_asprintf("%" PRIu64 " samples quarantined and %" PRIu64 " sources failed, %" PRIu64
					      " tickets open",
					      c->quarantined, c->failed_sources, s->tickets_open),
			       err);
	if (rc == ASSAY_OK && src->seen != src->processed + src->unchanged + src->failed)
		rc = imbalance(s,
			       assay_asprintf("%" PRIu64 " sources seen, %" PRIu64 " accounted for", src->seen,
					      src->processed + src->unchanged + src->failed),
			       err);
	return rc;
}
