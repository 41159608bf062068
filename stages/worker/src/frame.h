/**
 * Frames, on every socket of a worker: u32 little-endian length of the payload, u8 type, payload. Descriptors that
 * belong to a frame ride with its first byte (SCM_RIGHTS). Frames from a child are hostile: each type has a largest
 * length, each socket a set of types, and memory grows with the bytes that came, never with a length that was claimed.
 */
#ifndef ASSAY_WORKER_FRAME_H
#define ASSAY_WORKER_FRAME_H

#include "assay/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum frame_type {
	FRAME_SETUP = 1,     /* coordinator to worker, once */
	FRAME_READY = 2,     /* worker to coordinator: models are loaded */
	FRAME_FAILED = 3,    /* worker to coordinator: they are not; the worker ends */
	FRAME_UNIT = 4,      /* coordinator to worker, with descriptors */
	FRAME_EXIT = 5,      /* worker to coordinator: the child has ended */
	FRAME_STOP = 6,      /* coordinator to worker: kill the child */
	FRAME_ASK = 7,       /* coordinator to worker, before SETUP (about.h) */
	FRAME_TOLD = 8,      /* worker to coordinator: the answer, or else FAILED */
	FRAME_ARTIFACT = 16, /* child to coordinator: the payload is the artifact */
	FRAME_RESULT = 17,   /* child to coordinator: a result record; the last frame */
} frame_type;

#define FRAME_HEAD         5u
#define FRAME_FDS_MAX      32u
#define FRAME_ACCEPT(type) (1u << (unsigned)(type))

/** Largest payload of a type; 0 for a number that is no type. */
uint32_t frame_limit(uint8_t type);

/** Send one frame and its descriptors (borrowed) on a blocking socket. A gone peer is ASSAY_EIO, EPIPE, no signal. */
ASSAY_NODISCARD assay_code frame_send(int fd, frame_type type, const void *payload, size_t size, const int *fds,
				      size_t fd_count, assay_err *err);
/** The same by write(2), which is all that a sandboxed child may use. SIGPIPE must be ignored. */
ASSAY_NODISCARD assay_code frame_write(int fd, frame_type type, const void *payload, size_t size, assay_err *err);

typedef struct frame_reader {
	int fd;            /* borrowed */
	unsigned accept;   /* FRAME_ACCEPT bits */
	bool takes_fds;    /* keep descriptors that arrive; otherwise the kernel drops them */
	const char *fault; /* set with FRAME_BAD; static storage */
	unsigned char head[FRAME_HEAD];
	size_t head_len;
	uint8_t type;    /* of the whole frame */
	uint32_t length; /* of its payload */
	assay_buf body;
	int fds[FRAME_FDS_MAX]; /* owned until taken */
	size_t fd_count;
} frame_reader;

typedef enum frame_status {
	FRAME_AGAIN, /* nothing more to read now, or the budget is used up */
	FRAME_WHOLE, /* type and body are valid until frame_next */
	FRAME_END,   /* the peer closed between two frames */
	FRAME_CUT,   /* the peer closed within a frame */
	FRAME_BAD,   /* the bytes are no frame that this socket accepts; see fault */
} frame_status;

void frame_reader_init(frame_reader *r, int fd, unsigned accept, bool takes_fds);
void frame_reader_release(frame_reader *r);
/**
 * Read towards the next whole frame.
 * @param wait    block until there is one (or an end)
 * @param budget  [in, out, optional] bytes that may still be read
 */
frame_status frame_read(frame_reader *r, bool wait, size_t *budget);
/** Forget the whole frame, so that the next can be read. */
void frame_next(frame_reader *r);
/** Close the descriptors that came and were not taken. */
void frame_drop_fds(frame_reader *r);

#endif
