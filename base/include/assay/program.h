/** The program's own version, for `assay version` and run records. */
#ifndef ASSAY_PROGRAM_H
#define ASSAY_PROGRAM_H

#define ASSAY_PROGRAM_VERSION "0.1.0"

#endif
