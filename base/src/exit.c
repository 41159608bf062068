#include "assay/exit.h"

int assay_exit_of(assay_code code)
{
	switch (code) {
	case ASSAY_OK:
		return ASSAY_EXIT_OK;
	case ASSAY_EUSAGE:
		return ASSAY_EXIT_USAGE;
	case ASSAY_ENOENT:
		return ASSAY_EXIT_NO_INPUT;
	case ASSAY_ECONFIG:
	case ASSAY_EUNSUPPORTED:
		return ASSAY_EXIT_CONFIG;
	case ASSAY_EBUSY:
	case ASSAY_ESTOP:
	case ASSAY_ENOMEM:
		return ASSAY_EXIT_TEMPORARY;
	case ASSAY_EPERM:
		return ASSAY_EXIT_PERMISSION;
	case ASSAY_EIO:
	case ASSAY_EFULL:
		return ASSAY_EXIT_IO;
	case ASSAY_ECORRUPT:
	case ASSAY_EEMPTY:
	case ASSAY_ESHORT:
		return ASSAY_EXIT_BAD_INPUT;
	case ASSAY_EDIFFER:
		return ASSAY_EXIT_DIFFERENCE;
	case ASSAY_EINVAL:
		return ASSAY_EXIT_BUG;
	}
	return ASSAY_EXIT_BUG;
}
