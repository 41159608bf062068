/** Where decisions stand in the index. */
#ifndef ASSAY_DECISION_INDEX_H
#define ASSAY_DECISION_INDEX_H

#include "assay/decision.h"

#include "catalog.h"

assay_index_type assay_decision_index(assay_decision_slot slot);

#endif
