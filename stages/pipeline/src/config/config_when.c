/** when: what a sample must have been measured to be for a ladder to be climbed. */
#include "config_loader.h"

#include "assay/memory.h"

#include <stdlib.h>

static const assay_vocabulary_metric *made_metric(config_loader *l, const assay_yaml_node *n, const char *name)
{
	const assay_vocabulary *v = &l->c->vocabulary;
	const size_t at = assay_vocabulary_find(v, name);

	if (at == SIZE_MAX)
		config_report_no_metric(l, n);
	else if (!v->items[at].made && !l->pipelines_wrong)
		CONFIG_ERROR(l, n, "no pipeline makes metric '%s': add the stage '%s'", name, v->items[at].stage);
	return at != SIZE_MAX ? &v->items[at] : NULL;
}

/* False, and a finding, when it is there and no number. */
static bool read_bound(config_loader *l, const assay_yaml_node *map, const char *key, bool *has, assay_decimal *out)
{
	const assay_yaml_node *n = assay_yaml_get(map, key);
	const char *text = n != NULL ? config_text(n) : NULL;

	*has = n != NULL;
	if (n == NULL || (text != NULL && assay_decimal_parse(out, text)))
		return true;
	CONFIG_ERROR(l, n, "'%s' must be a decimal number", key);
	return false;
}

static void read_bounds(config_loader *l, const assay_yaml_node *map, assay_config_when *w)
{
	if (!read_bound(l, map, "above", &w->has_above, &w->above) ||
	    !read_bound(l, map, "below", &w->has_below, &w->below))
		return;
	if (!w->has_above && !w->has_below)
		CONFIG_ERROR(l, map, "'when' needs 'above', 'below' or both");
	else if (w->has_above && w->has_below && assay_decimal_cmp(w->above, w->below) >= 0)
		CONFIG_ERROR(l, map, "no value is above and below: 'above' must be less than 'below'");
}

assay_code config_read_when(config_loader *l, const assay_yaml_node *remedy, assay_config_when *w)
{
	static const char *const names[] = {"metric", "above", "below", NULL};
	const assay_yaml_node *map = assay_yaml_get(remedy, "when"), *metric;

	if (map == NULL)
		return ASSAY_OK;
	metric = assay_yaml_get(map, "metric");
	if (map->type != ASSAY_YAML_MAPPING || config_text(metric) == NULL) {
		CONFIG_ERROR(l, map, "'when' must name a metric and a bound: {metric: ocr.cer_estimated, below: 0.2}");
		return ASSAY_OK;
	}
	assay_yaml_only(map, names, l->file, l->d);
	read_bounds(l, map, w);
	if (made_metric(l, metric, metric->text) == NULL)
		return ASSAY_OK;
	free(w->metric);
	w->metric = assay_strdup(metric->text);
	return w->metric != NULL ? ASSAY_OK : CONFIG_ENOMEM(l);
}

bool assay_config_when_holds(const assay_config_when *w, assay_decimal value)
{
	return (!w->has_above || assay_decimal_cmp(value, w->above) > 0) &&
	       (!w->has_below || assay_decimal_cmp(value, w->below) < 0);
}
