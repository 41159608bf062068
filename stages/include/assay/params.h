/** Parameters of a stage: defaults, text in, canonical CBOR in and out, all driven by the stage's one table. */
#ifndef ASSAY_PARAMS_H
#define ASSAY_PARAMS_H

#include "assay/cbor.h"
#include "assay/json.h"
#include "assay/stage.h"

/** The stage's params struct with every default in place; free with assay_params_free. */
ASSAY_NODISCARD assay_code assay_params_new(void **out, const assay_stage *stage, assay_err *err);
/** A copy of its own; free it likewise. ASSAY_OK or ASSAY_ENOMEM. */
ASSAY_NODISCARD assay_code assay_params_copy(void **out, const assay_stage *stage, const void *params, assay_err *err);
void assay_params_free(const assay_stage *stage, void *params); /* NULL is fine */

/** Row of that name, NULL if there is none. */
const assay_param *assay_param_find(const assay_stage *stage, const char *name);

/**
 * Set one parameter from text. ASSAY_ECONFIG with a message that says what is allowed ("psm: 14 is not in 0..13",
 * "method: 'savola' is none of otsu, sauvola, adaptive, did you mean 'sauvola'?"). A LIST takes one item and appends
 * it; call assay_params_clear_list first.
 */
ASSAY_NODISCARD assay_code assay_params_set(const assay_stage *stage, void *params, const assay_param *row,
					    const char *text, assay_err *err);
void assay_params_clear_list(const assay_stage *stage, void *params, const assay_param *row);
/** Check what only holds for whole lists (item counts). */
ASSAY_NODISCARD assay_code assay_params_check(const assay_stage *stage, const void *params, assay_err *err);

/** Canonical record: array of [name, value] in table order, decimals as text, `local` rows only when with_local. */
void assay_params_encode(assay_buf *out, const assay_stage *stage, const void *params, bool with_local);
/** Inverse of encode with_local == true, for the worker. Values are range-checked again. */
ASSAY_NODISCARD assay_code assay_params_decode(void **out, const assay_stage *stage, assay_cbor_reader *r,
					       assay_err *err);
/** One parameter as text, as a user would write it. */
void assay_params_text(assay_buf *out, const assay_param *row, const void *params);
/** Object of all parameters. */
void assay_params_json(assay_json *j, const assay_stage *stage, const void *params, bool with_local);

#endif
