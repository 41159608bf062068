#include "media.h"

assay_code media_make_all(const char *dir, assay_err *err)
{
	media_set set;
	assay_code rc = media_set_open(&set, dir, err);

	if (rc != ASSAY_OK)
		return rc;
	ASSAY_TRY(media_make_pages(&set, err));
	ASSAY_TRY(media_make_videos(&set, err));
	ASSAY_TRY(media_make_recordings(&set, err));
	rc = media_set_finish(&set, err);
fail:
	media_set_release(&set);
	return rc;
}
