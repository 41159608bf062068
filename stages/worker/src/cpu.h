/** What CPU the worker runs on, as its instructions see it. */
#ifndef ASSAY_WORKER_CPU_H
#define ASSAY_WORKER_CPU_H

#include <stddef.h>

/** Space-separated names of the vector extensions that CPUID tells of, "" on other machines than x86-64. */
char *cpu_features(char *out, size_t size);

#endif
