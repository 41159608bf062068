/** Stages that exist only in test programs. See README.md. */
#ifndef TEST_STAGES_H
#define TEST_STAGES_H

#include "assay/stage.h"

extern const assay_stage assay_stage_test_read;
extern const assay_stage assay_stage_test_misbehave;

/* Rows of the metric tables. */
enum { TEST_READ_SIZE, TEST_READ_VALUE, TEST_READ_ERRNO, TEST_READ_KEPT };
enum { TEST_MISBEHAVE_ERRNO };

#endif
