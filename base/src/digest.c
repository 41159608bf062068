/* Of libcrypto as it was declared before 3.0: its SHA256_ functions need no context from the heap. */
#define OPENSSL_API_COMPAT 10101

#include "assay/digest.h"

#include "assay/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE ((size_t)256 << 10)

struct assay_hasher {
	EVP_MD_CTX *ctx;
};

/* A fetch walks libcrypto's providers under a lock, which costs more than hashing a record; it lives to the end. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static const EVP_MD *get_sha256(void)
{
	(void)pthread_once(&sha256_once, fetch_sha256);
	return sha256;
}

static assay_code raise_crypto(assay_err *err, const char *what)
{
	const unsigned long number = ERR_get_error();
	const char *reason = ERR_reason_error_string(number);

	ERR_clear_error();
	return ASSAY_RAISE_SYS(err, ASSAY_ENOMEM, (int)ERR_GET_REASON(number), "sha256: %s: %s", what,
			       reason != NULL ? reason : "libcrypto gives no reason");
}

/* Most inputs are records of some hundred bytes: to prepare a context of EVP for each costs half as much as hashing it. */
assay_code assay_digest_of_pieces(assay_digest *out, const assay_piece *pieces, size_t count, assay_err *err)
{
	SHA256_CTX ctx;
	bool ok = SHA256_Init(&ctx) == 1;

	for (size_t i = 0; i < count && ok; i++)
		ok = pieces[i].n == 0 || SHA256_Update(&ctx, pieces[i].p, pieces[i].n) == 1;
	if (!ok || SHA256_Final(out->bytes, &ctx) != 1)
		return raise_crypto(err, "digest");
	return ASSAY_OK;
}

assay_code assay_digest_of(assay_digest *out, const void *p, size_t n, assay_err *err)
{
	return assay_digest_of_pieces(out, &(assay_piece){p, n}, 1, err);
}

assay_code assay_hasher_open(assay_hasher **out, assay_err *err)
{
	const EVP_MD *md = get_sha256();
	assay_hasher *h;

	*out = NULL;
	h = assay_alloc(1, sizeof(*h));
	if (h == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: hasher");
	h->ctx = EVP_MD_CTX_new();
	if (md == NULL || h->ctx == NULL || EVP_DigestInit_ex2(h->ctx, md, NULL) != 1) {
		assay_hasher_close(h);
		return raise_crypto(err, "init");
	}
	*out = h;
	return ASSAY_OK;
}

assay_code assay_hasher_add(assay_hasher *h, const void *p, size_t n, assay_err *err)
{
	if (n > 0 && EVP_DigestUpdate(h->ctx, p, n) != 1)
		return raise_crypto(err, "update");
	return ASSAY_OK;
}

assay_code assay_hasher_end(assay_hasher *h, assay_digest *out, assay_err *err)
{
	if (EVP_DigestFinal_ex(h->ctx, out->bytes, NULL) != 1)
		return raise_crypto(err, "final");
	if (EVP_DigestInit_ex2(h->ctx, NULL, NULL) != 1)
		return raise_crypto(err, "restart");
	return ASSAY_OK;
}

void assay_hasher_close(assay_hasher *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

static assay_code hash_fd(assay_hasher *h, uint64_t *size, int fd, unsigned char *chunk, assay_err *err)
{
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK) {
		const ssize_t n = pread(fd, chunk, READ_SIZE, (off_t)*size);

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ASSAY_RAISE_ERRNO(err, "read at byte %llu", (unsigned long long)*size);
		rc = assay_hasher_add(h, chunk, (size_t)n, err);
		*size += (uint64_t)n;
	}
	return rc;
}

assay_code assay_digest_fd(assay_digest *out, uint64_t *size, int fd, assay_err *err)
{
	ASSAY_AUTO_FREE unsigned char *chunk = malloc(READ_SIZE);
	assay_hasher *h = NULL;
	uint64_t done = 0;
	assay_code rc;

	if (chunk == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "out of memory: read buffer");
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice only; a pipe is told apart by pread */
	ASSAY_TRY(assay_hasher_open(&h, err));
	ASSAY_TRY(hash_fd(h, &done, fd, chunk, err));
	ASSAY_TRY(assay_hasher_end(h, out, err));
	if (size != NULL)
		*size = done;
fail:
	assay_hasher_close(h);
	return rc;
}

int assay_digest_cmp(const assay_digest *a, const assay_digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool assay_digest_eq(const assay_digest *a, const assay_digest *b)
{
	return assay_digest_cmp(a, b) == 0;
}

bool assay_digest_is_zero(const assay_digest *d)
{
	static const assay_digest zero;

	return assay_digest_eq(d, &zero);
}

char *assay_digest_hex(const assay_digest *d, char hex[ASSAY_DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ASSAY_DIGEST_SIZE; i++) {
		hex[2 * i] = digits[d->bytes[i] >> 4];
		hex[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	hex[ASSAY_DIGEST_HEX - 1] = '\0';
	return hex;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool assay_digest_parse(assay_digest *out, const char *text)
{
	static const char scheme[] = "sha256:";
	assay_digest d;

	if (strncmp(text, scheme, sizeof(scheme) - 1) == 0)
		text += sizeof(scheme) - 1;
	if (strnlen(text, ASSAY_DIGEST_HEX) != ASSAY_DIGEST_HEX - 1)
		return false;
	for (size_t i = 0; i < ASSAY_DIGEST_SIZE; i++) {
		const int hi = hex_value(text[2 * i]), lo = hex_value(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		d.bytes[i] = (uint8_t)(hi << 4 | lo);
	}
	*out = d;
	return true;
}
