/** Points in time as text: the date and date-time of RFC 3339, section 5.6. */
#ifndef ASSAY_MOMENT_H
#define ASSAY_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * "2026-01-02T03:04:05.678+01:00" as nanoseconds since 1970 UTC. The offset (or Z) must be there. A leap second counts
 * as the second after it; more than nine places are cut off.
 * @return false, and *ns untouched, for anything else, for days that no month has, and outside the years 1678 to 2261
 */
bool assay_moment_parse(int64_t *ns, const char *text);
/** "2026-01-02": its first instant in UTC. */
bool assay_date_parse(int64_t *ns, const char *text);
/** Either of the two, as people give it. */
bool assay_instant_parse(int64_t *ns, const char *text);

#endif
