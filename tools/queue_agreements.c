#include "queue_agreements.h"

#include "tell.h"

#include <inttypes.h>
#include <stdio.h>

void assay_print_agreements(const assay_queue_standing *s, int indent)
{
	for (size_t i = 0; i < s->count; i++) {
		const assay_queue_verdict *v = &s->items[i];
		ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;

		if (v->met)
			continue;
		assay_queue_agreement_text(&text, v->is_age, v->bound, v->value);
		assay_say("%-*s %s: %s", indent, "breach", v->id, assay_buf_str(&text));
		if (v->ticket != 0)
			assay_say(" (T%" PRIu64 ")", v->ticket);
		assay_say(" (contract %s)\n", v->contract);
	}
}

void assay_json_agreements(assay_json *j, const assay_queue_standing *s)
{
	assay_json_key(j, "agreements");
	assay_json_array(j);
	for (size_t i = 0; i < s->count; i++) {
		const assay_queue_verdict *v = &s->items[i];
		char id[24];

		(void)snprintf(id, sizeof id, "T%" PRIu64, v->ticket);
		assay_json_object(j);
		assay_json_kstr(j, "contract", v->contract);
		assay_json_kstr(j, "id", v->id);
		assay_json_kstr(j, "property", v->is_age ? "queueAge" : "queueSize");
		assay_json_kint(j, "value", v->value);
		assay_json_key(j, "bound");
		assay_json_decimal(j, v->bound);
		assay_json_kstr(j, "unit", v->is_age ? "s" : "tickets");
		assay_json_kbool(j, "met", v->met);
		assay_json_kstr(j, "ticket", v->ticket != 0 ? id : NULL);
		assay_json_end(j);
	}
	assay_json_end(j);
}
