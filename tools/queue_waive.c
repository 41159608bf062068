#include "verbs.h"

#include "person.h"
#include "queue_command.h"

#include "assay/memory.h"
#include "assay/moment.h"

#include <string.h>

static const assay_option options[] = {
    {"owner", 0, "NAME", "who answers for it"},
    {"expires", 0, "DATE", "from then on it is judged as if it had never been waived (default: never)"},
    ASSAY_COMMAND_OPTIONS,
    ASSAY_SELECTION_OPTIONS,
    ASSAY_SELECTION_BY_METADATA,
    ASSAY_SELECTION_BY_REMEDY,
    {NULL, 0, NULL, NULL},
};

typedef struct waiver {
	const char *owner;
	int64_t expires_ns; /* 0: never */
} waiver;

static assay_code waive(void *ctx, assay_command *c, const assay_ticket *t, assay_err *err)
{
	const waiver *w = ctx;
	assay_decision d = {.kind = ASSAY_DECISION_WAIVE, .expires_ns = w->expires_ns};
	bool passes = false;
	assay_code rc = assay_command_allow(c, t, assay_obstacle_to_waiver, err);

	if (rc != ASSAY_OK)
		return rc;
	d.subject = assay_strdup(t->subject);
	d.owner = assay_strdup(w->owner);
	rc = d.subject == NULL || d.owner == NULL ? ASSAY_RAISE(err, ASSAY_ENOMEM, "decision")
						  : assay_command_basis(&d.basis, &passes, c, t, d.kind, err);
	if (rc == ASSAY_OK && passes && t->origin != ASSAY_TICKET_FEEDBACK)
		rc = assay_command_refuse(t, err,
					  "passes by the contracts as they were edited since it was judged: "
					  "there is nothing to waive, and 'assay judge' settles it");
	if (rc == ASSAY_OK)
		return assay_command_decide(c, t, &d, err);
	assay_decision_release(&d);
	return rc;
}

static assay_code parse(waiver *w, const assay_invocation *in, assay_err *err)
{
	const char *reason = assay_opt(in, "reason");
	bool expires; /* else it holds for good */

	*w = (waiver){.owner = assay_opt(in, "owner")};
	if (w->owner == NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue waive: --owner: say who answers for it");
	if (assay_person_fault(w->owner) != NULL)
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue waive: --owner: the name %s: say who answers for it",
				   assay_person_fault(w->owner));
	if (reason == NULL || assay_person_is_nobody(reason))
		return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue waive: --reason: say why it may pass");
	return assay_opt_moment(in, "expires", &expires, &w->expires_ns, err);
}

/* A waiver that is over when it is given is a mistake. */
static assay_code check_expiry(const waiver *w, const assay_command *c, assay_err *err)
{
	const int64_t now = c->opts.has_as_of ? c->opts.as_of_ns : c->now_ns;

	if (w->expires_ns == 0 || w->expires_ns > now)
		return ASSAY_OK;
	return ASSAY_RAISE(err, ASSAY_EUSAGE, "queue waive: --expires: '%s' is over already",
			   assay_opt(c->in, "expires"));
}

static int run(const assay_invocation *in, assay_err *err)
{
	ASSAY_AUTO_COMMAND c = {.rootfd = -1};
	waiver w;
	assay_code rc;
	int code = ASSAY_EXIT_OK;

	ASSAY_TRY(parse(&w, in, err));
	ASSAY_TRY(assay_command_open(&c, in, err));
	ASSAY_TRY(check_expiry(&w, &c, err));
	c.obstacle = assay_obstacle_to_waiver;
	ASSAY_TRY(assay_command_each(&c, waive, &w, err));
	ASSAY_TRY(assay_command_finish(&c, &code, err));
	return code;
fail:
	return assay_exit_of(rc);
}

const assay_verb assay_verb_queue_waive = {
    .name = "waive",
    .operands = "[TICKET|SAMPLE|PATH...]",
    .max_args = -1,
    .summary = "deliver samples although they fail, by name and for a reason",
    .help =
	"The samples are delivered with outcome 'waived' and with the checks that they fail. A waiver holds for what\n"
	"was waived: when the source, the recipe or what the checks find changes, or when it expires, the ticket is\n"
	"opened again by the next run. Expiry is judged at the run's --as-of. A waiver of what an evaluation told of, "
	"on a\n"
	"sample that passes every check, settles the ticket and changes no outcome and no version. Of a path those "
	"are\n"
	"waived that can be; what is left as it is, corrected or rejected for one, is told.\n" ASSAY_COMMAND_HELP
	    ASSAY_SELECTION_HELP,
    .example = "  assay queue waive T12 --owner Anna --reason 'a stamp over two words' --expires 2027-01-01\n"
	       "  assay queue waive --check skew --source scans/b7 --owner Anna --reason 'the book is bound so' -n\n",
    .options = options,
    .uses = ASSAY_USES_STORE | ASSAY_USES_LOCK | ASSAY_USES_CONFIG,
    .exits = assay_command_exits,
    .see_also = "queue list, queue retry, why, export",
    .run = run,
};
