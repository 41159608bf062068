/* What the parts of the check share: what they find, the entries they gather, and the files they may open. */
#include "verify.h"

#include "assay/file.h"
#include "assay/memory.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MAX ((size_t)64 << 20)

void verify_finding(verifier *v, const char *file, int line, const char *fmt, ...)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	va_list ap;

	if (v->out->differences++ >= ASSAY_DELIVERY_FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	assay_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	assay_diagnostics_add(&v->out->findings, true, file, line, line > 0 ? 1 : 0, "%s", assay_buf_str(&text));
}

assay_code verify_add(verify_entries *to, const assay_trie_entry *e, assay_err *err)
{
	assay_trie_entry copy = *e;
	assay_code rc = assay_grow(&to->items, &to->cap, to->count, sizeof *to->items, err);

	if (rc != ASSAY_OK)
		return rc;
	copy.key = assay_strdup(e->key);
	copy.stage = e->stage != NULL ? assay_strdup(e->stage) : NULL;
	to->items[to->count++] = copy;
	return copy.key == NULL || (e->stage != NULL && copy.stage == NULL)
		   ? ASSAY_RAISE(err, ASSAY_ENOMEM, "list of samples")
		   : ASSAY_OK;
}

int verify_open_listed(const verifier *v, const char *name)
{
	const sums_row *row = sums_find((sums *)(uintptr_t)&v->sums, name);

	return row != NULL && row->found ? openat(v->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

assay_code verify_read_listed(verifier *v, const char *name, assay_buf *out, bool *there, assay_err *err)
{
	ASSAY_AUTO_FD fd = verify_open_listed(v, name);

	*there = fd >= 0;
	return fd >= 0 ? assay_file_read_fd(out, fd, RECORD_MAX, err) : ASSAY_OK;
}

void verify_expect_listed(verifier *v, const char *name)
{
	if (sums_find(&v->sums, name) == NULL)
		verify_finding(v, SUMS_NAME, 0, "does not list '%s', which every delivery has", name);
}
