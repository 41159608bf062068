#include "frame.h"

#include "assay/file.h"
#include "assay/worker.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Read at most this much at once: what a hostile length can make us hold beyond what was sent. */
#define CHUNK ((size_t)64 << 10)
/* A body that grew beyond this is given back after its frame. */
#define KEEP ((size_t)1 << 20)

typedef union fd_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FRAME_FDS_MAX * sizeof(int))];
} fd_control;

uint32_t frame_limit(uint8_t type)
{
	switch ((frame_type)type) {
	case FRAME_SETUP:
	case FRAME_ASK:
	case FRAME_TOLD:
		return 64u << 20;
	case FRAME_READY:
	case FRAME_FAILED:
	case FRAME_UNIT:
	case FRAME_EXIT:
	case FRAME_STOP:
		return 64u << 10;
	case FRAME_ARTIFACT:
		return (uint32_t)ASSAY_WORKER_ARTIFACT_MAX;
	case FRAME_RESULT:
		return (uint32_t)ASSAY_WORKER_RESULT_MAX;
	}
	return 0;
}

static void put_head(unsigned char head[FRAME_HEAD], frame_type type, size_t size)
{
	for (unsigned i = 0; i < 4; i++)
		head[i] = (unsigned char)(size >> (8 * i));
	head[4] = (unsigned char)type;
}

static void attach(struct msghdr *msg, fd_control *control, const int *fds, size_t count)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof *control);
	msg->msg_control = control->bytes;
	msg->msg_controllen = CMSG_SPACE(count * sizeof *fds);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof *fds);
	memcpy(CMSG_DATA(c), fds, count * sizeof *fds);
}

/* Step over n sent bytes. */
static void advance(struct msghdr *msg, size_t n)
{
	while (msg->msg_iovlen > 0 && n >= msg->msg_iov[0].iov_len) {
		n -= msg->msg_iov[0].iov_len;
		msg->msg_iov++;
		msg->msg_iovlen--;
	}
	if (msg->msg_iovlen > 0) {
		msg->msg_iov[0].iov_base = (char *)msg->msg_iov[0].iov_base + n;
		msg->msg_iov[0].iov_len -= n;
	}
	msg->msg_control = NULL;
	msg->msg_controllen = 0;
}

assay_code frame_send(int fd, frame_type type, const void *payload, size_t size, const int *fds, size_t fd_count,
		      assay_err *err)
{
	unsigned char head[FRAME_HEAD];
	union {
		const void *from;
		void *to;
	} bytes = {.from = payload};
	struct iovec iov[2] = {{head, sizeof head}, {bytes.to, size}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
	fd_control control;

	if (size > frame_limit((uint8_t)type) || fd_count > FRAME_FDS_MAX)
		return ASSAY_RAISE(err, ASSAY_EFULL, "a message of %zu bytes and %zu descriptors", size, fd_count);
	put_head(head, type, size);
	if (fd_count > 0)
		attach(&msg, &control, fds, fd_count);
	while (msg.msg_iovlen > 0) {
		const ssize_t n = sendmsg(fd, &msg, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ASSAY_RAISE_ERRNO(err, "send to the worker's socket");
		advance(&msg, (size_t)n);
	}
	return ASSAY_OK;
}

assay_code frame_write(int fd, frame_type type, const void *payload, size_t size, assay_err *err)
{
	unsigned char head[FRAME_HEAD];
	assay_code rc;

	if (size > frame_limit((uint8_t)type))
		return ASSAY_RAISE(err, ASSAY_EFULL, "larger than %lu bytes",
				   (unsigned long)frame_limit((uint8_t)type));
	put_head(head, type, size);
	rc = assay_write_all(fd, head, sizeof head, err);
	return rc == ASSAY_OK ? assay_write_all(fd, payload, size, err) : rc;
}

void frame_reader_init(frame_reader *r, int fd, unsigned accept, bool takes_fds)
{
	*r = (frame_reader){.fd = fd, .accept = accept, .takes_fds = takes_fds};
}

void frame_drop_fds(frame_reader *r)
{
	while (r->fd_count > 0)
		(void)close(r->fds[--r->fd_count]);
}

void frame_reader_release(frame_reader *r)
{
	frame_drop_fds(r);
	assay_buf_release(&r->body);
}

void frame_next(frame_reader *r)
{
	r->head_len = 0;
	if (r->body.cap > KEEP)
		assay_buf_release(&r->body);
	else
		assay_buf_reset(&r->body);
}

static void keep_fds(frame_reader *r, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		const size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (r->fd_count < FRAME_FDS_MAX)
				r->fds[r->fd_count++] = fd;
			else
				(void)close(fd);
		}
	}
}

static ssize_t receive(frame_reader *r, void *p, size_t n, bool wait)
{
	struct iovec iov = {p, n};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	fd_control control;
	ssize_t got;

	if (r->takes_fds) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof control.bytes;
	}
	do {
		got = recvmsg(r->fd, &msg, (wait ? 0 : MSG_DONTWAIT) | MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got >= 0 && r->takes_fds)
		keep_fds(r, &msg);
	return got;
}

static frame_status bad(frame_reader *r, const char *fault)
{
	r->fault = fault;
	return FRAME_BAD;
}

static frame_status parse_head(frame_reader *r)
{
	r->type = r->head[4];
	r->length = 0;
	for (unsigned i = 0; i < 4; i++)
		r->length |= (uint32_t)r->head[i] << (8 * i);
	if (r->type >= 32 || (r->accept & FRAME_ACCEPT(r->type)) == 0)
		return bad(r, "unexpected type of message");
	if (r->length > frame_limit(r->type))
		return bad(r, "a message longer than allowed");
	return FRAME_AGAIN;
}

/* Read once; AGAIN means progress was made and there is more to do. *blocked tells that nothing was there. */
static frame_status read_some(frame_reader *r, bool wait, size_t *budget, bool *blocked)
{
	unsigned char chunk[CHUNK];
	const bool in_head = r->head_len < FRAME_HEAD;
	size_t want = in_head ? FRAME_HEAD - r->head_len : r->length - r->body.len;
	ssize_t n;

	if (want > sizeof chunk)
		want = sizeof chunk;
	n = receive(r, chunk, want, wait);
	*blocked = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	if (*blocked)
		return FRAME_AGAIN;
	if (n <= 0) /* an error of a local socket means that the peer is gone */
		return in_head && r->head_len == 0 ? FRAME_END : FRAME_CUT;
	if (budget != NULL)
		*budget -= (size_t)n < *budget ? (size_t)n : *budget;
	if (!in_head) {
		assay_buf_append(&r->body, chunk, (size_t)n);
		return r->body.failed ? bad(r, "no memory for a message") : FRAME_AGAIN;
	}
	memcpy(r->head + r->head_len, chunk, (size_t)n);
	r->head_len += (size_t)n;
	return r->head_len == FRAME_HEAD ? parse_head(r) : FRAME_AGAIN;
}

frame_status frame_read(frame_reader *r, bool wait, size_t *budget)
{
	bool blocked = false;

	if (r->fault != NULL)
		return FRAME_BAD;
	while (r->head_len < FRAME_HEAD || r->body.len < r->length) {
		frame_status s;

		if (budget != NULL && *budget == 0)
			return FRAME_AGAIN;
		s = read_some(r, wait, budget, &blocked);
		if (s != FRAME_AGAIN || blocked)
			return s;
	}
	return FRAME_WHOLE;
}
