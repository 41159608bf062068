#include "assay/queue_standing.h"

#include "assay/memory.h"
#include "assay/queue.h"

#include <stdlib.h>

void assay_queue_standing_release(assay_queue_standing *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].contract);
		free(s->items[i].id);
	}
	free(s->items);
	*s = (assay_queue_standing){0};
}

typedef struct queue_facts {
	uint64_t open, oldest;
	int64_t opened_ns;
} queue_facts;

/* One that was opened again, or took over the age of another, is not as old as its number. */
static assay_code keep_oldest(void *ctx, const assay_ticket *t, assay_err *err)
{
	queue_facts *q = ctx;

	(void)err;
	if (q->oldest != 0 && t->opened_ns >= q->opened_ns)
		return ASSAY_OK;
	q->oldest = t->id;
	q->opened_ns = t->opened_ns;
	return ASSAY_OK;
}

static assay_code learn(queue_facts *q, assay_store *s, bool ages, assay_err *err)
{
	const assay_code rc = assay_tickets_open(s, &q->open, err);

	return rc == ASSAY_OK && ages && q->open > 0 ? assay_tickets_each(s, false, keep_oldest, q, err) : rc;
}

static assay_code add(assay_queue_standing *out, const assay_contract *c, const assay_queue_agreement *a,
		      const queue_facts *q, int64_t now_ns, assay_err *err)
{
	const int64_t age = q->oldest != 0 && now_ns > q->opened_ns ? (now_ns - q->opened_ns) / 1000000000 : 0;
	assay_queue_verdict *v = &out->items[out->count++];

	*v = (assay_queue_verdict){
	    .contract = assay_strdup(c->name[0] != '\0' ? c->name : c->id),
	    .id = assay_strdup(a->id),
	    .is_age = a->is_age,
	    .bound = a->bound,
	    .value = a->is_age ? age : (int64_t)q->open,
	    .ticket = a->is_age ? q->oldest : 0,
	};
	v->met = assay_queue_agreement_met(a, v->value);
	out->breached += !v->met;
	return v->contract != NULL && v->id != NULL ? ASSAY_OK : ASSAY_RAISE(err, ASSAY_ENOMEM, "queue");
}

assay_code assay_queue_standing_judge(assay_queue_standing *out, const assay_config *config, assay_store *store,
				      int64_t now_ns, assay_err *err)
{
	queue_facts q = {0};
	size_t all = 0;
	bool ages = false;
	assay_code rc;

	*out = (assay_queue_standing){0};
	for (size_t i = 0; i < config->contract_count; i++)
		all += config->contracts[i]->queue_count;
	if (all == 0)
		return ASSAY_OK;
	out->items = assay_alloc(all, sizeof *out->items);
	if (out->items == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "queue");
	for (size_t i = 0; i < config->contract_count; i++)
		for (size_t k = 0; k < config->contracts[i]->queue_count; k++)
			ages |= config->contracts[i]->queue[k].is_age;
	rc = learn(&q, store, ages, err);
	for (size_t i = 0; i < config->contract_count; i++)
		for (size_t k = 0; k < config->contracts[i]->queue_count && rc == ASSAY_OK; k++)
			rc = add(out, config->contracts[i], &config->contracts[i]->queue[k], &q, now_ns, err);
	return rc;
}
