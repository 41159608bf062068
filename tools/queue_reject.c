#include "verbs.h"

#include "queue_command.h"

#include "assay/memory.h"

#include <inttypes.h>

static const assay_option options[] = {
    ASSAY_COMMAND_OPTIONS,     ASSAY_SELECTION_OPTIONS, ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY, {NULL, 0, NULL, NULL},
};

static assay_code reject(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err)
{
	assay_decision d = {.kind = ASSAY_DECISION_REJECT, .is_source = t->is_source};
	assay_code rc;

	(void)ctx;
	if (t->state == ASSAY_TICKET_PASSED || t->state == ASSAY_TICKET_GONE)
		return assay_command_refuse(t, err, "is %s: there is nothing to reject",
					    assay_ticket_state_name(t->state));
	if (t->is_source && t->failure == ASSAY_FAILURE_NONE)
		return assay_command_refuse(t, err,
					    "fails no more, and another file is in its place: take that back with "
					    "'assay queue retry T%" PRIu64 "', or reject its samples",
					    t->id);
	d.subject = assay_strdup(t->subject);
	rc = d.subject == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "decision")
			       : assay_command_basis(&d.basis, c, t, d.kind, err);
	if (rc == ASSAY_OK)
		return assay_command_decide(c, t, &d, err);
	assay_decision_release(&d);
	return rc;
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	if (assay_opt(in, "reason") == NULL || assay_opt(in, "reason")[0] == '\0')
		return assay_exit_of(ASSAY_RAISE(err, ASSAY_EUSAGE, "queue reject: --reason: say why it is given up"));
	ASSAY_TRY(assay_command_open(&c, in, err));
	ASSAY_TRY(assay_command_each(&c, reject, NULL, err));
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_reject = {
    .name = "reject",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "give samples or sources up: they are not delivered, and nobody is to look at them again",
    .help =
	"The tickets are settled as 'rejected'; the samples stay quarantined. When the source, the recipe or what "
	"is\nfound changes, the ticket is opened again by the next run. What was found in a page or stream (tables, "
	"shots,\nsegments) is rejected with it, and comes back with it: 'assay queue retry'.\n" ASSAY_COMMAND_HELP
	    ASSAY_SELECTION_HELP,
    .example = "  assay queue reject T12 --reason 'the page is torn'\n"
	       "  assay queue reject --failure decode --source 'scans/b7/**' --reason 'the disk was broken'\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue list, queue retry, why",
    .run = run,
};
