#include "slots.h"

#include "verb.h"

#include "assay/kind.h"
#include "assay/queue.h"
#include "assay/registry.h"
#include "assay/sample.h"

#include <string.h>

/* ---------------------------------------------------------------- what this build knows */

static const char *stage(size_t n)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		if (i == n)
			return assay_stages[i]->name;
	return NULL;
}

static const char *modality(size_t n)
{
	return n < ASSAY_MODALITY_MAX ? assay_modality_name((unsigned)n + 1) : NULL;
}

static const char *kind(size_t n)
{
	if (n == 0)
		return "source";
	return n <= ASSAY_SAMPLE_KIND_MAX ? assay_sample_kind_name((unsigned)n) : NULL;
}

static const char *outcome(size_t n)
{
	return n < ASSAY_OUTCOME_FAILED ? assay_outcome_name((unsigned)n + 1) : NULL;
}

static const char *failure(size_t n)
{
	for (unsigned f = 1; f <= ASSAY_FAILURE_PROTOCOL; f++)
		if (assay_failure_name(f) != NULL && n-- == 0)
			return assay_failure_name(f);
	return NULL;
}

static const char *state(size_t n)
{
	return assay_ticket_state_name((unsigned)n + 1);
}

/* Roles that stages share are said once. */
static bool is_first_role(const char *role, size_t at_stage, size_t at_row)
{
	for (size_t i = 0; i <= at_stage; i++)
		for (size_t k = 0; k < (i == at_stage ? at_row : assay_artifact_count(assay_stages[i])); k++)
			if (strcmp(assay_stages[i]->artifacts[k].role, role) == 0)
				return false;
	return true;
}

static const char *role(size_t n)
{
	for (size_t i = 0; assay_stages[i] != NULL; i++)
		for (size_t k = 0; k < assay_artifact_count(assay_stages[i]); k++)
			if (is_first_role(assay_stages[i]->artifacts[k].role, i, k) && n-- == 0)
				return assay_stages[i]->artifacts[k].role;
	return NULL;
}

static const char *verb(size_t n)
{
	for (const assay_verb *const *v = assay_verbs; *v != NULL; v++)
		if (!(*v)->hidden && n-- == 0)
			return (*v)->name;
	return NULL;
}

/* ---------------------------------------------------------------- the table */

static const assay_slot slots[] = {
    {"N", ASSAY_SLOT_NOTHING, "a whole number", NULL},
    {"I/N", ASSAY_SLOT_NOTHING, "a part of N parts, from 0 on", NULL},
    {"TEXT", ASSAY_SLOT_NOTHING, "any text", NULL},
    {"TIME", ASSAY_SLOT_NOTHING, "a time in UTC, 2026-01-02T03:04:05Z", NULL},
    {"DATE", ASSAY_SLOT_NOTHING, "a date, 2026-12-31, or a time in UTC", NULL},
    {"NAME", ASSAY_SLOT_NOTHING, "a name", NULL},
    {"AGE", ASSAY_SLOT_NOTHING, "a span of time: 90s, 15m, 12h, 3d, 2w", NULL},
    {"FD", ASSAY_SLOT_NOTHING, "a file descriptor", NULL},
    {"WORD", ASSAY_SLOT_NOTHING, "any word", NULL},
    {"SCORE", ASSAY_SLOT_NOTHING, "a number, such as 0.5", NULL},
    {"LABEL", ASSAY_SLOT_NOTHING, "a label that results of an evaluation have", NULL},
    {"FILE", ASSAY_SLOT_FILES, "a file", NULL},
    {"DIR", ASSAY_SLOT_DIRS, "a folder", NULL},
    {"STAGE", ASSAY_SLOT_FIXED, "the name of a stage, as 'assay stages' lists them", stage},
    {"MODALITY", ASSAY_SLOT_FIXED, "page, video or audio", modality},
    {"KIND", ASSAY_SLOT_FIXED, "a kind of sample, or 'source'", kind},
    {"OUTCOME", ASSAY_SLOT_FIXED, "what became of a sample", outcome},
    {"CLASS", ASSAY_SLOT_FIXED, "a class of failures", failure},
    {"STATE", ASSAY_SLOT_FIXED, "the state of a ticket", state},
    {"ROLE", ASSAY_SLOT_FIXED, "the role of an artifact, or STAGE/ROLE", role},
    {"VERB", ASSAY_SLOT_FIXED, "a verb of assay", verb},
    {"VERSION", ASSAY_SLOT_STORE, "'latest', a tag, or the start of a version's id (4 digits or more)", NULL},
    {"TAG", ASSAY_SLOT_STORE, "a name for a version", NULL},
    {"SAMPLE", ASSAY_SLOT_STORE, "the key of a sample, as 'assay queue list' prints it", NULL},
    {"PATH", ASSAY_SLOT_STORE, "the path of a source, relative to assay.yaml", NULL},
    {"PREFIX", ASSAY_SLOT_STORE, "the start of a path", NULL},
    {"PATTERN", ASSAY_SLOT_STORE, "the start of a path, or a pattern as 'sources' of assay.yaml has them", NULL},
    {"REMEDY", ASSAY_SLOT_NOTHING, "the name of a remedy of assay.yaml", NULL},
    {"TICKET", ASSAY_SLOT_STORE, "the number of a ticket, T12", NULL},
    {"CHECK", ASSAY_SLOT_STORE, "the id of a check of a contract", NULL},
    {"EVALUATION", ASSAY_SLOT_STORE, "the name of an evaluation, or its number, E3, as 'assay feedback list' has them",
     NULL},
    {"ENTITY", ASSAY_SLOT_STORE, "a sample, a source, a version, or a digest (8 digits or more)", NULL},
};

const assay_slot *assay_slot_find(const char *name, size_t size)
{
	for (size_t i = 0; i < ASSAY_COUNT(slots); i++)
		if (strlen(slots[i].name) == size && memcmp(slots[i].name, name, size) == 0)
			return &slots[i];
	return NULL;
}

const assay_slot *assay_slot_at(size_t n)
{
	return n < ASSAY_COUNT(slots) ? &slots[n] : NULL;
}

/* ---------------------------------------------------------------- patterns */

#define BETWEEN "[] ."

bool assay_pattern_operand(const char *pattern, size_t n, char *out, size_t size)
{
	const char *at = pattern + strspn(pattern, "[] ");
	size_t length = strcspn(at, BETWEEN);

	while (n > 0 && length > 0 && strncmp(at + length, "...", 3) != 0) {
		at += length;
		at += strspn(at, "[] ");
		length = strcspn(at, BETWEEN);
		n--;
	}
	if (length == 0 || length >= size)
		return false;
	memcpy(out, at, length);
	out[length] = '\0';
	return true;
}

size_t assay_pattern_choice(const char *operand, size_t n, const char **out)
{
	for (; n > 0; n--) {
		operand += strcspn(operand, "|");
		if (*operand++ == '\0')
			return 0;
	}
	*out = operand;
	return strcspn(operand, "|");
}
