/** Cores that this process may use. */
#ifndef ASSAY_CORES_H
#define ASSAY_CORES_H

unsigned assay_cores(void);

#endif
