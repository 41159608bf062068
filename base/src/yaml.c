/*
 * The tree is built from libfyaml's event stream rather than from its documents: events carry a mark for every node,
 * mappings included, and nothing is expanded behind our back. An alias shares the children of what it names; a weight
 * (nodes below, aliases followed) bounds what a reader of the tree can be made to walk through.
 */
#include "assay/yaml.h"

#include "assay/file.h"
#include "assay/memory.h"
#include "assay/suggest.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define SIZE_LIMIT    ((size_t)4 << 20)
#define DEPTH_LIMIT   64
#define WEIGHT_LIMIT  500000u
#define ANCHOR_LIMIT  1000u
#define CHUNK_BYTES   ((size_t)16 << 10)
#define MESSAGE_LIMIT 200

/* ---------------------------------------------------------------- memory of the tree */

typedef struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[];
} chunk;

struct assay_yaml {
	chunk *chunks;
	assay_yaml_node root;
};

static void *arena_alloc(assay_yaml *y, size_t n)
{
	const size_t need = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	chunk *c = y->chunks;

	if (c == NULL || c->size - c->used < need) {
		const size_t size = need > CHUNK_BYTES ? need : CHUNK_BYTES;

		c = malloc(sizeof *c + size);
		if (c == NULL)
			return NULL;
		*c = (chunk){.next = y->chunks, .size = size};
		y->chunks = c;
	}
	c->used += need;
	return (char *)c->data + c->used - need;
}

static char *arena_text(assay_yaml *y, const char *s, size_t n)
{
	char *copy = arena_alloc(y, n + 1);

	if (copy == NULL)
		return NULL;
	if (n > 0)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

void assay_yaml_close(assay_yaml *y)
{
	if (y == NULL)
		return;
	while (y->chunks != NULL) {
		chunk *next = y->chunks->next;

		free(y->chunks);
		y->chunks = next;
	}
	free(y);
}

/* ---------------------------------------------------------------- building */

typedef struct weighted {
	assay_yaml_node node;
	size_t weight;
} weighted;

typedef struct anchor {
	const char *name;
	weighted value;
	bool complete; /* false while the node it names is still open */
} anchor;

typedef struct frame {
	assay_yaml_node node; /* what the frame becomes; its key fields wait for the parent */
	size_t first;         /* its children in `pending` */
	size_t anchor;        /* number + 1, 0 if it has none */
	bool has_key;
	assay_yaml_node key; /* the key that waits for its value */
} frame;

typedef struct builder {
	assay_yaml *y;
	const char *name;
	assay_diagnostics *d;
	assay_err *err;
	weighted *pending;
	size_t count, cap;
	anchor *anchors;
	size_t anchor_count, anchor_cap;
	frame stack[DEPTH_LIMIT];
	size_t depth;
	size_t documents;
	size_t weight; /* of the whole tree so far */
} builder;

static void builder_release(builder *b)
{
	free(b->pending);
	free(b->anchors);
}

#define COMPLAIN(b, line, column, ...)                                                                                 \
	(assay_diagnostics_add((b)->d, true, (b)->name, (line), (column), __VA_ARGS__), ASSAY_ECONFIG)

/* Where the next value will stand when its token has no mark of its own: its key, or the file's start. */
static void place_of(const builder *b, struct fy_token *token, int *line, int *column)
{
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
	const frame *top = b->depth > 0 ? &b->stack[b->depth - 1] : NULL;

	if (mark != NULL) {
		*line = mark->line + 1;
		*column = mark->column + 1;
	} else if (top != NULL) {
		*line = top->has_key ? top->key.line : top->node.line;
		*column = top->has_key ? top->key.column : top->node.column;
	} else {
		*line = *column = 1;
	}
}

static assay_code accept_key(builder *b, frame *top, const assay_yaml_node *node)
{
	if (node->type != ASSAY_YAML_SCALAR)
		return COMPLAIN(b, node->line, node->column, "a key must be a name");
	top->key = *node;
	top->has_key = true;
	if (b->count == top->first) { /* a mapping stands where its first key stands */
		top->node.line = node->line;
		top->node.column = node->column;
	}
	return ASSAY_OK;
}

/* A finished node goes to the open container, or becomes the root. */
static assay_code accept(builder *b, weighted item)
{
	frame *top = b->depth > 0 ? &b->stack[b->depth - 1] : NULL;
	assay_code rc;

	b->weight += item.weight;
	if (b->weight > WEIGHT_LIMIT)
		return COMPLAIN(b, item.node.line, item.node.column, "more than %u values, aliases followed",
				WEIGHT_LIMIT);
	item.node.key = NULL;
	item.node.key_line = item.node.key_column = 0;
	if (top == NULL) {
		b->y->root = item.node;
		return ASSAY_OK;
	}
	if (top->node.type == ASSAY_YAML_MAPPING && !top->has_key)
		return accept_key(b, top, &item.node);
	if (top->has_key) {
		item.node.key = top->key.text;
		item.node.key_line = top->key.line;
		item.node.key_column = top->key.column;
		top->has_key = false;
	}
	rc = assay_grow(&b->pending, &b->cap, b->count, sizeof *b->pending, b->err);
	if (rc == ASSAY_OK)
		b->pending[b->count++] = item;
	return rc;
}

/* ---------------------------------------------------------------- anchors */

static assay_code anchor_begin(builder *b, struct fy_token *token, size_t *number)
{
	size_t n = 0;
	const char *text = token ? fy_token_get_text(token, &n) : NULL;
	anchor *a;
	assay_code rc;

	*number = 0;
	if (token == NULL)
		return ASSAY_OK;
	if (b->anchor_count == ANCHOR_LIMIT) {
		int line, column;

		place_of(b, token, &line, &column);
		return COMPLAIN(b, line, column, "more than %u anchors", ANCHOR_LIMIT);
	}
	rc = assay_grow(&b->anchors, &b->anchor_cap, b->anchor_count, sizeof *b->anchors, b->err);
	if (rc != ASSAY_OK)
		return rc;
	a = &b->anchors[b->anchor_count];
	*a = (anchor){.name = text ? arena_text(b->y, text, n) : NULL};
	if (a->name == NULL)
		return ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml anchor");
	*number = ++b->anchor_count;
	return ASSAY_OK;
}

static void anchor_finish(builder *b, size_t number, const weighted *value)
{
	if (number == 0)
		return;
	b->anchors[number - 1].value = *value;
	b->anchors[number - 1].complete = true;
}

static assay_code on_alias(builder *b, struct fy_token *token)
{
	size_t n = 0;
	const char *text = fy_token_get_text(token, &n);
	weighted item;
	int line, column;

	place_of(b, token, &line, &column);
	if (text == NULL)
		return ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml alias");
	for (size_t i = b->anchor_count; i-- > 0;) { /* the latest anchor of a name is the one meant */
		const anchor *a = &b->anchors[i];

		if (strlen(a->name) != n || memcmp(a->name, text, n) != 0)
			continue;
		if (!a->complete)
			return COMPLAIN(b, line, column, "alias '%s' stands inside what it names", a->name);
		item = a->value;
		item.node.line = line;
		item.node.column = column;
		return accept(b, item);
	}
	return COMPLAIN(b, line, column, "no anchor '%.*s' before this alias", (int)(n < 100 ? n : 100), text);
}

/* ---------------------------------------------------------------- events */

static bool is_null_text(const char *s)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

	for (size_t i = 0; i < ASSAY_COUNT(nulls); i++)
		if (strcmp(s, nulls[i]) == 0)
			return true;
	return false;
}

/* "!include x" would otherwise be read as plain x. The types of the YAML core ("!!str") say nothing we use. */
static assay_code check_tag(builder *b, struct fy_token *tag)
{
	size_t n = 0;
	const char *handle = tag ? fy_tag_token_handle(tag, &n) : NULL;
	int line, column;

	if (tag == NULL || (handle != NULL && n == 2 && memcmp(handle, "!!", 2) == 0))
		return ASSAY_OK;
	place_of(b, tag, &line, &column);
	return COMPLAIN(b, line, column, "tags are not supported");
}

static assay_code on_scalar(builder *b, const struct fy_event_scalar_data *e)
{
	size_t n = 0, number = 0;
	const char *text = e->value ? fy_token_get_text(e->value, &n) : "";
	const enum fy_scalar_style style = e->value ? fy_token_scalar_style(e->value) : FYSS_PLAIN;
	weighted item = {.weight = 1, .node = {.type = ASSAY_YAML_SCALAR, .quoted = style != FYSS_PLAIN}};
	assay_code rc = check_tag(b, e->tag);

	if (rc == ASSAY_OK)
		rc = anchor_begin(b, e->anchor, &number);
	if (rc != ASSAY_OK)
		return rc;
	place_of(b, e->value, &item.node.line, &item.node.column);
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
		item.node.column--; /* the mark stands behind the quote */
	item.node.text = text ? arena_text(b->y, text, n) : NULL;
	if (item.node.text == NULL)
		return ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml text");
	if (strlen(item.node.text) != n)
		return COMPLAIN(b, item.node.line, item.node.column, "text holds a NUL character");
	if (!item.node.quoted && is_null_text(item.node.text))
		item.node.type = ASSAY_YAML_NULL;
	anchor_finish(b, number, &item);
	return accept(b, item);
}

static assay_code on_open(builder *b, assay_yaml_type type, struct fy_token *start, struct fy_token *tag,
			  struct fy_token *anchor_token)
{
	frame *f = &b->stack[b->depth];
	assay_yaml_node node = {.type = type};
	size_t number;
	assay_code rc = check_tag(b, tag);

	place_of(b, start, &node.line, &node.column);
	if (rc == ASSAY_OK && b->depth == DEPTH_LIMIT)
		rc = COMPLAIN(b, node.line, node.column, "nested more than %d levels deep", DEPTH_LIMIT);
	if (rc == ASSAY_OK && b->depth > 0 && b->stack[b->depth - 1].node.type == ASSAY_YAML_MAPPING &&
	    !b->stack[b->depth - 1].has_key)
		rc = COMPLAIN(b, node.line, node.column, "a key must be a name");
	if (rc == ASSAY_OK)
		rc = anchor_begin(b, anchor_token, &number);
	if (rc != ASSAY_OK)
		return rc;
	*f = (frame){.node = node, .first = b->count, .anchor = number};
	b->depth++;
	return ASSAY_OK;
}

static int key_cmp(const void *pa, const void *pb)
{
	const assay_yaml_node *a = *(const assay_yaml_node *const *)pa, *b = *(const assay_yaml_node *const *)pb;
	const int keys = strcmp(a->key, b->key);

	return keys != 0 ? keys : (a > b) - (a < b);
}

static assay_code report_duplicates(builder *b, const assay_yaml_node *n)
{
	ASSAY_AUTO_FREE const assay_yaml_node **sorted = assay_alloc(n->count, sizeof *sorted);

	if (sorted == NULL)
		return ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml keys");
	for (size_t i = 0; i < n->count; i++)
		sorted[i] = &n->children[i];
	qsort(sorted, n->count, sizeof *sorted, key_cmp);
	for (size_t i = 1; i < n->count; i++)
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0)
			(void)COMPLAIN(b, sorted[i]->key_line, sorted[i]->key_column,
				       "key '%s' stands here twice, first in line %d", sorted[i]->key,
				       sorted[i - 1]->key_line);
	return ASSAY_OK;
}

static assay_code on_close(builder *b)
{
	frame *f = &b->stack[--b->depth];
	const size_t count = b->count - f->first;
	assay_yaml_node *children = arena_alloc(b->y, count * sizeof *children);
	weighted item = {.node = f->node, .weight = 1};
	size_t below = 0;
	assay_code rc = ASSAY_OK;

	if (children == NULL)
		return ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml nodes");
	for (size_t i = 0; i < count; i++) {
		children[i] = b->pending[f->first + i].node;
		below += b->pending[f->first + i].weight;
	}
	b->count = f->first;
	item.node.children = children;
	item.node.count = count;
	item.weight += below;
	b->weight -= below; /* accept() counts the whole subtree again */
	if (item.node.type == ASSAY_YAML_MAPPING && count > 1)
		rc = report_duplicates(b, &item.node);
	anchor_finish(b, f->anchor, &item);
	return rc == ASSAY_OK ? accept(b, item) : rc;
}

static assay_code on_document(builder *b, struct fy_token *start)
{
	int line, column;

	if (b->documents++ == 0)
		return ASSAY_OK;
	place_of(b, start, &line, &column);
	return COMPLAIN(b, line, column, "a second document begins here: one file holds one document");
}

static assay_code on_event(builder *b, const struct fy_event *e)
{
	switch (e->type) {
	case FYET_DOCUMENT_START:
		return on_document(b, e->document_start.document_start);
	case FYET_MAPPING_START:
		return on_open(b, ASSAY_YAML_MAPPING, e->mapping_start.mapping_start, e->mapping_start.tag,
			       e->mapping_start.anchor);
	case FYET_SEQUENCE_START:
		return on_open(b, ASSAY_YAML_SEQUENCE, e->sequence_start.sequence_start, e->sequence_start.tag,
			       e->sequence_start.anchor);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return on_close(b);
	case FYET_SCALAR:
		return on_scalar(b, &e->scalar);
	case FYET_ALIAS:
		return on_alias(b, e->alias.anchor);
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
	case FYET_DOCUMENT_END:
		break;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- libfyaml */

/* What the parser would print goes nowhere: its errors are collected. */
static void discard(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
	(void)diag;
	(void)user;
	(void)buf;
	(void)len;
}

static struct fy_diag *quiet_diag(void)
{
	struct fy_diag_cfg cfg;
	struct fy_diag *diag;

	fy_diag_cfg_default(&cfg);
	cfg.fp = NULL;
	cfg.output_fn = discard;
	cfg.colorize = false;
	diag = fy_diag_create(&cfg);
	if (diag != NULL)
		fy_diag_set_collect_errors(diag, true);
	return diag;
}

static assay_code report_syntax(builder *b, struct fy_diag *diag)
{
	void *at = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &at);

	/* only the first: the rest is the parser stumbling over it */
	if (e == NULL)
		return COMPLAIN(b, 1, 1, "not a YAML document");
	return COMPLAIN(b, e->line > 0 ? e->line : 1, e->column > 0 ? e->column : 1, "%.*s", MESSAGE_LIMIT, e->msg);
}

static assay_code build(builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
	struct fy_event *e;
	assay_code rc = ASSAY_OK;

	while (rc == ASSAY_OK && (e = fy_parser_parse(parser)) != NULL) {
		rc = on_event(b, e);
		fy_parser_event_free(parser, e);
	}
	if (rc == ASSAY_OK && fy_parser_get_stream_error(parser))
		rc = report_syntax(b, diag);
	return rc;
}

static assay_code parse_events(builder *b, const char *text, size_t size)
{
	struct fy_diag *diag = quiet_diag();
	const struct fy_parse_cfg cfg = {.flags = FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag};
	struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
	assay_code rc;

	if (parser == NULL || fy_parser_set_string(parser, text, size) != 0)
		rc = ASSAY_RAISE(b->err, ASSAY_ENOMEM, "yaml parser");
	else
		rc = build(b, parser, diag);
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return rc;
}

/* ---------------------------------------------------------------- bytes that cannot be YAML */

static assay_code check_bytes(builder *b, const char *text, size_t size)
{
	const utf8proc_uint8_t *s = (const utf8proc_uint8_t *)text;
	int line = 1, column = 1;

	if (size > SIZE_LIMIT)
		return COMPLAIN(b, 0, 0, "larger than %zu MiB", SIZE_LIMIT >> 20);
	for (size_t i = 0; i < size;) {
		utf8proc_int32_t c;
		const utf8proc_ssize_t n = utf8proc_iterate(s + i, (utf8proc_ssize_t)(size - i), &c);

		if (n <= 0)
			return COMPLAIN(b, line, column, "byte 0x%02x is not UTF-8", s[i]);
		if ((c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f)
			return COMPLAIN(b, line, column, "control character 0x%02x", (unsigned)c);
		if (c == '\n') {
			line++;
			column = 0;
		}
		column++;
		i += (size_t)n;
	}
	return ASSAY_OK;
}

/* ---------------------------------------------------------------- the header's functions */

assay_code assay_yaml_parse(assay_yaml **out, const char *text, size_t size, const char *name, assay_diagnostics *d,
			    assay_err *err)
{
	ASSAY_CLEANUP(assay_yaml_closep) assay_yaml *y = assay_alloc(1, sizeof *y);
	ASSAY_AUTO_FREE builder *b = assay_alloc(1, sizeof *b);
	const size_t errors = d->errors;
	assay_code rc;

	*out = NULL;
	if (y == NULL || b == NULL)
		return ASSAY_RAISE(err, ASSAY_ENOMEM, "yaml tree");
	y->root = (assay_yaml_node){.line = 1, .column = 1};
	*b = (builder){.y = y, .name = name, .d = d, .err = err};
	rc = check_bytes(b, text, size);
	if (rc == ASSAY_OK && size > 0)
		rc = parse_events(b, text, size);
	builder_release(b);
	if (rc == ASSAY_OK && d->errors > errors)
		rc = ASSAY_ECONFIG;
	if (rc == ASSAY_ECONFIG)
		return ASSAY_RAISE(err, rc, "'%s' is not valid YAML", name);
	if (rc == ASSAY_OK)
		*out = ASSAY_STEAL(&y);
	return rc;
}

assay_code assay_yaml_load(assay_yaml **out, int dirfd, const char *path, const char *name, assay_diagnostics *d,
			   assay_err *err)
{
	ASSAY_AUTO_BUF text = ASSAY_BUF_INIT;
	assay_err why = ASSAY_ERR_INIT;
	assay_code rc;

	*out = NULL;
	rc = assay_file_read(&text, dirfd, path, SIZE_LIMIT, &why);
	if (rc == ASSAY_EIO && why.sys == ENOENT) /* for the caller a miss, not a fault */
		rc = why.code = ASSAY_ENOENT;
	if (err != NULL && rc != ASSAY_OK)
		*err = why;
	if (rc == ASSAY_EFULL) {
		assay_diagnostics_add(d, true, name, 0, 0, "larger than %zu MiB", SIZE_LIMIT >> 20);
		return ASSAY_RAISE(err, ASSAY_ECONFIG, "'%s' is larger than %zu MiB", name, SIZE_LIMIT >> 20);
	}
	if (rc != ASSAY_OK)
		return rc;
	return assay_yaml_parse(out, assay_buf_str(&text), text.len, name, d, err);
}

const assay_yaml_node *assay_yaml_root(const assay_yaml *y)
{
	return &y->root;
}

const assay_yaml_node *assay_yaml_get(const assay_yaml_node *n, const char *key)
{
	if (n == NULL || n->type != ASSAY_YAML_MAPPING)
		return NULL;
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->children[i].key, key) == 0)
			return &n->children[i];
	return NULL;
}

static bool among(const char *key, const char *const *names, assay_suggest *s)
{
	for (; *names != NULL; names++) {
		if (strcmp(key, *names) == 0)
			return true;
		assay_suggest_offer(s, *names);
	}
	return false;
}

void assay_yaml_only(const assay_yaml_node *n, const char *const *names, const char *file, assay_diagnostics *d)
{
	if (n->type != ASSAY_YAML_MAPPING)
		return;
	for (size_t i = 0; i < n->count; i++) {
		const assay_yaml_node *c = &n->children[i];
		assay_suggest s;
		char text[160];

		assay_suggest_init(&s, c->key);
		if (!among(c->key, names, &s))
			assay_diagnostics_add(d, true, file, c->key_line, c->key_column, "unknown key '%s'%s", c->key,
					      assay_suggest_text(&s, text, sizeof text));
	}
}
