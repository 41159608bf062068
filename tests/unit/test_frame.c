/* Framing of the worker's sockets and the messages in them. */
#include "assay/file.h"
#include "assay/memory.h"
#include "frame.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ANY 0xffffffffu

typedef struct line {
	int near, far;
	frame_reader reader;
} line;

static void open_line(line *l, unsigned accept, bool takes_fds)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	l->near = pair[0];
	l->far = pair[1];
	frame_reader_init(&l->reader, l->near, accept, takes_fds);
}

static void close_line(line *l)
{
	frame_reader_release(&l->reader);
	(void)close(l->near);
	if (l->far >= 0)
		(void)close(l->far);
}

static void hang_up(line *l)
{
	(void)close(l->far);
	l->far = -1;
}

static void frame__sent_whole__is_read_back_with_its_descriptors(void **state)
{
	ASSAY_AUTO_FD a = open("/dev/null", O_RDONLY | O_CLOEXEC), b = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const int fds[] = {a, b};
	char byte = 1;
	line l;

	(void)state;
	open_line(&l, FRAME_ACCEPT(FRAME_UNIT), true);
	assert_int_equal(frame_send(l.far, FRAME_UNIT, "hello", 5, fds, 2, NULL), ASSAY_OK);
	assert_int_equal(frame_read(&l.reader, true, NULL), FRAME_WHOLE);
	assert_int_equal(l.reader.type, FRAME_UNIT);
	assert_int_equal(l.reader.body.len, 5);
	assert_memory_equal(l.reader.body.data, "hello", 5);
	assert_int_equal(l.reader.fd_count, 2);
	assert_int_equal(read(l.reader.fds[0], &byte, 1), 0);
	assert_int_equal(read(l.reader.fds[1], &byte, 1), 1);
	assert_int_equal(byte, 0);
	frame_next(&l.reader);
	frame_drop_fds(&l.reader);
	hang_up(&l);
	assert_int_equal(frame_read(&l.reader, true, NULL), FRAME_END);
	close_line(&l);
}

static void frame__descriptors_on_a_socket_that_takes_none__are_dropped(void **state)
{
	ASSAY_AUTO_FD a = open("/dev/null", O_RDONLY | O_CLOEXEC);
	line l;
	int next;

	(void)state;
	open_line(&l, ANY, false);
	assert_int_equal(frame_send(l.far, FRAME_RESULT, "x", 1, &a, 1, NULL), ASSAY_OK);
	assert_int_equal(frame_read(&l.reader, true, NULL), FRAME_WHOLE);
	assert_int_equal(l.reader.fd_count, 0);
	next = dup(a);
	assert_int_equal(next, l.far + 1 > a + 1 ? l.far + 1 : a + 1); /* no number in between was taken */
	(void)close(next);
	close_line(&l);
}

static void frame__byte_by_byte__is_the_same_frame(void **state)
{
	static const unsigned char bytes[] = {3, 0, 0, 0, FRAME_RESULT, 'a', 'b', 'c'};
	line l;

	(void)state;
	open_line(&l, ANY, false);
	for (size_t i = 0; i < sizeof bytes; i++) {
		assert_int_equal(frame_read(&l.reader, false, NULL), FRAME_AGAIN);
		assert_int_equal(write(l.far, bytes + i, 1), 1);
	}
	assert_int_equal(frame_read(&l.reader, false, NULL), FRAME_WHOLE);
	assert_memory_equal(l.reader.body.data, "abc", 3);
	close_line(&l);
}

static void frame__empty__is_whole(void **state)
{
	line l;

	(void)state;
	open_line(&l, FRAME_ACCEPT(FRAME_STOP), false);
	assert_int_equal(frame_send(l.far, FRAME_STOP, NULL, 0, NULL, 0, NULL), ASSAY_OK);
	assert_int_equal(frame_read(&l.reader, true, NULL), FRAME_WHOLE);
	assert_int_equal(l.reader.body.len, 0);
	close_line(&l);
}

static void frame__cut_within__is_told(void **state)
{
	static const struct {
		size_t sent;
		frame_status expected;
	} cases[] = {{0, FRAME_END}, {1, FRAME_CUT}, {4, FRAME_CUT}, {5, FRAME_CUT}, {7, FRAME_CUT}};
	static const unsigned char bytes[] = {3, 0, 0, 0, FRAME_RESULT, 'a', 'b', 'c'};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		line l;

		open_line(&l, ANY, false);
		assert_int_equal(assay_write_all(l.far, bytes, cases[i].sent, NULL), ASSAY_OK);
		hang_up(&l);
		assert_int_equal(frame_read(&l.reader, true, NULL), cases[i].expected);
		close_line(&l);
	}
}

static void frame__refused_heads__are_bad_at_once(void **state)
{
	static const struct {
		unsigned char head[FRAME_HEAD];
		const char *fault;
	} cases[] = {
	    {{1, 0, 0, 0, FRAME_SETUP}, "unexpected type of message"},
	    {{1, 0, 0, 0, 0}, "unexpected type of message"},
	    {{1, 0, 0, 0, 31}, "unexpected type of message"},
	    {{1, 0, 0, 0, 200}, "unexpected type of message"},
	    {{1, 0, 0, 0x10, FRAME_RESULT}, "a message longer than allowed"},
	    {{255, 255, 255, 255, FRAME_ARTIFACT}, "a message longer than allowed"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		line l;

		open_line(&l, FRAME_ACCEPT(FRAME_ARTIFACT) | FRAME_ACCEPT(FRAME_RESULT), false);
		assert_int_equal(write(l.far, cases[i].head, FRAME_HEAD), FRAME_HEAD);
		assert_int_equal(frame_read(&l.reader, false, NULL), FRAME_BAD);
		assert_string_equal(l.reader.fault, cases[i].fault);
		assert_int_equal(frame_read(&l.reader, false, NULL), FRAME_BAD); /* and stays so */
		close_line(&l);
	}
}

static void frame__a_large_claim__takes_no_memory_before_bytes_come(void **state)
{
	static const unsigned char head[] = {0, 0, 0, 0x10, FRAME_ARTIFACT, 'x'};
	line l;

	(void)state;
	open_line(&l, ANY, false);
	assert_int_equal(write(l.far, head, sizeof head), sizeof head);
	assert_int_equal(frame_read(&l.reader, false, NULL), FRAME_AGAIN);
	assert_in_range(l.reader.body.cap, 1, 256 << 10);
	close_line(&l);
}

static void frame__budget__bounds_what_is_read(void **state)
{
	static const unsigned char bytes[5 + 1000] = {0xe8, 3, 0, 0, FRAME_RESULT};
	size_t budget = 5;
	line l;

	(void)state;
	open_line(&l, ANY, false);
	assert_int_equal(assay_write_all(l.far, bytes, sizeof bytes, NULL), ASSAY_OK);
	assert_int_equal(frame_read(&l.reader, false, &budget), FRAME_AGAIN);
	assert_int_equal(budget, 0);
	assert_int_equal(l.reader.body.len, 0);
	budget = SIZE_MAX;
	assert_int_equal(frame_read(&l.reader, false, &budget), FRAME_WHOLE);
	close_line(&l);
}

static void frame_send__peer_gone__is_epipe_without_a_signal(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	line l;

	(void)state;
	open_line(&l, ANY, false);
	hang_up(&l);
	assert_int_equal(frame_send(l.near, FRAME_STOP, NULL, 0, NULL, 0, &err), ASSAY_EIO);
	assert_int_equal(err.sys, EPIPE);
	close_line(&l);
}

/* ---------------------------------------------------------------- messages */

static void message__exit__round_trip(void **state)
{
	const exit_message sent = {11, 0, EXIT_FLAG_MEMORY, 3, UINT64_C(1) << 40, 17, 99};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	exit_message got;

	(void)state;
	memset(&got, 0x5a, sizeof got);
	message_exit(&b, &sent);
	assert_int_equal(message_read_exit(&got, &b, NULL), ASSAY_OK);
	assert_int_equal(got.signal, 11);
	assert_int_equal(got.status, 0);
	assert_int_equal(got.flags, EXIT_FLAG_MEMORY);
	assert_int_equal(got.step, 3);
	assert_int_equal(got.cpu_us, UINT64_C(1) << 40);
	assert_int_equal(got.wall_us, 17);
	assert_int_equal(got.max_rss_kib, 99);
}

static void message__unit__round_trip(void **state)
{
	const assay_worker_sidecar sidecars[] = {{"ground_truth", -1}, {"transcript", -1}};
	const assay_worker_unit sent = {.chain = 2,
					.size = 12345678901,
					.part = {.first_page = 17, .last_page = 32},
					.sidecars = sidecars,
					.sidecar_count = 2};
	ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
	unit_message got;

	(void)state;
	message_unit(&b, &sent);
	assert_int_equal(message_read_unit(&got, &b, NULL), ASSAY_OK);
	assert_int_equal(got.chain, 2);
	assert_int_equal(got.size, 12345678901);
	assert_int_equal(got.part.first_page, 17);
	assert_int_equal(got.part.last_page, 32);
	assert_int_equal(got.sidecar_count, 2);
	assert_string_equal(got.roles[1], "transcript");
	unit_message_release(&got);
}

static void message__failed__carries_the_code_that_matters(void **state)
{
	static const struct {
		assay_code sent, got;
	} cases[] = {{ASSAY_ECONFIG, ASSAY_ECONFIG},
		     {ASSAY_ENOENT, ASSAY_ECONFIG},
		     {ASSAY_EPERM, ASSAY_EPERM},
		     {ASSAY_ENOMEM, ASSAY_ENOMEM},
		     {ASSAY_ECORRUPT, ASSAY_EIO}};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(cases); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;
		assay_err cause = ASSAY_ERR_INIT, err = ASSAY_ERR_INIT;

		(void)ASSAY_RAISE(&cause, cases[i].sent, "no model '%s'", "caf\xe9");
		message_failed(&b, &cause);
		assert_int_equal(message_read_failed(&b, &err), cases[i].got);
		assert_string_equal(err.msg, "no model 'caf?'");
	}
}

/* ---------------------------------------------------------------- noise */

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Mostly sensible heads, so that the noise gets past the first check. */
static size_t noise(unsigned char *p, size_t max, uint64_t *seed)
{
	const size_t n = 1 + random_next(seed) % max;

	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)random_next(seed);
	if (n > FRAME_HEAD && random_next(seed) % 4 != 0) {
		p[0] = (unsigned char)(random_next(seed) % 64);
		p[1] = p[2] = p[3] = 0;
		p[4] = random_next(seed) % 2 != 0 ? FRAME_ARTIFACT : FRAME_RESULT;
	}
	return n;
}

static void frame__noise__always_ends(void **state)
{
	uint64_t seed = 0x9e3779b97f4a7c15u;

	(void)state;
	print_message("seed %llx\n", (unsigned long long)seed);
	for (unsigned round = 0; round < 5000; round++) {
		unsigned char bytes[300];
		const size_t n = noise(bytes, sizeof bytes, &seed);
		frame_status s;
		unsigned frames = 0;
		line l;

		open_line(&l, FRAME_ACCEPT(FRAME_ARTIFACT) | FRAME_ACCEPT(FRAME_RESULT), false);
		assert_int_equal(assay_write_all(l.far, bytes, n, NULL), ASSAY_OK);
		hang_up(&l);
		for (s = frame_read(&l.reader, true, NULL); s == FRAME_WHOLE; s = frame_read(&l.reader, true, NULL)) {
			assert_int_equal(l.reader.body.len, l.reader.length);
			assert_true(++frames <= n / FRAME_HEAD);
			frame_next(&l.reader);
		}
		assert_true(s == FRAME_END || s == FRAME_CUT || s == FRAME_BAD);
		close_line(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frame__sent_whole__is_read_back_with_its_descriptors),
	    cmocka_unit_test(frame__descriptors_on_a_socket_that_takes_none__are_dropped),
	    cmocka_unit_test(frame__byte_by_byte__is_the_same_frame),
	    cmocka_unit_test(frame__empty__is_whole),
	    cmocka_unit_test(frame__cut_within__is_told),
	    cmocka_unit_test(frame__refused_heads__are_bad_at_once),
	    cmocka_unit_test(frame__a_large_claim__takes_no_memory_before_bytes_come),
	    cmocka_unit_test(frame__budget__bounds_what_is_read),
	    cmocka_unit_test(frame_send__peer_gone__is_epipe_without_a_signal),
	    cmocka_unit_test(message__exit__round_trip),
	    cmocka_unit_test(message__unit__round_trip),
	    cmocka_unit_test(message__failed__carries_the_code_that_matters),
	    cmocka_unit_test(frame__noise__always_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
