#include "assay/lanes.h"

#include <stdlib.h>
#include <string.h>

static bool is_among(char *const *names, size_t count, const char *const *asked, size_t asked_count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < asked_count; k++)
			if (strcmp(names[i], asked[k]) == 0)
				return true;
	return count == 0;
}

static bool fits(const assay_lane *l, const assay_lane_work *w)
{
	return is_among(l->checks, l->check_count, w->checks, w->check_count) &&
	       is_among(l->stages, l->stage_count, w->stages, w->stage_count) &&
	       (l->failures == 0 || (l->failures >> (unsigned)w->failure & 1) != 0) &&
	       (l->modality == 0 || l->modality == w->modality) && (l->kind == 0 || l->kind == w->kind) &&
	       (l->severity == 0 || (w->failure == ASSAY_FAILURE_NONE && l->severity == w->severity)) &&
	       (!l->failed || w->failure != ASSAY_FAILURE_NONE) && w->check_count >= l->least;
}

const char *assay_lane_of(const assay_lanes *lanes, const assay_lane_work *work)
{
	for (size_t i = 0; i < lanes->count; i++)
		if (fits(&lanes->items[i], work))
			return lanes->items[i].name;
	return ASSAY_LANE_GENERAL;
}

bool assay_lane_exists(const assay_lanes *lanes, const char *name)
{
	for (size_t i = 0; i < lanes->count; i++)
		if (strcmp(lanes->items[i].name, name) == 0)
			return true;
	return strcmp(name, ASSAY_LANE_GENERAL) == 0;
}

void assay_lanes_release(assay_lanes *lanes)
{
	for (size_t i = 0; i < lanes->count; i++) {
		assay_lane *l = &lanes->items[i];

		for (size_t k = 0; k < l->check_count; k++)
			free(l->checks[k]);
		for (size_t k = 0; k < l->stage_count; k++)
			free(l->stages[k]);
		free(l->checks);
		free(l->stages);
		free(l->name);
	}
	free(lanes->items);
	*lanes = (assay_lanes){0};
}
