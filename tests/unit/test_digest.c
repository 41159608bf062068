#include "assay/digest.h"

#include "assay/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

/* Linked with --wrap: the n-th allocation made by our objects fails, once; fail_at == 0 never. */
static unsigned calls, fail_at;
void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__real_calloc(size_t n, size_t s);
void *__wrap_calloc(size_t n, size_t s);
void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);

void *__wrap_malloc(size_t n)
{
	return ++calls == fail_at ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t s)
{
	return ++calls == fail_at ? NULL : __real_calloc(n, s);
}

void *__wrap_realloc(void *p, size_t n)
{
	return ++calls == fail_at ? NULL : __real_realloc(p, n);
}

static void arm(unsigned n)
{
	calls = 0;
	fail_at = n;
}

/* pread is pread64 in the symbol table, since off_t has 64 bits. A plan: each entry is what the next call may read at most, or -errno; then the real thing. */
static const int *plan;
static size_t plan_left;
ssize_t __real_pread64(int fd, void *p, size_t n, off_t at);
ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at);

ssize_t __wrap_pread64(int fd, void *p, size_t n, off_t at)
{
	if (plan_left == 0)
		return __real_pread64(fd, p, n, at);
	plan_left--;
	if (*plan < 0) {
		errno = -*plan++;
		return -1;
	}
	n = n < (size_t)*plan ? n : (size_t)*plan;
	plan++;
	return __real_pread64(fd, p, n, at);
}

static bool crypto_fails;
int __real_EVP_DigestUpdate(void *ctx, const void *p, size_t n);
int __wrap_EVP_DigestUpdate(void *ctx, const void *p, size_t n);

int __wrap_EVP_DigestUpdate(void *ctx, const void *p, size_t n)
{
	return crypto_fails ? 0 : __real_EVP_DigestUpdate(ctx, p, n);
}

int __real_SHA256_Update(void *ctx, const void *p, size_t n);
int __wrap_SHA256_Update(void *ctx, const void *p, size_t n);

int __wrap_SHA256_Update(void *ctx, const void *p, size_t n)
{
	return crypto_fails ? 0 : __real_SHA256_Update(ctx, p, n);
}

/* NIST CSRC, "SHA-256 example values" and FIPS 180-2 appendix B; the empty message from CAVP SHA256ShortMsg. */
static const struct {
	const char *message, *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};
#define MILLION_A "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void assert_digest(const assay_digest *d, const char *expected)
{
	char hex[ASSAY_DIGEST_HEX];

	memset(hex, 'x', sizeof(hex));
	assert_ptr_equal(assay_digest_hex(d, hex), hex);
	assert_string_equal(hex, expected);
}

static void digest_of__fips_vectors__expected_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(vectors); i++) {
		assay_digest d;

		memset(&d, 0x5a, sizeof(d));
		assert_int_equal(assay_digest_of(&d, vectors[i].message, strlen(vectors[i].message), NULL), ASSAY_OK);
		assert_digest(&d, vectors[i].hex);
	}
}

static void digest_of__null_of_no_bytes__empty_digest(void **state)
{
	assay_digest d;

	(void)state;
	assert_int_equal(assay_digest_of(&d, NULL, 0, NULL), ASSAY_OK);
	assert_digest(&d, vectors[0].hex);
}

/* Lengths around the 64 bytes of a block. */
static void digest_of_pieces__any_cuts__as_in_one_piece(void **state)
{
	unsigned char bytes[130];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 37);
	for (size_t n = 0; n <= sizeof bytes; n++)
		for (size_t a = 0; a <= n; a += a < 3 || a > 61 ? 1 : 29) {
			const size_t b = a + (n - a) / 2;
			const assay_piece pieces[] = {{bytes, a}, {NULL, 0}, {bytes + a, b - a}, {bytes + b, n - b}};
			assay_digest whole, joined;

			assert_int_equal(assay_digest_of(&whole, bytes, n, NULL), ASSAY_OK);
			assert_int_equal(assay_digest_of_pieces(&joined, pieces, ASSAY_COUNT(pieces), NULL), ASSAY_OK);
			assert_true(assay_digest_eq(&whole, &joined));
		}
}

static void hasher__pieces_and_reuse__as_in_one_call(void **state)
{
	assay_hasher *h = (assay_hasher *)(uintptr_t)1;
	char thousand[1000];
	assay_digest d;

	(void)state;
	memset(thousand, 'a', sizeof(thousand));
	assert_int_equal(assay_hasher_open(&h, NULL), ASSAY_OK);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1000; i++)
			assert_int_equal(assay_hasher_add(h, thousand, sizeof(thousand), NULL), ASSAY_OK);
		assert_int_equal(assay_hasher_add(h, NULL, 0, NULL), ASSAY_OK);
		assert_int_equal(assay_hasher_end(h, &d, NULL), ASSAY_OK);
		assert_digest(&d, MILLION_A);
		assert_int_equal(assay_hasher_end(h, &d, NULL), ASSAY_OK);
		assert_digest(&d, vectors[0].hex);
	}
	assay_hasher_close(h);
	assay_hasher_close(NULL);
}

static FILE *counting(unsigned char bytes[1000000])
{
	FILE *f = tmpfile();

	assert_non_null(f);
	for (uint32_t i = 0; i < 1000000; i++)
		bytes[i] = (unsigned char)((i * UINT32_C(2654435761)) >> 24);
	assert_int_equal(fwrite(bytes, 1, 1000000, f), 1000000);
	assert_int_equal(fflush(f), 0);
	return f;
}

static FILE *million_a(void)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	for (int i = 0; i < 1000000; i++)
		assert_int_equal(fputc('a', f), 'a');
	assert_int_equal(fflush(f), 0);
	return f;
}

static void digest_fd__short_reads_and_eintr__whole_file_and_position_kept(void **state)
{
	static const int steps[] = {-EINTR, 1, 63, -EINTR, 64, 100000};
	static unsigned char bytes[1000000];
	FILE *f = counting(bytes);
	uint64_t size = 99;
	assay_digest d, expected;

	(void)state;
	assert_int_equal(lseek(fileno(f), 17, SEEK_SET), 17);
	plan = steps;
	plan_left = ASSAY_COUNT(steps);
	assert_int_equal(assay_digest_fd(&d, &size, fileno(f), NULL), ASSAY_OK);
	assert_int_equal(plan_left, 0);
	assert_int_equal(assay_digest_of(&expected, bytes, sizeof(bytes), NULL), ASSAY_OK);
	assert_true(assay_digest_eq(&d, &expected));
	assert_int_equal(size, 1000000);
	assert_int_equal(lseek(fileno(f), 0, SEEK_CUR), 17);
	assert_int_equal(assay_digest_fd(&d, NULL, fileno(f), NULL), ASSAY_OK);
	(void)fclose(f);
}

static void digest_fd__read_fails__eio_with_offset(void **state)
{
	static const int steps[] = {4096, -EIO};
	FILE *f = million_a();
	uint64_t size = 99;
	assay_digest d;
	assay_err err;

	(void)state;
	memset(&err, 0x5a, sizeof(err));
	plan = steps;
	plan_left = ASSAY_COUNT(steps);
	assert_int_equal(assay_digest_fd(&d, &size, fileno(f), &err), ASSAY_EIO);
	assert_int_equal(err.sys, EIO);
	assert_string_equal(err.msg, "read at byte 4096: Input/output error");
	assert_int_equal(size, 99);
	(void)fclose(f);
}

static void digest_fd__pipe__eio(void **state)
{
	int fds[2];
	assay_digest d;
	assay_err err;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(assay_digest_fd(&d, NULL, fds[0], &err), ASSAY_EIO);
	assert_int_equal(err.sys, ESPIPE);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void digest_fd__every_alloc_fails_in_turn__enomem(void **state)
{
	FILE *f = million_a();
	assay_code rc;
	unsigned n = 0;

	(void)state;
	do {
		assay_digest d;

		arm(++n);
		rc = assay_digest_fd(&d, NULL, fileno(f), NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_int_equal(n, 3); /* the read buffer and the hasher */
	(void)fclose(f);
}

/* Digests of the two messages in turn; how many were wrong. */
static void *digest_in_thread(void *wrong)
{
	for (unsigned i = 0; i < 1000; i++) {
		const size_t at = 1 + i % 2;
		char hex[ASSAY_DIGEST_HEX];
		assay_digest d;

		if (assay_digest_of(&d, vectors[at].message, strlen(vectors[at].message), NULL) != ASSAY_OK ||
		    strcmp(assay_digest_hex(&d, hex), vectors[at].hex) != 0)
			++*(unsigned *)wrong;
	}
	return NULL;
}

static void digest_of__threads__each_by_itself(void **state)
{
	unsigned wrong[4] = {0};
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, digest_in_thread, &wrong[i]), 0);
	for (size_t i = 0; i < ASSAY_COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(wrong[i], 0);
	}
}

static void digest__libcrypto_fails__enomem_with_message(void **state)
{
	assay_hasher *h;
	assay_digest d;
	assay_err err;

	(void)state;
	assert_int_equal(assay_hasher_open(&h, NULL), ASSAY_OK);
	crypto_fails = true;
	memset(&err, 0x5a, sizeof(err));
	assert_int_equal(assay_digest_of(&d, "abc", 3, &err), ASSAY_ENOMEM);
	assert_string_equal(err.msg, "sha256: digest: libcrypto gives no reason");
	assert_int_equal(assay_hasher_add(h, "abc", 3, &err), ASSAY_ENOMEM);
	assert_string_equal(err.msg, "sha256: update: libcrypto gives no reason");
	crypto_fails = false;
	assay_hasher_close(h);
}

static void hasher_open__alloc_fails__null(void **state)
{
	assay_hasher *h = (assay_hasher *)(uintptr_t)1;

	(void)state;
	arm(1);
	assert_int_equal(assay_hasher_open(&h, NULL), ASSAY_ENOMEM);
	arm(0);
	assert_null(h);
}

static void digest_cmp__first_difference__decides(void **state)
{
	assay_digest a = {0}, b = {0};

	(void)state;
	assert_int_equal(assay_digest_cmp(&a, &b), 0);
	assert_true(assay_digest_eq(&a, &b));
	assert_true(assay_digest_is_zero(&a));
	b.bytes[31] = 1;
	assert_true(assay_digest_cmp(&a, &b) < 0);
	assert_false(assay_digest_eq(&a, &b));
	assert_false(assay_digest_is_zero(&b));
	a.bytes[0] = 0x80; /* compared as unsigned bytes */
	assert_true(assay_digest_cmp(&a, &b) > 0);
}

#define A63 "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEF"

static void digest_parse__accepted_forms__bytes(void **state)
{
	static const char *const good[] = {A63 "f", A63 "F", "sha256:" A63 "f"};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(good); i++) {
		assay_digest d;

		memset(&d, 0x5a, sizeof(d));
		assert_true(assay_digest_parse(&d, good[i]));
		assert_digest(&d, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
	}
}

static void digest_parse__anything_else__false_and_untouched(void **state)
{
	static const char *const bad[] = {
	    "",
	    A63,
	    A63 "f0",
	    A63 "g",
	    A63 " ",
	    " " A63 "f",
	    "SHA256:" A63 "f",
	    "sha256:" A63,
	    "sha256:",
	    "0x" A63 "f",
	    "sha256:sha256:" A63 "f",
	    "md5:" A63 "f",
	    A63 "\xff",
	    "sha256-" A63 "f",
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(bad); i++) {
		assay_digest d, before;

		memset(&d, 0x5a, sizeof(d));
		before = d;
		if (assay_digest_parse(&d, bad[i]))
			fail_msg("'%s' was accepted", bad[i]);
		assert_memory_equal(&d, &before, sizeof(d));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(digest_of__fips_vectors__expected_digest),
	    cmocka_unit_test(digest_of__null_of_no_bytes__empty_digest),
	    cmocka_unit_test(digest_of_pieces__any_cuts__as_in_one_piece),
	    cmocka_unit_test(hasher__pieces_and_reuse__as_in_one_call),
	    cmocka_unit_test(digest_fd__short_reads_and_eintr__whole_file_and_position_kept),
	    cmocka_unit_test(digest_fd__read_fails__eio_with_offset),
	    cmocka_unit_test(digest_fd__pipe__eio),
	    cmocka_unit_test(digest_fd__every_alloc_fails_in_turn__enomem),
	    cmocka_unit_test(digest_of__threads__each_by_itself),
	    cmocka_unit_test(digest__libcrypto_fails__enomem_with_message),
	    cmocka_unit_test(hasher_open__alloc_fails__null),
	    cmocka_unit_test(digest_cmp__first_difference__decides),
	    cmocka_unit_test(digest_parse__accepted_forms__bytes),
	    cmocka_unit_test(digest_parse__anything_else__false_and_untouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
