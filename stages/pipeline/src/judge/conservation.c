#include "conservation.h"

#include "assay/memory.h"

#include <inttypes.h>
#include <stdio.h>
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
	if (rc == ASSAY_OK && src->seen != src->processed + src->unchanged + src->failed)
		rc = imbalance(s,
			       assay_asprintf("%" PRIu64 " sources seen, %" PRIu64 " accounted for", src->seen,
					      src->processed + src->unchanged + src->failed),
			       err);
	return rc;
}

static uint64_t unsolved(const uint64_t by_state[ASSAY_TICKET_STATES + 1])
{
	uint64_t n = by_state[ASSAY_TICKET_REJECTED];

	for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++)
		n += assay_ticket_state_is_open(i) ? by_state[i] : 0;
	return n;
}

static assay_code compare(assay_summary *s, const char *what, uint64_t a, const char *as, uint64_t b, assay_err *err)
{
	return a == b ? ASSAY_OK : imbalance(s, assay_asprintf("%" PRIu64 " %s, %" PRIu64 " %s", a, what, b, as), err);
}

/* What was told of is counted as it was told; what is kept, from the rows of the queue themselves. */
assay_code assay_conservation_check_queue(assay_summary *s, const assay_ticketing *t, assay_err *err)
{
	const assay_counts *c = &s->samples;
	char kept[64];
	assay_code rc;

	ASSAY_TRY(
	    compare(s, "samples quarantined", c->quarantined, "tickets open or rejected", unsolved(t->told[0]), err));
	ASSAY_TRY(
	    compare(s, "sources failed", c->failed_sources, "tickets open or rejected", unsolved(t->told[1]), err));
	ASSAY_TRY(compare(s, "samples waived", c->waived, "tickets waived", t->told[0][ASSAY_TICKET_WAIVED], err));
	for (unsigned of = 0; of < 2; of++)
		for (unsigned i = 1; i <= ASSAY_TICKET_STATES; i++) {
			(void)snprintf(kept, sizeof kept, "tickets of %s %s", of == 1 ? "sources" : "samples",
				       assay_ticket_state_name(i));
			ASSAY_TRY(compare(s, kept, t->kept[of][i], "that should be", t->told[of][i], err));
		}
fail:
	return rc;
}
