/* Feedback must name a version that is there, and an object that is there and holds what the row says. */
#include "check_finding.h"

#include "assay/feedback.h"
#include "assay/object.h"

#include <inttypes.h>
#include <stdio.h>

/* Objects that are damaged are told of themselves; what is said here is that the row speaks of another. */
static assay_code check_object(assay_check *c, const char *name, const assay_feedback *f, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK_SET set = {0};
	char detail[96] = "";
	size_t finding;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_check_named(c, &f->object, &finding, err);

	if (rc != ASSAY_OK || finding != SIZE_MAX)
		return rc;
	rc = assay_feedback_set_load(&set, c->store, &f->object, &e);
	if (rc == ASSAY_EIO || assay_check_is_damage(rc))
		return assay_check_add(c, "row", name, CHECK_NOTHING, 0, e.msg, err);
	if (rc != ASSAY_OK)
		return assay_check_stop(rc, &e, err);
	if (!assay_digest_eq(&set.version, &f->version))
		(void)snprintf(detail, sizeof detail, "its results are of another version");
	else if (set.count != f->results)
		(void)snprintf(detail, sizeof detail, "says %" PRIu64 " results where there are %zu", f->results,
			       set.count);
	return detail[0] != '\0' ? assay_check_add(c, "row", name, CHECK_NOTHING, 0, detail, err) : ASSAY_OK;
}

assay_code assay_check_feedback(assay_check *c, uint64_t id, assay_err *err)
{
	ASSAY_AUTO_FEEDBACK f = {0};
	char name[CHECK_NAME];
	bool there;
	assay_err e = ASSAY_ERR_INIT;
	assay_code rc = assay_feedback_get(c->store, id, &f, &e);

	rc = assay_check_row(c, rc, &e, ASSAY_TABLE_FEEDBACK, id, CHECK_NOTHING, &there, err);
	if (rc != ASSAY_OK || !there)
		return rc;
	(void)assay_check_row_name(ASSAY_TABLE_FEEDBACK, id, name);
	rc = assay_check_target(c, name, &f.version, err);
	return rc == ASSAY_OK ? check_object(c, name, &f, err) : rc;
}
