/**
 * What work costs, learned from what it cost before. Sources are classed by modality and by the suffix of their names;
 * in each class time is a fixed part plus a part by size, fitted by least squares, so that the sum over many sources
 * is right even where single ones are not. Costs steer the progress bar and a dry run; nothing that is stored
 * depends on them.
 */
#ifndef ASSAY_COST_H
#define ASSAY_COST_H

#include "assay/error.h"
#include "assay/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_COST_SUFFIX 8

/* How near to a source the history is that its cost is taken from; the nearest that has any is used. */
typedef enum assay_cost_basis {
	ASSAY_COST_SAME,     /* this recipe, files of this suffix */
	ASSAY_COST_RECIPE,   /* this recipe, other files */
	ASSAY_COST_SUFFIXED, /* files of this suffix under another recipe */
	ASSAY_COST_MODALITY, /* other files under another recipe */
	ASSAY_COST_NONE,     /* no history: a guess, to have a bar at all */
} assay_cost_basis;
#define ASSAY_COST_BASES 5

typedef struct assay_cost {
	uint64_t cpu_us, wall_us;
	double units; /* of work, at least 1 for what is run */
	assay_cost_basis basis;
} assay_cost;

/* Sums over what was seen of one class. */
typedef struct assay_cost_sums {
	double n, size, size_size, cpu, cpu_size, cpu_cpu, wall, wall_size, units;
} assay_cost_sums;

typedef struct assay_cost_class {
	assay_modality modality;
	char suffix[ASSAY_COST_SUFFIX]; /* lower case, without the dot; "" for none or a long one */
	assay_cost_sums seen[2];        /* under other recipes, and under the present one */
	double left, left_size;         /* sources still to be done, and their bytes */
} assay_cost_class;

typedef struct assay_costs {
	assay_cost_class *classes;
	size_t count, cap;
} assay_costs;

/** A source whose units took so much. */
ASSAY_NODISCARD assay_code assay_costs_learn(assay_costs *c, assay_modality modality, const char *path, uint64_t size,
					     bool present_recipe, const assay_cost *took, assay_err *err);
/** What digesting a file takes: an order of magnitude, since no store holds it. */
uint64_t assay_digest_us(uint64_t size);

/** Let what is learned from now on count more than all that was learned before. */
void assay_costs_loosen(assay_costs *c);
/** What a source will probably take. */
assay_cost assay_costs_of(const assay_costs *c, assay_modality modality, const char *path, uint64_t size);

/** What one will probably take that took so much when it was last done, of the same size. */
assay_cost assay_costs_again(const assay_costs *c, assay_modality modality, const char *path, uint64_t size,
			     bool present_recipe, const assay_cost *took);

/** A source will have to be done; or is done, whatever it took. */
ASSAY_NODISCARD assay_code assay_costs_add_left(assay_costs *c, assay_modality modality, const char *path,
						uint64_t size, assay_err *err);
void assay_costs_take_left(assay_costs *c, assay_modality modality, const char *path, uint64_t size);
/** CPU microseconds that all sources left will probably take, by what is known now. */
typedef struct assay_costs_sum {
	uint64_t cpu_us;
	uint64_t guessed_us; /* of it, what no history speaks of */
} assay_costs_sum;
assay_costs_sum assay_costs_left(const assay_costs *c);

/**
 * By how much the CPU microseconds of a modality's sources left may well be off: twice the standard deviation of their
 * sum, by how far those of the history lie from their line. What no history speaks of is not in it.
 */
uint64_t assay_costs_margin(const assay_costs *c, assay_modality modality);

void assay_costs_release(assay_costs *c);

/**
 * When the last of `count` workers is done if each source goes to the one that is free first, in the order given.
 * A source of many units is spread over as many workers once its first unit has told how many there are.
 */
typedef struct assay_makespan assay_makespan;
ASSAY_NODISCARD assay_code assay_makespan_open(assay_makespan **out, unsigned workers, assay_err *err);
void assay_makespan_add(assay_makespan *m, const assay_cost *cost);
uint64_t assay_makespan_us(const assay_makespan *m);
void assay_makespan_close(assay_makespan *m);

#endif
