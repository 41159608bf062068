#include "assay/sandbox.h"

#include "assay/memory.h"

#include <string.h>

char *assay_sandbox_layers_text(unsigned layers, char *out, size_t size)
{
	static const char *const names[] = {"no-new-privs", "rlimits", "seccomp", "broker", "landlock"};
	size_t len = 0;

	if (size > 0)
		out[0] = '\0';
	for (size_t i = 0; i < ASSAY_COUNT(names); i++) {
		const size_t n = strlen(names[i]), gap = len > 0;

		if ((layers & (1u << i)) == 0 || len + gap + n >= size)
			continue;
		memcpy(out + len, " ", gap);
		memcpy(out + len + gap, names[i], n + 1);
		len += gap + n;
	}
	return out;
}
