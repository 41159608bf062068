#include "assay/causes.h"

#include "assay/memory.h"

#include "gathering.h"

#include <string.h>

void assay_causes_release(assay_causes *c)
{
	assay_arena_release(&c->texts);
	*c = (assay_causes){0};
}

const char *assay_attribute_kind_name(unsigned kind)
{
	static const char *const names[] = {
	    [ASSAY_ATTRIBUTE_PARAMETER] = "parameter", [ASSAY_ATTRIBUTE_STAGE] = "stage",
	    [ASSAY_ATTRIBUTE_ENGINE] = "engine",       [ASSAY_ATTRIBUTE_MODEL] = "model",
	    [ASSAY_ATTRIBUTE_REMEDY] = "remedy",       [ASSAY_ATTRIBUTE_RECIPE] = "recipe",
	    [ASSAY_ATTRIBUTE_METADATA] = "metadata",   [ASSAY_ATTRIBUTE_FOLDER] = "folder",
	    [ASSAY_ATTRIBUTE_SOURCE] = "source",       [ASSAY_ATTRIBUTE_RUN] = "run",
	    [ASSAY_ATTRIBUTE_KIND] = "kind",           [ASSAY_ATTRIBUTE_METRIC] = "metric",
	};

	return kind < ASSAY_COUNT(names) ? names[kind] : NULL;
}

/* ---------------------------------------------------------------- the search */

typedef struct owned_codes {
	uint16_t *codes;
	uint64_t samples;
} owned_codes;

static void each_owner(gathering *g, const subject *x, void fn(traits *, uint32_t, owned_codes *), owned_codes *of)
{
	const known_recipe *k = &g->recipes[x->owners[OF_RECIPE]];

	fn(&g->traits, k->owner, of);
	fn(&g->traits, k->lacks, of);
	for (size_t i = OF_SOURCE; i <= OF_REMEDY; i++)
		if (x->owners[i] != GATHERING_NONE)
			fn(&g->traits, x->owners[i], of);
}

static void count_owner(traits *t, uint32_t owner, owned_codes *of)
{
	traits_count(t, owner, of->samples);
}

static void fill_owner(traits *t, uint32_t owner, owned_codes *of)
{
	traits_fill(t, owner, of->codes);
}

/* How many subjects from this one on have the same owners: those of a source, mostly. */
static size_t alike(const gathering *g, size_t from)
{
	const subject *x = &g->subjects[from];
	size_t n = 1;

	while (from + n < g->count && memcmp(x->owners, x[n].owners, sizeof x->owners) == 0)
		n++;
	return n;
}

static assay_code count_traits(gathering *g, assay_err *err)
{
	assay_code rc = traits_count_begin(&g->traits, err);

	for (size_t i = 0, n; i < g->count && rc == ASSAY_OK; i += n) {
		n = alike(g, i);
		each_owner(g, &g->subjects[i], count_owner, &(owned_codes){.samples = n});
	}
	return rc == ASSAY_OK ? traits_settle(&g->traits, g->count, err) : rc;
}

/* Columns of traits come first, then the metrics. */
static assay_code show_subjects(gathering *g, assay_association *a, assay_err *err)
{
	const size_t columns = g->traits.column_count, metrics = g->values.width;
	ASSAY_AUTO_FREE uint16_t *codes = assay_alloc(columns + metrics + 1, sizeof *codes);
	ASSAY_AUTO_FREE cell_cuts *cuts = assay_alloc(metrics, sizeof *cuts);
	assay_code rc = ASSAY_OK;

	if (codes == NULL || cuts == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "attributes");
	for (size_t i = 0; i < columns; i++)
		assay_association_unrelated(a, i, g->traits.columns[i].otherwise);
	for (size_t i = 0; i < metrics; i++) {
		cells_cuts(&cuts[i], g->ranges.items[i].cuts, g->ranges.items[i].cut_count);
		assay_association_ordered(a, columns + i, (uint16_t)(cuts[i].count + 1));
	}
	for (size_t i = 0, n = 0; i < g->count && rc == ASSAY_OK; i++, n--) {
		if (n == 0) {
			n = alike(g, i);
			traits_clear(&g->traits, codes);
			each_owner(g, &g->subjects[i], fill_owner, &(owned_codes){.codes = codes});
		}
		for (size_t m = 0; m < metrics; m++)
			codes[columns + m] = cells_level(&g->values, i, m, &cuts[m]);
		rc = assay_association_add(a, codes, g->subjects[i].failed, err);
	}
	return rc;
}

static assay_common name_trait(const gathering *g, const assay_hypothesis *h)
{
	const trait_column *c = &g->traits.columns[h->attribute];
	const interned *attribute = &g->traits.attributes.items[c->attribute];
	const uint32_t value = g->traits.kept[c->first + h->low];
	assay_common x = {.kind = (assay_attribute_kind)attribute->scope};

	/* The depth of a folder tells attributes apart, and is nothing to be told. */
	if (attribute->text[0] != '\0' && x.kind != ASSAY_ATTRIBUTE_FOLDER)
		x.name = attribute->text;
	if (value != TRAIT_ABSENT && strcmp(g->traits.values.items[value].text, TRAIT_NOT_THERE) != 0)
		x.value = g->traits.values.items[value].text;
	return x;
}

static assay_common name_range(const gathering *g, const assay_hypothesis *h)
{
	const range *r = &g->ranges.items[h->attribute - g->traits.column_count];
	assay_common x = {.kind = ASSAY_ATTRIBUTE_METRIC, .name = r->name, .unit = r->unit};

	if (h->low > r->cut_count)
		return x;
	x.has_low = h->low > 0;
	x.has_high = h->high < r->cut_count;
	if (x.has_low)
		x.low = (assay_decimal){r->cuts[h->low - 1], r->scale};
	if (x.has_high)
		x.high = (assay_decimal){r->cuts[h->high], r->scale};
	return x;
}

static assay_common name_hypothesis(const gathering *g, const assay_hypothesis *h, double log10_p)
{
	assay_common x = h->attribute < g->traits.column_count ? name_trait(g, h) : name_range(g, h);

	x.samples = h->samples;
	x.failed = h->failed;
	x.log10_p = log10_p;
	return x;
}

static assay_code name_causes(const gathering *g, const assay_association_report *r, assay_err *err)
{
	assay_causes *out = g->out;
	assay_companion *all = assay_arena_alloc(&out->texts, r->other_count + 1, sizeof *all);

	if (all == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "causes");
	for (size_t i = 0; i < r->finding_count; i++)
		out->causes[out->count++].is = name_hypothesis(g, &r->findings[i].is, r->findings[i].log10_p);
	for (size_t i = 0; i < r->other_count; i++) {
		assay_common_cause *c = &out->causes[r->others[i].finding];

		all[i] =
		    (assay_companion){name_hypothesis(g, &r->others[i].is, r->others[i].is.log10_p), r->others[i].same};
		if (c->companion_count++ == 0)
			c->companions = &all[i]; /* they are in the order of their causes */
	}
	out->hypotheses = r->hypotheses;
	out->more = r->more;
	return ASSAY_OK;
}

static assay_code search(gathering *g, assay_err *err)
{
	ASSAY_CLEANUP(assay_association_report_release) assay_association_report r = {0};
	assay_association *a = NULL;
	assay_code rc;

	ASSAY_TRY(count_traits(g, err));
	g->out->attributes = g->traits.column_count + g->values.width;
	ASSAY_TRY(assay_association_open(&a, g->out->attributes, err));
	ASSAY_TRY(show_subjects(g, a, err));
	ASSAY_TRY(assay_association_find(&r, a, ASSAY_CAUSES_ALPHA, ASSAY_CAUSES_SUPPORT, err));
	ASSAY_TRY(name_causes(g, &r, err));
fail:
	assay_association_close(a);
	return rc;
}

assay_code assay_causes_find(assay_causes *out, assay_store *s, const assay_version *v, const assay_feedback_set *set,
			     const unsigned char *judged, assay_err *err)
{
	gathering g = {.store = s, .version = v, .out = out, .run_owner = GATHERING_NONE};
	members m = {0};
	assay_code rc;

	*out = (assay_causes){0};
	g.traits.texts = g.ranges.texts = &out->texts;
	memset(g.kind_owners, 0xff, sizeof g.kind_owners);
	ASSAY_TRY(members_find(&m, s, v, set, err));
	ASSAY_TRY(gathering_list(&g, &m, set, judged, err));
	members_release(&m);
	out->samples = g.count;
	for (size_t i = 0; i < g.count; i++)
		out->failed += g.subjects[i].failed;
	if (out->failed > 0 && out->failed < out->samples) {
		ASSAY_TRY(gathering_read(&g, err));
		ASSAY_TRY(search(&g, err));
	}
fail:
	gathering_release(&g);
	members_release(&m);
	return rc;
}
