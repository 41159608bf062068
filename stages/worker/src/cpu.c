#include "cpu.h"

#include <string.h>

#ifdef __x86_64__
typedef struct feature {
	const char *name;
	int present;
} feature;
#endif

char *cpu_features(char *out, size_t size)
{
	size_t len = 0;

	if (size > 0)
		out[0] = '\0';
#ifdef __x86_64__
	/* __builtin_cpu_supports takes literals only. */
	const feature features[] = {
	    {"sse3", __builtin_cpu_supports("sse3")},         {"ssse3", __builtin_cpu_supports("ssse3")},
	    {"sse4.1", __builtin_cpu_supports("sse4.1")},     {"sse4.2", __builtin_cpu_supports("sse4.2")},
	    {"popcnt", __builtin_cpu_supports("popcnt")},     {"avx", __builtin_cpu_supports("avx")},
	    {"avx2", __builtin_cpu_supports("avx2")},         {"fma", __builtin_cpu_supports("fma")},
	    {"bmi2", __builtin_cpu_supports("bmi2")},         {"avx512f", __builtin_cpu_supports("avx512f")},
	    {"avx512bw", __builtin_cpu_supports("avx512bw")},
	};

	for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
		const size_t n = strlen(features[i].name), gap = len > 0;

		if (!features[i].present || len + gap + n >= size)
			continue;
		memcpy(out + len, " ", gap);
		memcpy(out + len + gap, features[i].name, n + 1);
		len += gap + n;
	}
#endif
	return out;
}
