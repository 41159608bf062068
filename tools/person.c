#include "person.h"

#include "assay/text.h"

#include <string.h>

/* C0, DEL and C1, which is C2 80 to C2 9F in UTF-8. */
static bool has_control(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	return false;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

bool assay_person_is_nobody(const char *name)
{
	return is_blank(name);
}

const char *assay_person_fault(const char *name)
{
	const size_t size = strlen(name);

	if (is_blank(name))
		return "is blank";
	if (size > ASSAY_PERSON_MAX)
		return "is longer than 200 bytes";
	if (assay_utf8_prefix(name, size) != size)
		return "is not UTF-8";
	return has_control(name) ? "holds a control character, such as a line break" : NULL;
}

const char *assay_reason_fault(const char *reason)
{
	if (is_blank(reason))
		return "is blank";
	return strlen(reason) > ASSAY_REASON_MAX ? "is longer than 4096 bytes: keep it elsewhere, and say where" : NULL;
}
