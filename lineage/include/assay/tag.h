/**
 * Tags: names that people give to versions, and the history of what each name stood for. A tag may be moved and taken
 * away; what was said of it before is kept for ever. Tags are no part of any identity.
 */
#ifndef ASSAY_TAG_H
#define ASSAY_TAG_H

#include "assay/digest.h"
#include "assay/store.h"

#define ASSAY_TAG_NAME_MAX 64

/** One change of one tag. */
typedef struct assay_tag_event {
	uint64_t number; /* 1, 2, 3… over all tags of the store, in the order of the changes */
	char *name;
	assay_digest from; /* version that it stood for before; zero when it stood for none */
	assay_digest to;   /* version that it has stood for since; zero when it was taken away */
	int64_t at_ns;     /* since 1970 UTC */
	char *actor;       /* who, as the program was told */
	char *reason;      /* NULL when none was given */
	char *damage;      /* why it cannot be read: then nothing but the number is known; else NULL */
} assay_tag_event;

void assay_tag_event_release(assay_tag_event *e);
#define ASSAY_AUTO_TAG_EVENT ASSAY_CLEANUP(assay_tag_event_release) assay_tag_event

/**
 * What is wrong with a name, NULL when nothing is. A name is 1 to 64 of A-Z a-z 0-9 . _ - / and begins with a letter
 * or a digit; it is neither "latest" nor 4 or more hex digits alone, so that it is never taken for another way to name
 * a version, and as a path it stays where it is put: no empty component, none that begins or ends with a dot.
 *
 * @return static text that goes on after "the tag 'NAME' "
 */
const char *assay_tag_name_fault(const char *name);

/** What to do to a tag; all borrowed. */
typedef struct assay_tag_change {
	const char *name;
	const assay_digest *version; /* NULL: take it away */
	bool move;                   /* also when it stands for another version now */
	int64_t at_ns;
	const char *actor;
	const char *reason; /* NULL for none */
} assay_tag_change;

/**
 * Make, move or take away a tag, and add the event. A tag that already stands for that version is left alone.
 *
 * @param changed [out] whether there was anything to do
 * @return ASSAY_OK
 *         ASSAY_EUSAGE  the name cannot be one, the actor or the reason is not UTF-8, or it stands for another version and move is not set
 *         ASSAY_ENOENT  there is no such tag to take away
 *         ASSAY_EINVAL  there is no such version
 *         and what writing to a store may return
 */
ASSAY_NODISCARD assay_code assay_tag_put(assay_store *s, const assay_tag_change *change, bool *changed, assay_err *err);

/** The last event of a tag that stands for a version; ASSAY_ENOENT (without a message) when there is none. */
ASSAY_NODISCARD assay_code assay_tag_get(assay_store *s, const char *name, assay_tag_event *out, assay_err *err);

/** The version that a tag stands for, even if its events are damaged; ASSAY_ENOENT (without a message) for none. */
ASSAY_NODISCARD assay_code assay_tag_version(assay_store *s, const char *name, assay_digest *out, assay_err *err);

typedef assay_code assay_tag_fn(void *ctx, const assay_tag_event *e, assay_err *err);
/** The tags that stand for a version, each by its last event, in the byte order of their names. Of an event that
 * is damaged the time is 0 and the actor "?", and the log says so. */
ASSAY_NODISCARD assay_code assay_tags_each(assay_store *s, assay_tag_fn *fn, void *ctx, assay_err *err);
/**
 * Every event of every tag, or of the tag of that name unless it is NULL, oldest first. An event that cannot be read is
 * told all the same, of whatever tag it may have been.
 */
ASSAY_NODISCARD assay_code assay_tag_events_each(assay_store *s, const char *name, assay_tag_fn *fn, void *ctx,
						 assay_err *err);

#endif
