#include "cost.h"

#include "assay/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* time = fixed + by_size * size, in microseconds and bytes; neither is negative. */
typedef struct line {
	double fixed, by_size;
} line;

/* What a source is taken to cost while nothing at all is known: it only has to give the bar a shape. Old books, short
 * clips and recordings took so much with the pipelines of data/examples/mixed. */
static line guess(assay_modality modality)
{
	static const line guesses[] = {
	    [ASSAY_MODALITY_PAGE] = {1400000, 0},
	    [ASSAY_MODALITY_VIDEO] = {20000, 0.4},
	    [ASSAY_MODALITY_AUDIO] = {5000, 0.04},
	};

	return guesses[modality];
}

/* More than any document has: what is larger is no document yet. */
#define UNITS_MAX 1e6

/* ---------------------------------------------------------------- classes */

static void suffix_of(char out[ASSAY_COST_SUFFIX], const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash != NULL ? slash : path, '.');
	const size_t n = dot != NULL ? strlen(dot + 1) : 0;

	memset(out, 0, ASSAY_COST_SUFFIX);
	for (size_t i = 0; i < n && n < ASSAY_COST_SUFFIX; i++)
		out[i] = dot[1 + i] >= 'A' && dot[1 + i] <= 'Z' ? (char)(dot[1 + i] - 'A' + 'a') : dot[1 + i];
}

static assay_cost_class *find_class(const assay_costs *c, assay_modality modality, const char *path)
{
	char suffix[ASSAY_COST_SUFFIX];

	suffix_of(suffix, path);
	for (size_t i = 0; i < c->count; i++)
		if (c->classes[i].modality == modality && memcmp(c->classes[i].suffix, suffix, sizeof suffix) == 0)
			return &c->classes[i];
	return NULL;
}

/* Names are the users' to choose: beyond this many suffixes the rest share the one without. */
#define CLASSES_MAX 256

static assay_code make_class(assay_cost_class **out, assay_costs *c, assay_modality modality, const char *path,
			     assay_err *err)
{
	assay_code rc;

	*out = find_class(c, modality, path);
	if (*out == NULL && c->count >= CLASSES_MAX)
		*out = find_class(c, modality, "");
	if (*out != NULL)
		return ASSAY_OK;
	rc = assay_grow(&c->classes, &c->cap, c->count, sizeof *c->classes, err);
	if (rc != ASSAY_OK)
		return rc;
	*out = &c->classes[c->count++];
	**out = (assay_cost_class){.modality = modality};
	if (c->count <= CLASSES_MAX)
		suffix_of((*out)->suffix, path);
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- fitting */

static line fit(const assay_cost_sums *s, double total, double total_size)
{
	const double mean = total / s->n;
	const double spread = s->size_size - s->size * s->size / s->n;
	const double slope = spread > 0 ? (total_size - s->size * total / s->n) / spread : 0;
	const double fixed = mean - slope * s->size / s->n;

	if (s->n < 3 || slope <= 0)
		return (line){mean, 0};
	/* Larger ones cost more than in proportion: through zero it is, so that small ones do not cost less than nothing. */
	return fixed >= 0 ? (line){fixed, slope} : (line){0, total / s->size};
}

/* A store may say what it likes: thirty years are enough, and can be added up. */
static uint64_t whole(double us)
{
	return us >= 1e15 ? (uint64_t)1e15 : us > 0 ? (uint64_t)us : 0;
}

static double at(line l, uint64_t size)
{
	return l.fixed + l.by_size * (double)size;
}

static void add_share(assay_cost_sums *to, const assay_cost_sums *from, double share)
{
	to->n += share * from->n;
	to->size += share * from->size;
	to->size_size += share * from->size_size;
	to->cpu += share * from->cpu;
	to->cpu_size += share * from->cpu_size;
	to->cpu_cpu += share * from->cpu_cpu;
	to->wall += share * from->wall;
	to->wall_size += share * from->wall_size;
	to->units += share * from->units;
}

static void add_sums(assay_cost_sums *to, const assay_cost_sums *from)
{
	add_share(to, from, 1);
}

static assay_cost_sums of_modality(const assay_costs *c, assay_modality modality, bool present_recipe)
{
	assay_cost_sums sum = {0};

	for (size_t i = 0; i < c->count; i++)
		if (c->classes[i].modality == modality)
			add_sums(&sum, &c->classes[i].seen[present_recipe]);
	return sum;
}

static assay_cost_basis nearest(const assay_costs *c, assay_modality modality, const assay_cost_class *class,
				assay_cost_sums *out)
{
	for (unsigned other = 0; other < 2; other++) {
		if (class != NULL && class->seen[!other].n > 0) {
			*out = class->seen[!other];
			return other ? ASSAY_COST_SUFFIXED : ASSAY_COST_SAME;
		}
		*out = of_modality(c, modality, !other);
		if (out->n > 0)
			return other ? ASSAY_COST_MODALITY : ASSAY_COST_RECIPE;
	}
	return ASSAY_COST_NONE;
}

/* ---------------------------------------------------------------- learning and telling */

assay_code assay_costs_learn(assay_costs *c, assay_modality modality, const char *path, uint64_t size,
			     bool present_recipe, const assay_cost *took, assay_err *err)
{
	const double bytes = (double)size, cpu = (double)took->cpu_us, wall = (double)took->wall_us;
	const assay_cost_sums one = {1,         bytes, bytes * bytes, cpu,        cpu * bytes,
				     cpu * cpu, wall,  wall * bytes,  took->units};
	assay_cost_class *class;
	const assay_code rc = make_class(&class, c, modality, path, err);

	if (rc == ASSAY_OK)
		add_sums(&class->seen[present_recipe], &one);
	return rc;
}

/* A gigabyte a second, and what opening a file takes. */
uint64_t assay_digest_us(uint64_t size)
{
	return 150 + size / 1000;
}

/* The files of a run are more like each other than like those of the years before. */
#define LOOSE_SOURCES 8.0

void assay_costs_loosen(assay_costs *c)
{
	for (size_t i = 0; i < c->count; i++)
		for (unsigned k = 0; k < 2; k++) {
			assay_cost_sums *s = &c->classes[i].seen[k];
			const assay_cost_sums all = *s;

			if (all.n <= LOOSE_SOURCES)
				continue;
			*s = (assay_cost_sums){0};
			add_share(s, &all, LOOSE_SOURCES / all.n);
		}
}

static double units_of(double n)
{
	return n > UNITS_MAX ? UNITS_MAX : n > 1 ? n : 1;
}

assay_cost assay_costs_of(const assay_costs *c, assay_modality modality, const char *path, uint64_t size)
{
	const double bytes = (double)size;
	assay_cost_sums s;
	assay_cost cost = {.basis = nearest(c, modality, find_class(c, modality, path), &s), .units = 1};
	line cpu = guess(modality), wall = cpu;

	if (cost.basis != ASSAY_COST_NONE) {
		cpu = fit(&s, s.cpu, s.cpu_size);
		wall = fit(&s, s.wall, s.wall_size);
		/* Pages go with bytes: a document of twice the size has about twice the units. */
		if (s.units > s.n && s.size > 0)
			cost.units = units_of(s.units / s.size * bytes);
	}
	cost.cpu_us = whole(at(cpu, size));
	cost.wall_us = whole(at(wall, size));
	return cost;
}

/* Of another recipe it tells how this source differs from others of its kind; they tell how the recipes differ. */
assay_cost assay_costs_again(const assay_costs *c, assay_modality modality, const char *path, uint64_t size,
			     bool present_recipe, const assay_cost *took)
{
	const assay_cost now = assay_costs_of(c, modality, path, size);
	const assay_cost_class *class = find_class(c, modality, path);
	assay_cost cost = *took;
	assay_cost_sums s;
	double cpu, wall;

	cost.basis = present_recipe ? ASSAY_COST_SAME : ASSAY_COST_SUFFIXED;
	if (present_recipe || now.basis > ASSAY_COST_RECIPE || class == NULL || class->seen[0].n <= 0)
		return cost;
	s = class->seen[0];
	cpu = at(fit(&s, s.cpu, s.cpu_size), size);
	wall = at(fit(&s, s.wall, s.wall_size), size);
	cost.cpu_us = cpu > 0 ? whole((double)took->cpu_us * (double)now.cpu_us / cpu) : now.cpu_us;
	cost.wall_us = wall > 0 ? whole((double)took->wall_us * (double)now.wall_us / wall) : now.wall_us;
	cost.basis = now.basis;
	return cost;
}

assay_code assay_costs_add_left(assay_costs *c, assay_modality modality, const char *path, uint64_t size,
				assay_err *err)
{
	assay_cost_class *class;
	const assay_code rc = make_class(&class, c, modality, path, err);

	if (rc != ASSAY_OK)
		return rc;
	class->left += 1;
	class->left_size += (double)size;
	return ASSAY_OK;
}

void assay_costs_take_left(assay_costs *c, assay_modality modality, const char *path, uint64_t size)
{
	assay_cost_class *class = find_class(c, modality, path);

	if (class == NULL)
		class = find_class(c, modality, "");
	if (class == NULL || class->left < 1)
		return;
	class->left -= 1;
	class->left_size -= class->left_size < (double)size ? class->left_size : (double)size;
}

/* Lines add up: many sources cost what one of all their bytes would, but for the fixed parts. */
assay_costs_sum assay_costs_left(const assay_costs *c)
{
	double us = 0, guessed = 0;

	for (size_t i = 0; i < c->count; i++) {
		const assay_cost_class *class = &c->classes[i];
		assay_cost_sums s;
		line cpu = guess(class->modality);
		double all;
		bool known;

		if (class->left <= 0)
			continue;
		known = nearest(c, class->modality, class, &s) != ASSAY_COST_NONE;
		if (known)
			cpu = fit(&s, s.cpu, s.cpu_size);
		all = class->left * cpu.fixed + class->left_size * cpu.by_size;
		us += all;
		guessed += known ? 0 : all;
	}
	return (assay_costs_sum){whole(us), whole(guessed)};
}

/* Of one source about its line. So few that they lie on it say nothing of others. */
static double variance(const assay_cost_sums *s)
{
	const line l = fit(s, s->cpu, s->cpu_size);
	const double mean = s->cpu / s->n;
	const double squares = s->cpu_cpu - 2 * l.fixed * s->cpu - 2 * l.by_size * s->cpu_size +
			       s->n * l.fixed * l.fixed + 2 * l.fixed * l.by_size * s->size +
			       l.by_size * l.by_size * s->size_size;

	if (s->n < 3)
		return mean * mean;
	return squares > 0 ? squares / (s->n - 2) : 0;
}

/* Each source is off by itself, and all of a class together by what the line itself is off. */
uint64_t assay_costs_margin(const assay_costs *c, assay_modality modality)
{
	double sum = 0;

	for (size_t i = 0; i < c->count; i++) {
		const assay_cost_class *class = &c->classes[i];
		assay_cost_sums s;

		if (class->modality != modality || class->left <= 0 ||
		    nearest(c, modality, class, &s) == ASSAY_COST_NONE)
			continue;
		sum += variance(&s) * class->left * (1 + class->left / s.n);
	}
	return whole(2 * sqrt(sum));
}

void assay_costs_release(assay_costs *c)
{
	free(c->classes);
	*c = (assay_costs){0};
}

/* ---------------------------------------------------------------- how long it takes */

struct assay_makespan {
	unsigned count;
	double busy[]; /* until when, by worker */
};

assay_code assay_makespan_open(assay_makespan **out, unsigned workers, assay_err *err)
{
	size_t size;

	*out = NULL;
	if (assay_mul_size(&size, workers, sizeof(double)) && assay_add_size(&size, size, sizeof **out))
		*out = assay_alloc(1, size);
	if (*out == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "plan");
	(*out)->count = workers;
	return ASSAY_OK;
}

static double *first_free(assay_makespan *m)
{
	size_t best = 0;

	for (size_t i = 1; i < m->count; i++)
		if (m->busy[i] < m->busy[best])
			best = i;
	return &m->busy[best];
}

/* A unit begins when its worker is free, but not before `from`; yields its end. */
static double run_one(assay_makespan *m, double from, double us)
{
	double *w = first_free(m);

	*w = (*w > from ? *w : from) + us;
	return *w;
}

void assay_makespan_add(assay_makespan *m, const assay_cost *cost)
{
	/* More pieces than a few for each worker change nothing. */
	const double most = 8.0 * m->count;
	const double pieces = cost->units > most ? most : cost->units;
	const double each = (double)cost->wall_us / pieces;
	double left = (double)cost->wall_us - each, told;

	told = run_one(m, 0, each);
	while (left > 0.5) {
		(void)run_one(m, told, left < each ? left : each);
		left -= each;
	}
}

uint64_t assay_makespan_us(const assay_makespan *m)
{
	double last = 0;

	for (size_t i = 0; i < m->count; i++)
		if (m->busy[i] > last)
			last = m->busy[i];
	return whole(last);
}

void assay_makespan_close(assay_makespan *m)
{
	free(m);
}
