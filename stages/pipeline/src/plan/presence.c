#include "presence.h"

#include "assay/log.h"
#include "assay/version.h"

#include <inttypes.h>

/* One that an earlier pattern took first is matched all the same. */
static bool is_matched(const assay_scan *s, const assay_config_source *rule)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->items[i].rule == rule)
			return true;
	for (size_t i = 0; i < s->count; i++)
		if (assay_glob_match(rule->pattern, s->items[i].path))
			return true;
	return false;
}

assay_code assay_presence_check(uint64_t *unmatched, const assay_scan *s, const assay_config *c, assay_store *store,
				bool allow_empty, assay_err *err)
{
	ASSAY_AUTO_VERSION last = {0};
	assay_code rc;

	*unmatched = 0;
	for (size_t i = 0; i < c->source_count; i++) {
		const assay_config_source *rule = &c->sources[i];

		if (is_matched(s, rule))
			continue;
		(*unmatched)++;
		assay_log(ASSAY_LOG_WARNING, "%s:%d:%d: no source matches '%s'", c->file, rule->pattern_line,
			  rule->pattern_column, rule->pattern);
	}
	if (s->count > 0 || allow_empty || store == NULL)
		return ASSAY_OK;
	rc = assay_version_latest(store, &last, err);
	if (rc == ASSAY_ENOENT)
		return ASSAY_OK;
	if (rc == ASSAY_OK && last.counts.in > 0)
		rc = ASSAY_RAISE(err, ASSAY_ENOENT,
				 "%s: there is no source at all, but the last version has %" PRIu64
				 " samples: bring the files back, or run with --allow-empty if they are to leave it",
				 c->file, last.counts.in);
	return rc;
}
