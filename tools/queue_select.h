/**
 * The selection of tickets that the sub-verbs of `queue` share: tickets by name (T12, the key of a sample, the path of
 * a source for the tickets of all its samples), narrowed by filters. What one filter names several times, or with
 * commas, is any of these; different filters must all hold.
 */
#ifndef ASSAY_QUEUE_SELECT_H
#define ASSAY_QUEUE_SELECT_H

#include "queue_obstacles.h"
#include "queue_stages.h"

#include "verb.h"

#include "assay/config.h"
#include "assay/queue.h"

/** Rows of the table of a verb that takes a selection. */
#define ASSAY_SELECTION_OPTIONS                                                                                        \
	{"check", 0, "CHECK", "only those that did not pass this check"},                                              \
	    {"stage", 0, "STAGE", "only those that failed in this stage, or a check on what it measures"},             \
	    {"failure", 0, "CLASS", "only failures of this class (decode, timeout...)"},                               \
	    {"modality", 0, "MODALITY", "only those whose source is of this modality"},                                \
	    {"kind", 0, "KIND", "only samples of this kind, or 'source'"},                                             \
	    {"state", 0, "STATE", "only those in this state"},                                                         \
	    {"origin", 0, "judged|feedback", "only those that judging opened, or feedback from an evaluation"},        \
	    {"age", 0, "AGE", "only those that were opened so long ago or longer"},                                    \
	    {"lane", 0, "NAME", "only those that the rules of assay.yaml put into this lane"},                         \
	    {"ended", 0, NULL, "only those about which somebody decided what holds no more; settled ones too"},        \
	{                                                                                                              \
		"source", 0, "PATTERN", "only those whose path starts with this, or matches it"                        \
	}
/** Two more, where the verb has no option of its own of that name. */
#define ASSAY_SELECTION_BY_METADATA                                                                                    \
	{                                                                                                              \
		"metadata", 0, "NAME=VALUE", "only those whose source is said to be this, as 'assay show' tells it"    \
	}
#define ASSAY_SELECTION_BY_REMEDY                                                                                      \
	{                                                                                                              \
		"remedy", 0, "REMEDY", "only those on which this remedy was tried, or is to be"                        \
	}

/** For the help of a verb that takes a selection. */
#define ASSAY_SELECTION_HELP                                                                                           \
	"A ticket is named by its number, by the key of its sample, or by a path, which stands for the tickets of "    \
	"all\n"                                                                                                        \
	"its samples (to verbs that decide without those passed or gone, where there are others). Filters can be\n"    \
	"combined; one that is given several times, or with commas, means any of these.\n"

typedef struct assay_selection {
	const assay_invocation *in;
	const char *own;             /* option of the verb that is no filter; NULL: none is */
	bool acts;                   /* a path is of the tickets that something can be done to */
	assay_obstacle_fn *obstacle; /* to what is done; NULL: only passed and gone ones are left out of a path */
	assay_store *store;
	uint64_t failures;                           /* bit of each class; 0: any */
	uint32_t states, modalities, kinds, origins; /* bits; 0: any. Kind 0 is a source */
	int64_t opened_until_ns;                     /* INT64_MAX: any */
	bool ended;                                  /* only where a decision stands that holds no more */
	bool named;                                  /* by operands: */
	uint64_t *ids;                               /* ascending, each once */
	size_t id_count, id_cap;
	uint64_t *left; /* of paths, those that the obstacle is in the way of; ascending, each once */
	size_t left_count, left_cap;
	assay_ticket_stages stages;
	assay_config *lanes;      /* NULL: any lane */
	assay_ticket_fn *damaged; /* of one that was named and cannot be read; NULL: it is left out, with a warning */
} assay_selection;

/**
 * Read the operands and filters of a verb. Without operands and without --state those that are open; with operands, with
 * --ended, or with a flag --all, those in any state.
 * @return ASSAY_EUSAGE for a filter that says nothing, ASSAY_ENOENT for a ticket that there is not; with --lane, what is
 *         wrong with assay.yaml
 */
ASSAY_NODISCARD assay_code assay_selection_init(assay_selection *out, const assay_invocation *in, assay_store *s,
						assay_err *err);
/**
 * The same for a verb that does something to the tickets, and may mean something else by the option `own`. A path is of
 * those that are neither passed nor gone, where it has such and no filter asks for others; with an obstacle, of those of
 * them that it is not in the way of, where there are such.
 */
ASSAY_NODISCARD assay_code assay_selection_init_to_act(assay_selection *out, const assay_invocation *in,
						       const char *own, assay_obstacle_fn *obstacle, assay_store *s,
						       assay_err *err);
void assay_selection_release(assay_selection *sel);
#define ASSAY_AUTO_SELECTION ASSAY_CLEANUP(assay_selection_release) assay_selection

/** Is there anything that narrows it: an operand, a filter? */
bool assay_selection_is_narrow(const assay_selection *sel);
/**
 * Each ticket of it in order of number, from the one after `after` on. Memory and reads grow with the tickets up to the
 * one at which fn returns ASSAY_ESTOP (which is no error), not with those after it.
 */
ASSAY_NODISCARD assay_code assay_selection_each(assay_selection *sel, uint64_t after, assay_ticket_fn *fn, void *ctx,
						assay_err *err);

/** The same of those of paths that were left out, for the obstacle. */
ASSAY_NODISCARD assay_code assay_selection_each_left(assay_selection *sel, assay_ticket_fn *fn, void *ctx,
						     assay_err *err);

/** Number of "T12"; false when it is no such name. */
bool assay_ticket_parse(const char *name, uint64_t *id);

#endif
