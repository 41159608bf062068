#include "assay/build_id.h"

#include "assay/buf.h"
#include "assay/memory.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
	assay_build_ids *out;
	assay_err *err;
	assay_code rc;
} walk;

static const unsigned char *find_note(const struct dl_phdr_info *info, size_t *size)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		const unsigned char *p = (const unsigned char *)(info->dlpi_addr + ph->p_vaddr);
		size_t left = ph->p_memsz;

		while (ph->p_type == PT_NOTE && left >= sizeof(ElfW(Nhdr))) {
			ElfW(Nhdr) n;
			size_t name, desc;

			memcpy(&n, p, sizeof n);
			name = (n.n_namesz + 3u) & ~(size_t)3;
			desc = (n.n_descsz + 3u) & ~(size_t)3;
			if (sizeof n + name + desc > left)
				break;
			if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && memcmp(p + sizeof n, "GNU", 4) == 0) {
				*size = n.n_descsz;
				return p + sizeof n + name;
			}
			p += sizeof n + name + desc;
			left -= sizeof n + name + desc;
		}
	}
	return NULL;
}

static void put_id(assay_buf *out, const struct dl_phdr_info *info)
{
	size_t size = 0;
	const unsigned char *id = find_note(info, &size);

	for (size_t i = 0; i < size; i++)
		assay_buf_printf(out, "%02x", id[i]);
	if (id == NULL)
		assay_buf_putc(out, '-');
}

static int visit(struct dl_phdr_info *info, size_t info_size, void *ctx)
{
	walk *w = ctx;
	const char *slash = strrchr(info->dlpi_name, '/');
	ASSAY_AUTO_BUF line = ASSAY_BUF_INIT;

	(void)info_size;
	if (slash == NULL) /* the program itself and the vdso have no library name */
		return 0;
	assay_buf_printf(&line, "%s ", slash + 1);
	put_id(&line, info);
	w->rc = assay_buf_check(&line, w->err);
	if (w->rc == ASSAY_OK)
		w->rc = assay_grow(&w->out->items, &w->out->cap, w->out->count, sizeof *w->out->items, w->err);
	if (w->rc != ASSAY_OK)
		return 1;
	w->out->items[w->out->count++] = assay_buf_steal(&line);
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

assay_code assay_build_ids_read(assay_build_ids *out, assay_err *err)
{
	walk w = {.out = out, .err = err, .rc = ASSAY_OK};

	*out = (assay_build_ids){0};
	(void)dl_iterate_phdr(visit, &w);
	if (w.rc != ASSAY_OK)
		assay_build_ids_release(out);
	else if (out->count > 0)
		qsort(out->items, out->count, sizeof *out->items, compare);
	return w.rc;
}

assay_code assay_build_ids_join(assay_build_ids *b, const assay_build_ids *other, assay_err *err)
{
	const size_t own = b->count;
	assay_code rc = ASSAY_OK;

	for (size_t i = 0; i < other->count && rc == ASSAY_OK; i++) {
		if (own > 0 && bsearch(&other->items[i], b->items, own, sizeof *b->items, compare) != NULL)
			continue;
		rc = assay_grow(&b->items, &b->cap, b->count, sizeof *b->items, err);
		if (rc != ASSAY_OK)
			break;
		b->items[b->count] = assay_strdup(other->items[i]);
		if (b->items[b->count] == NULL)
			return ASSAY_RAISE(err, ASSAY_ENOMEM, "list of libraries");
		b->count++;
	}
	if (b->count > 0)
		qsort(b->items, b->count, sizeof *b->items, compare);
	return rc;
}

/* The program comes first. */
static int visit_program(struct dl_phdr_info *info, size_t info_size, void *ctx)
{
	(void)info_size;
	put_id(ctx, info);
	return 1;
}

assay_code assay_build_id_of_program(char **out, assay_err *err)
{
	ASSAY_AUTO_BUF id = ASSAY_BUF_INIT;
	assay_code rc;

	(void)dl_iterate_phdr(visit_program, &id);
	rc = assay_buf_check(&id, err);
	*out = rc == ASSAY_OK ? assay_buf_steal(&id) : NULL;
	return rc;
}

void assay_build_ids_release(assay_build_ids *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->items[i]);
	free(b->items);
	*b = (assay_build_ids){0};
}
