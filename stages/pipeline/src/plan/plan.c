#include "plan.h"

#include "assay/stop.h"
#include "assay/unit.h"

/* Rows that are read to learn what work costs: more would not tell more. */
#define SOURCES_READ 4096
#define UNITS_READ   8192

/* ---------------------------------------------------------------- what work cost */

static assay_code add_units(assay_cost *took, assay_session *s, const assay_source *src, assay_err *err)
{
	for (size_t i = 0; i < src->unit_count; i++) {
		ASSAY_AUTO_UNIT u = {0};
		const assay_code rc = assay_unit_get(s->store, src->units[i], &u, err);

		if (rc != ASSAY_OK)
			return rc;
		took->cpu_us += u.cpu_us;
		took->wall_us += u.wall_us;
		took->units += 1;
	}
	return ASSAY_OK;
}

/* took->units is 0 when there is no row, or nothing was done, or more than may be read. */
static assay_code recall(assay_cost *took, assay_source *src, assay_session *s, const char *key, size_t *units,
			 assay_err *err)
{
	const assay_code rc = assay_source_find(s->store, key, src, err);

	*took = (assay_cost){0};
	if (rc != ASSAY_OK || src->unit_count == 0 || src->unit_count > *units)
		return rc == ASSAY_ENOENT ? ASSAY_OK : rc;
	*units -= src->unit_count;
	return add_units(took, s, src, err);
}

static bool is_present(const assay_session *s, const assay_found *f, const assay_source *src)
{
	return assay_digest_eq(&src->recipe, &s->recipes[f->rule->modality]->digest);
}

static assay_code learn_one(assay_costs *c, assay_session *s, const assay_found *f, size_t *units, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	assay_cost took;
	const assay_code rc = recall(&took, &src, s, f->key, units, err);

	return rc == ASSAY_OK && took.units > 0
		   ? assay_costs_learn(c, src.modality, f->key, src.stamp.size, is_present(s, f, &src), &took, err)
		   : rc;
}

assay_code assay_plan_recall(assay_cost *took, bool *present_recipe, assay_session *s, const assay_found *f,
			     size_t *units, assay_err *err)
{
	ASSAY_AUTO_SOURCE src = {0};
	const assay_code rc = recall(took, &src, s, f->key, units, err);

	if (rc != ASSAY_OK || took->units <= 0)
		return rc;
	*present_recipe = is_present(s, f, &src);
	if (src.stamp.size != f->stamp.size || src.modality != f->rule->modality)
		took->units = 0;
	return ASSAY_OK;
}

assay_code assay_plan_learn(assay_costs *c, assay_session *s, const assay_scan *scan, assay_err *err)
{
	const size_t step = scan->count / SOURCES_READ + 1;
	size_t units = UNITS_READ;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; s->store != NULL && i < scan->count && rc == ASSAY_OK; i += step)
		rc = learn_one(c, s, &scan->items[i], &units, err);
	return rc;
}

/* ---------------------------------------------------------------- what is to be done */

void assay_found_take(assay_found *f, const assay_look *look)
{
	f->unchanged = look->unchanged;
	f->decided = look->unchanged && look->decided;
	f->failing = look->unchanged && look->standing == ASSAY_STANDING_FAILED;
}

static assay_code look_at(assay_plan *p, assay_session *s, assay_found *f, assay_err *err)
{
	assay_look look;
	const assay_code rc = assay_source_look(&look, s, f, false, err);

	if (rc != ASSAY_OK)
		return rc;
	assay_found_take(f, &look);
	if (look.unchanged)
		return ASSAY_OK;
	p->needed++;
	p->digest_us += assay_look_asks_for_digest(&look) ? assay_digest_us(f->stamp.size) : 0;
	f->costed = assay_look_asks_for_work(&look);
	return f->costed ? assay_costs_add_left(&p->costs, f->rule->modality, f->key, f->stamp.size, err) : ASSAY_OK;
}

/* *told: nothing more needs to be asked of it. */
static assay_code ask_index(bool *told, assay_seen *seen, assay_found *f, assay_err *err)
{
	assay_seen_answer answer = ASSAY_SEEN_NOTHING;
	const assay_code rc = seen != NULL ? assay_seen_ask(&answer, seen, f, err) : ASSAY_OK;

	*told = answer != ASSAY_SEEN_NOTHING;
	f->unchanged = *told;
	f->failing = answer == ASSAY_SEEN_FAILED;
	return rc;
}

assay_code assay_plan_make(assay_plan *p, assay_session *s, assay_scan *scan, assay_seen *seen, uint64_t limit,
			   assay_err *err)
{
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < scan->count && (limit == 0 || p->needed < limit) && rc == ASSAY_OK; i++) {
		bool told = scan->items[i].elsewhere;

		if (assay_stop_requested() > 0)
			return ASSAY_OK; /* nobody will follow this plan */
		if (!told)
			rc = ask_index(&told, seen, &scan->items[i], err);
		if (rc == ASSAY_OK && !told)
			rc = look_at(p, s, &scan->items[i], err);
	}
	if (rc == ASSAY_OK && p->needed > 0)
		rc = assay_past_read(&p->past, s->store, err);
	return rc == ASSAY_OK && p->needed > 0 ? assay_plan_learn(&p->costs, s, scan, err) : rc;
}

void assay_plan_release(assay_plan *p)
{
	assay_costs_release(&p->costs);
	*p = (assay_plan){0};
}
