/** What a hostile file could make a decoder do, on request. For tests only. */
#ifndef TEST_STAGES_ACT_H
#define TEST_STAGES_ACT_H

#include "assay/stage.h"

/** NULL-ended names; test.misbehave's `act` is an index into it. */
extern const char *const test_acts[];

/**
 * Do it. Many acts do not return. Those that try to reach something return the errno that they met, 0 when they
 * succeeded.
 * @param path  for open, list, write, unlink
 * @param report  [out] for environment and descriptors: what they saw; else untouched
 */
int test_act(const char *name, const char *path, int source, assay_buf *report);

#endif
