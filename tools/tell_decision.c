#include "tell_decision.h"

#include "assay/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *assay_decision_standing_name(unsigned standing)
{
	static const char *const names[] = {[ASSAY_DECISION_STANDS] = "stands",
					    [ASSAY_DECISION_SUPERSEDED] = "superseded",
					    [ASSAY_DECISION_WITHDRAWN] = "withdrawn",
					    [ASSAY_DECISION_TAKEN_OUT] = "taken out",
					    [ASSAY_DECISION_DAMAGED] = "damaged"};

	return standing < ASSAY_COUNT(names) ? names[standing] : NULL;
}

const char *assay_way_name(unsigned way)
{
	static const char *const names[] = {[ASSAY_WAY_PLAIN] = "plain",
					    [ASSAY_WAY_REMEDY] = "remedy",
					    [ASSAY_WAY_CORRECTED] = "corrected",
					    [ASSAY_WAY_REPLACED] = "replaced"};

	return way < ASSAY_COUNT(names) ? names[way] : NULL;
}

static void tell_file(assay_buf *out, const assay_decision *d, const char *before)
{
	if (d->file == NULL)
		return;
	assay_buf_puts(out, before);
	assay_tell_safe(out, d->file);
}

static void tell_metadata(assay_buf *out, const assay_decision *d)
{
	for (size_t i = 0; i < d->count; i++) {
		assay_buf_puts(out, i == 0 ? ": " : ", ");
		assay_tell_safe(out, d->keys[i]);
		assay_buf_putc(out, '=');
		assay_tell_safe(out, d->values[i]);
	}
}

/* Who answers for it: of a waiver its owner; of what a version says nobody. */
static void tell_who(assay_buf *out, const char *what, const assay_decision *d)
{
	const char *who = d->owner != NULL ? d->owner : d->actor;

	assay_buf_puts(out, what);
	if (who == NULL)
		return;
	assay_buf_puts(out, " by ");
	assay_tell_safe(out, who);
}

/* What it said is lost, and how to go on without it. */
static void tell_damaged(assay_buf *out, const assay_decision *d)
{
	assay_buf_printf(out,
			 "D%" PRIu64 " cannot be read, and every run stops for it: 'assay queue retry --decision "
			 "%" PRIu64 " --reason TEXT' takes it out",
			 d->id, d->id);
}

void assay_tell_decision(assay_buf *out, const assay_decision *d)
{
	char time[32];

	if (d->standing == ASSAY_DECISION_DAMAGED) {
		tell_damaged(out, d);
		return;
	}
	switch (d->kind) {
	case ASSAY_DECISION_WAIVE:
		tell_who(out, "waived", d);
		if (d->expires_ns != 0)
			assay_buf_printf(out, " until %s", assay_tell_time(d->expires_ns, time));
		break;
	case ASSAY_DECISION_REJECT:
		tell_who(out, "rejected", d);
		break;
	case ASSAY_DECISION_CORRECT:
		tell_who(out, "corrected", d);
		tell_file(out, d, " from ");
		break;
	case ASSAY_DECISION_REPLACE:
		tell_who(out, "replaced", d);
		tell_file(out, d, " with ");
		break;
	case ASSAY_DECISION_METADATA:
		tell_who(out, "metadata", d);
		tell_metadata(out, d);
		break;
	case ASSAY_DECISION_REMEDY:
		tell_who(out, "retried", d);
		assay_buf_puts(out, " with remedy ");
		assay_tell_safe(out, d->remedy);
		break;
	}
	if (d->standing != ASSAY_DECISION_STANDS && d->standing != 0)
		assay_buf_printf(out, " (%s since)", assay_decision_standing_name(d->standing));
}

void assay_say_decision(const char *word, const assay_decision *d)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT, reason = ASSAY_BUF_INIT, actor = ASSAY_BUF_INIT;
	char hex[ASSAY_DIGEST_HEX], time[32];

	assay_tell_decision(&text, d);
	assay_tell_safe(&reason, d->reason);
	assay_tell_safe(&actor, d->actor);
	assay_say("%-9s %s\n", word, assay_buf_str(&text));
	if (d->standing == ASSAY_DECISION_DAMAGED)
		return;
	if (!assay_digest_is_zero(&d->payload))
		assay_say("          sha256:%s\n", assay_digest_hex(&d->payload, hex));
	if (reason.len > 0)
		assay_say("          %s\n", assay_buf_str(&reason));
	assay_say("          told by %s, %s\n", assay_buf_str(&actor), assay_tell_time(d->made_ns, time));
}

void assay_json_decision_members(assay_json *j, const assay_decision *d)
{
	assay_json_kuint(j, "id", d->id);
	assay_json_kstr(j, "kind", assay_decision_kind_name(d->kind));
	assay_json_kstr(j, "standing", assay_decision_standing_name(d->standing));
	assay_json_kstr(j, "subject", d->subject);
	assay_json_kstr(j, "actor", d->actor);
	assay_json_kstr(j, "owner", d->owner);
	assay_json_kstr(j, "reason", d->reason != NULL && d->reason[0] != '\0' ? d->reason : NULL);
	assay_json_ktime(j, "at", d->made_ns);
	assay_json_ktime(j, "expires", d->expires_ns);
	assay_json_kstr(j, "remedy", d->remedy);
	assay_json_kdigest(j, "payload", assay_digest_is_zero(&d->payload) ? NULL : &d->payload);
	assay_json_kstr(j, "file", d->file);
	assay_json_key(j, "metadata");
	assay_json_object(j);
	for (size_t i = 0; i < d->count; i++)
		assay_json_kstr(j, d->keys[i], d->values[i]);
	assay_json_end(j);
}

void assay_json_decision(assay_json *j, const char *key, const assay_decision *d)
{
	assay_json_key(j, key);
	if (d->id == 0) {
		assay_json_null(j);
		return;
	}
	assay_json_object(j);
	assay_json_decision_members(j, d);
	assay_json_end(j);
}
