#include "assay/queue.h"

#include "failed_checks.h"
#include "lineage_rows.h"
#include "standing.h"

/* ---- a ticket with every field in use ---- */

static void make_full(assay_ticket *t, const char *subject)
{
	*t = (assay_ticket){.subject = text(subject),
			    .is_source = true,
			    .state = ASSAY_TICKET_OPEN,
			    .unit = 4,
			    .failure = ASSAY_FAILURE_TIMEOUT,
			    .stage = text("ocr.recognize"),
			    .message = text("took 60 s"),
			    .checks = make_checks(),
			    .check_count = 2,
			    .opened_run = 1,
			    .changed_run = 2,
			    .opened_ns = -3,
			    .changed_ns = 4};
}

static void assert_full(const assay_ticket *t)
{
	assert_string_equal(t->subject, "a.tif");
	assert_true(t->is_source);
	assert_int_equal(t->state, ASSAY_TICKET_OPEN);
	assert_int_equal(t->unit, 4);
	assert_int_equal(t->failure, ASSAY_FAILURE_TIMEOUT);
	assert_string_equal(t->stage, "ocr.recognize");
	assert_string_equal(t->message, "took 60 s");
	assert_checks(t->checks, t->check_count);
	assert_int_equal(t->opened_run, 1);
	assert_int_equal(t->changed_run, 2);
	assert_int_equal(t->opened_ns, -3);
	assert_int_equal(t->changed_ns, 4);
	assert_int_equal(t->events, 1);
}

static void add_attempts(assay_ticket *t)
{
	t->attempts = calloc(2, sizeof *t->attempts);
	t->attempts[0] = (assay_ticket_attempt){.way = ASSAY_WAY_REMEDY,
						.remedy = text("low"),
						.rung = 3,
						.recipe = {{7}},
						.unit = 9,
						.outcome = ASSAY_ATTEMPT_LOST,
						.failed_checks = 2,
						.note = text("ocr.words: 3, 90 without it")};
	t->attempts[1] = (assay_ticket_attempt){
	    .way = ASSAY_WAY_CORRECTED, .recipe = {{8}}, .outcome = ASSAY_ATTEMPT_PASSED, .chosen = true};
	t->attempt_count = 2;
	t->decision = 12;
	t->origin = ASSAY_TICKET_FEEDBACK;
	t->feedback_ns = 77;
}

static void put(assay_store *s, assay_ticket *t, assay_ticket_state state, const char *reason)
{
	t->state = state;
	assert_int_equal(assay_ticket_put(s, t, "assay", reason, NULL), ASSAY_OK);
}

static void assert_open(assay_store *s, uint64_t expected)
{
	uint64_t open = 99;

	assert_int_equal(assay_tickets_open(s, &open, NULL), ASSAY_OK);
	assert_int_equal(open, expected);
}

static assay_code read_ticket(assay_store *s, uint64_t id)
{
	ASSAY_AUTO_TICKET t = {0};

	return assay_ticket_get(s, id, &t, NULL);
}

/* ---- tests ---- */

static void ticket_put__full__reads_back_by_number_and_subject(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET by_id = {0};
	ASSAY_AUTO_TICKET by_subject = {0};

	make_full(&t, "a.tif");
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "it failed");
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &by_id, NULL), ASSAY_OK);
	assert_full(&by_id);
	assert_int_equal(assay_ticket_find(STORE(state), "a.tif", &by_subject, NULL), ASSAY_OK);
	assert_full(&by_subject);
	assert_int_equal(by_subject.id, t.id);
}

static void ticket_put__checks_failed__no_failure_no_unit(void **state)
{
	ASSAY_AUTO_TICKET read = {0};
	assay_ticket t = {.subject = text("b#page=1"), .state = ASSAY_TICKET_OPEN};

	put(STORE(state), &t, ASSAY_TICKET_OPEN, "cer is 0.1");
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.unit, 0);
	assert_int_equal(read.failure, ASSAY_FAILURE_NONE);
	assert_null(read.stage);
	assert_null(read.message);
	assay_ticket_release(&t);
}

static void ticket_find__none__enoent(void **state)
{
	assay_ticket t = {.id = 3};

	assert_int_equal(assay_ticket_find(STORE(state), "none", &t, NULL), ASSAY_ENOENT);
	assert_int_equal(t.id, 0);
	assert_open(STORE(state), 0);
}

static void ticket_put__unknown_number__einval(void **state)
{
	assay_err err = ASSAY_ERR_INIT;
	assay_ticket t = {.id = 8, .subject = text("b"), .state = ASSAY_TICKET_OPEN};

	assert_int_equal(assay_ticket_put(STORE(state), &t, "assay", "x", &err), ASSAY_EINVAL);
	assert_string_equal(err.msg, "ticket for 'b': there is no ticket 8");
	assay_ticket_release(&t);
}

static void ticket_put__attempts_decision_origin__read_back(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET read = {0};

	make_full(&t, "a.tif");
	add_attempts(&t);
	t.feedback_unit = 300;
	put(STORE(state), &t, ASSAY_TICKET_NEEDS_REVIEW, "in vain");
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.feedback_unit, 300);
	assert_true(assay_ticket_attempts_same(t.attempts, 2, read.attempts, read.attempt_count));
	assert_string_equal(read.attempts[0].note, "ocr.words: 3, 90 without it");
	assert_int_equal(read.decision, 12);
	assert_int_equal(read.origin, ASSAY_TICKET_FEEDBACK);
	assert_int_equal(read.feedback_ns, 77);
	read.attempts[1].chosen = false;
	assert_false(assay_ticket_attempts_same(t.attempts, 2, read.attempts, read.attempt_count));
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_TICKET, t.id, read_ticket);
}

/* As a program wrote it that knew neither attempts nor decisions: the fields from 12 on are not there. */
static void ticket_get__format_1__judged_without_attempts(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET read = {0};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	static const unsigned char tail[] = {0x0c, ASSAY_TICKET_JUDGED, 0x0d, 0, 0x0e, 0x80, 0x0f, 0};

	make_full(&t, "a.tif");
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "it failed");
	copy_row(STORE(state), ASSAY_TABLE_TICKET, t.id, &row);
	assert_memory_equal(row.data + row.len - sizeof tail, tail, sizeof tail);
	row.data[0] = 0xa0 + 12;
	row.data[2] = 1;
	put_bytes(STORE(state), ASSAY_TABLE_TICKET, t.id, row.data, row.len - sizeof tail);
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &read, NULL), ASSAY_OK);
	assert_full(&read);
	assert_int_equal(read.origin, ASSAY_TICKET_JUDGED);
	assert_int_equal(read.attempt_count, 0);
	put_bytes(STORE(state), ASSAY_TABLE_TICKET, t.id, row.data, row.len);
	assert_int_equal(read_ticket(STORE(state), t.id), ASSAY_ECORRUPT);
}

static int64_t told_of_format_2(assay_store *s, assay_ticket *t, assay_ticket_state is)
{
	ASSAY_AUTO_TICKET read = {0};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	put(s, t, is, "x");
	copy_row(s, ASSAY_TABLE_TICKET, t->id, &row);
	row.data[0] = 0xa0 + 15;
	row.data[2] = 2;
	put_bytes(s, ASSAY_TABLE_TICKET, t->id, row.data, row.len - 2);
	assert_int_equal(assay_ticket_get(s, t->id, &read, NULL), ASSAY_OK);
	assert_int_equal(read.origin, t->origin);
	return read.feedback_ns;
}

/* As a program wrote it that kept no time of an evaluation: one that is open was told of when it last changed. */
static void ticket_get__format_2__told_of_while_open(void **state)
{
	ASSAY_AUTO_TICKET t = {0};

	make_full(&t, "a.tif");
	t.changed_ns = 4711;
	t.origin = ASSAY_TICKET_JUDGED;
	assert_int_equal(told_of_format_2(STORE(state), &t, ASSAY_TICKET_OPEN), 0);
	t.origin = ASSAY_TICKET_FEEDBACK;
	assert_int_equal(told_of_format_2(STORE(state), &t, ASSAY_TICKET_OPEN), 4711);
	assert_int_equal(told_of_format_2(STORE(state), &t, ASSAY_TICKET_WAIVED), 0);
}

/* ---- attempts stay with their ticket ---- */

static assay_code note_tried(void *ctx, const assay_ticket_tried *x, assay_err *err)
{
	(void)err;
	(void)sprintf((char *)ctx + strlen(ctx), "%s%s%s/%s%s@%" PRIu32 " ", x->current ? "" : "-",
		      x->attempt->way == ASSAY_WAY_REMEDY ? "remedy" : "corrected", x->attempt->note != NULL ? "!" : "",
		      assay_attempt_outcome_name(x->attempt->outcome), x->attempt->chosen ? "+" : "", x->event);
	return ASSAY_OK;
}

static void assert_tried(assay_store *s, uint64_t id, const char *expected)
{
	ASSAY_AUTO_TICKET t = {0};
	char tried[512] = "";

	assert_int_equal(assay_ticket_get(s, id, &t, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_tried_each(s, &t, note_tried, tried, NULL), ASSAY_OK);
	assert_string_equal(tried, expected);
}

/* Of the ticket's attempts the first `count`, in this state. */
static void put_tried(assay_store *s, assay_ticket *t, size_t count, assay_ticket_state is)
{
	const size_t all = t->attempt_count;

	t->attempt_count = count;
	put(s, t, is, "next");
	t->attempt_count = all;
}

static void ticket_tried__decided_and_taken_back__each_once_and_none_lost(void **state)
{
	ASSAY_AUTO_TICKET t = {0};

	make_full(&t, "a.tif");
	add_attempts(&t);
	put_tried(STORE(state), &t, 1, ASSAY_TICKET_NEEDS_REVIEW);
	assert_tried(STORE(state), t.id, "remedy!/lost-content@1 ");
	for (unsigned i = 0; i < 3; i++) {
		put_tried(STORE(state), &t, 0, ASSAY_TICKET_WAIVED);
		assert_tried(STORE(state), t.id, "-remedy!/lost-content@1 ");
		put_tried(STORE(state), &t, 1, ASSAY_TICKET_NEEDS_REVIEW);
		assert_tried(STORE(state), t.id, "remedy!/lost-content@1 ");
	}
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_CORRECTED);
	assert_tried(STORE(state), t.id, "remedy!/lost-content@1 corrected/passed+@8 ");
	t.attempts[1].outcome = ASSAY_ATTEMPT_CHECKS;
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_NEEDS_REVIEW);
	assert_tried(STORE(state), t.id, "-corrected/passed+@8 remedy!/lost-content@1 corrected/checks+@9 ");
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_GONE); /* none counts of what is not there */
	assert_tried(STORE(state), t.id, "-remedy!/lost-content@1 -corrected/passed+@8 -corrected/checks+@9 ");
	assert_int_equal(assay_ticket_put_act(STORE(state), t.id, "eve", "again", 99, NULL), ASSAY_OK);
	assert_tried(STORE(state), t.id, "-remedy!/lost-content@1 -corrected/passed+@8 -corrected/checks+@9 ");
}

/* While some are to be made, those that are made count and are kept later: or at once, when the list loses them. */
static void ticket_tried__still_to_be_made__no_attempt_until_then(void **state)
{
	ASSAY_AUTO_TICKET t = {0};

	make_full(&t, "a.tif");
	add_attempts(&t);
	t.attempts[1].outcome = ASSAY_ATTEMPT_WANTED;
	t.attempts[1].chosen = false;
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_RETRYING);
	assert_tried(STORE(state), t.id, "remedy!/lost-content@0 corrected/wanted@0 ");
	put_tried(STORE(state), &t, 0, ASSAY_TICKET_REJECTED);
	assert_tried(STORE(state), t.id, "-remedy!/lost-content@0 ");
	t.attempts[1].outcome = ASSAY_ATTEMPT_PASSED;
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_CORRECTED);
	assert_tried(STORE(state), t.id, "remedy!/lost-content@0 corrected/passed@3 ");
}

static void copy_event(assay_store *s, uint64_t from, uint64_t to, uint32_t ordinal)
{
	unsigned char key[ASSAY_EVENT_KEY];
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const void *p;
	size_t n;

	assay_event_key(key, from, ordinal);
	assert_int_equal(assay_row_get(s, ASSAY_TABLE_EVENT, key, sizeof key, &p, &n, NULL), ASSAY_OK);
	assay_buf_append(&row, p, n);
	assert_int_equal(row.data[2], 2); /* its format */
	assay_event_key(key, to, ordinal);
	assert_int_equal(assay_row_put(s, ASSAY_TABLE_EVENT, key, sizeof key, &row, NULL), ASSAY_OK);
}

/* Events of format 2 have no attempts: what the ticket still had of them is kept by the next one. */
static void ticket_tried__written_by_an_older_program__kept_from_then_on(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET other = {0};

	make_full(&t, "a.tif");
	make_full(&other, "b.tif");
	add_attempts(&t);
	put(STORE(state), &t, ASSAY_TICKET_CORRECTED, "x");
	put(STORE(state), &other, ASSAY_TICKET_CORRECTED, "x");
	copy_event(STORE(state), other.id, t.id, 1);
	assert_tried(STORE(state), t.id, "remedy!/lost-content@0 corrected/passed+@0 ");
	put_tried(STORE(state), &t, 0, ASSAY_TICKET_WAIVED);
	assert_tried(STORE(state), t.id, "-remedy!/lost-content@0 -corrected/passed+@0 ");
	put_tried(STORE(state), &t, 2, ASSAY_TICKET_PASSED);
	copy_event(STORE(state), other.id, t.id, 1);
	assert_tried(STORE(state), t.id, "-remedy!/lost-content@0 -corrected/passed+@0 ");
}

typedef struct contents {
	unsigned char seen[8][2];
	size_t count;
} contents;

static assay_code add_contents(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	contents *c = ctx;

	(void)err;
	c->seen[c->count][0] = e->before.bytes[0];
	c->seen[c->count++][1] = e->after.bytes[0];
	return ASSAY_OK;
}

/* Whatever a writer says of before, an event begins where the last one that can be read ended. */
static void ticket_put_event__contents__connect(void **state)
{
	static const unsigned char said[][2] = {{5, 0}, {7, 6}, {8, 9}, {0, 0}, {4, 0}},
				   told[][2] = {{5, 0}, {7, 6}, {6, 9}, {9, 0}, {4, 0}, {4, 0}, {4, 0}};
	ASSAY_AUTO_TICKET t = {0};
	contents c = {0};

	make_full(&t, "a.tif");
	for (size_t i = 0; i < ASSAY_COUNT(said); i++) {
		const assay_ticket_event e = {.actor = (char *)(uintptr_t) "eve",
					      .reason = (char *)(uintptr_t) "x",
					      .before = {{said[i][0]}},
					      .after = {{said[i][1]}}};

		assert_int_equal(assay_ticket_put_event(STORE(state), &t, &e, NULL), ASSAY_OK);
	}
	assert_int_equal(assay_ticket_put_act(STORE(state), t.id, "eve", "x", 99, NULL), ASSAY_OK);
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "x");
	assert_int_equal(assay_ticket_events(STORE(state), t.id, add_contents, &c, NULL), ASSAY_OK);
	assert_int_equal(c.count, ASSAY_COUNT(told));
	assert_memory_equal(c.seen, told, sizeof told);
}

static void assert_counts(assay_store *s, const uint64_t expected[ASSAY_TICKET_STATES + 1])
{
	uint64_t counts[ASSAY_TICKET_STATES + 1];

	assert_int_equal(assay_tickets_count(s, counts, NULL), ASSAY_OK);
	assert_memory_equal(counts, expected, sizeof counts);
}

/* The counters of a store whose last writer kept none are made from its rows. */
static void tickets_count__every_state__also_from_an_older_store(void **state)
{
	assay_ticket t[ASSAY_TICKET_STATES] = {0};
	uint64_t expected[ASSAY_TICKET_STATES + 1] = {0};
	char subject[8];

	for (unsigned i = 0; i < ASSAY_TICKET_STATES; i++) {
		(void)snprintf(subject, sizeof subject, "s%u", i);
		make_full(&t[i], subject);
		put(STORE(state), &t[i], (assay_ticket_state)(i + 1), "x");
		expected[i + 1] = 1;
	}
	assert_counts(STORE(state), expected);
	assert_open(STORE(state), 3);
	assert_int_equal(assay_meta_put(STORE(state), "tickets.counted", 0, NULL), ASSAY_OK);
	assert_int_equal(assay_meta_put(STORE(state), "tickets.waived", 99, NULL), ASSAY_OK);
	assert_counts(STORE(state), expected);
	put(STORE(state), &t[0], ASSAY_TICKET_WAIVED, "let it");
	expected[ASSAY_TICKET_OPEN] = 0;
	expected[ASSAY_TICKET_WAIVED] = 2;
	assert_counts(STORE(state), expected);
	assert_open(STORE(state), 2);
	for (unsigned i = 0; i < ASSAY_TICKET_STATES; i++)
		assay_ticket_release(&t[i]);
}

static assay_code note_contents(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	unsigned char *out = ctx;

	(void)err;
	out[0] = e->before.bytes[0];
	out[1] = e->after.bytes[0];
	return ASSAY_OK;
}

static void ticket_put_event__contents__read_back(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	const assay_ticket_event e = {.actor = (char *)(uintptr_t) "eve",
				      .reason = (char *)(uintptr_t) "swapped",
				      .before = {{5}},
				      .after = {{6}}};
	unsigned char seen[2] = {0};

	make_full(&t, "a.tif");
	assert_int_equal(assay_ticket_put_event(STORE(state), &t, &e, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_events(STORE(state), t.id, note_contents, seen, NULL), ASSAY_OK);
	assert_int_equal(seen[0], 5);
	assert_int_equal(seen[1], 6);
}

/* open -> passed -> open -> gone -> gone: only changes between open and not open are counted. */
static void ticket_put__transitions__open_ones_are_counted(void **state)
{
	ASSAY_AUTO_TICKET a = {0};
	ASSAY_AUTO_TICKET b = {0};
	const uint64_t expected[] = {2, 1, 2, 2, 1, 1};
	const assay_ticket_state states[] = {ASSAY_TICKET_OPEN, ASSAY_TICKET_PASSED, ASSAY_TICKET_OPEN,
					     ASSAY_TICKET_OPEN, ASSAY_TICKET_GONE,   ASSAY_TICKET_GONE};

	make_full(&b, "b.tif");
	put(STORE(state), &b, ASSAY_TICKET_OPEN, "it failed");
	make_full(&a, "a.tif");
	for (size_t i = 0; i < ASSAY_COUNT(states); i++) {
		put(STORE(state), &a, states[i], "next");
		assert_int_equal(a.id, 2);
		assert_int_equal(a.events, i + 1);
		assert_open(STORE(state), expected[i]);
	}
	assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	assert_open(STORE(state), 1);
}

static void ticket_put__rolled_back__counter_too(void **state)
{
	ASSAY_AUTO_TICKET a = {0};

	make_full(&a, "a.tif");
	put(STORE(state), &a, ASSAY_TICKET_OPEN, "it failed");
	assay_store_rollback(STORE(state));
	assert_open(STORE(state), 0);
}

static assay_code note_subject(void *ctx, const assay_ticket *t, assay_err *err)
{
	(void)err;
	strcat(ctx, t->subject);
	return ASSAY_OK;
}

static void tickets_each__open_or_all__in_order(void **state)
{
	char open[32] = "", all[32] = "";
	const char *const subjects[] = {"c", "a", "b"};

	for (unsigned i = 0; i < 3; i++) {
		ASSAY_AUTO_TICKET t = {0};

		make_full(&t, subjects[i]);
		put(STORE(state), &t, i == 1 ? ASSAY_TICKET_GONE : ASSAY_TICKET_OPEN, "x");
	}
	assert_int_equal(assay_tickets_each(STORE(state), false, note_subject, open, NULL), ASSAY_OK);
	assert_string_equal(open, "cb");
	assert_int_equal(assay_tickets_each(STORE(state), true, note_subject, all, NULL), ASSAY_OK);
	assert_string_equal(all, "cab");
}

/* ---- tickets by state ---- */

typedef struct wanted {
	uint32_t states;
	char *out;
} wanted;

static assay_code note_wanted(void *ctx, const assay_ticket *t, assay_err *err)
{
	const wanted *w = ctx;

	(void)err;
	if ((w->states >> t->state & 1) != 0)
		(void)sprintf(w->out + strlen(w->out), "%" PRIu64 " ", t->id);
	return ASSAY_OK;
}

/* What is listed for some states is what all tickets say of themselves. */
static void assert_listed(assay_store *s, uint32_t states, uint64_t after, bool kept)
{
	char all[512] = "", some[512] = "";
	wanted w = {.states = states, .out = all};
	bool is_kept = !kept;

	assert_int_equal(assay_tickets_in(s, 0, after, note_wanted, &w, NULL), ASSAY_OK);
	w = (wanted){.states = UINT32_MAX, .out = some};
	assert_int_equal(assay_tickets_in(s, states, after, note_wanted, &w, NULL), ASSAY_OK);
	assert_string_equal(some, all);
	assert_int_equal(assay_standing_is_kept(s, &is_kept, NULL), ASSAY_OK);
	assert_int_equal(is_kept, kept);
}

#define MANY 20

static void tickets_in__random_states__what_the_rows_say(void **state)
{
	assay_ticket t[MANY] = {0};
	char subject[8];

	seed();
	for (unsigned i = 0; i < MANY; i++) {
		(void)snprintf(subject, sizeof subject, "s%u", i);
		make_full(&t[i], subject);
	}
	assert_listed(STORE(state), ASSAY_TICKETS_OPEN, 0, true);
	for (unsigned i = 0; i < 300; i++) {
		put(STORE(state), &t[rnd() % MANY], (assay_ticket_state)(1 + rnd() % ASSAY_TICKET_STATES), "x");
		assert_listed(STORE(state), ASSAY_TICKETS_OPEN, 0, true);
		assert_listed(STORE(state), (uint32_t)(rnd() % 1023 + 1) << 1, rnd() % MANY, true);
		assert_listed(STORE(state), 1u << ASSAY_TICKET_GONE, UINT64_MAX - rnd() % 2, true);
		if (i % 50 == 49)
			assert_int_equal(assay_store_commit(STORE(state), NULL), ASSAY_OK);
	}
	for (unsigned i = 0; i < MANY; i++)
		assay_ticket_release(&t[i]);
}

/* A program that does not know the list has changed tickets: the rows are asked, and the next change mends it. */
static void tickets_in__written_by_an_older_program__rows_hold(void **state)
{
	assay_ticket t[3] = {0};
	const char *const subjects[] = {"a", "b", "c"};

	for (unsigned i = 0; i < 3; i++) {
		make_full(&t[i], subjects[i]);
		put(STORE(state), &t[i], ASSAY_TICKET_OPEN, "x");
	}
	assert_int_equal(assay_standing_move(STORE(state), 1, ASSAY_TICKET_OPEN, ASSAY_TICKET_WAIVED, NULL), ASSAY_OK);
	assert_int_equal(assay_standing_move(STORE(state), 9, 0, ASSAY_TICKET_OPEN, NULL), ASSAY_OK);
	assert_int_equal(assay_meta_put(STORE(state), "tickets.listed", 2, NULL), ASSAY_OK);
	assert_listed(STORE(state), ASSAY_TICKETS_OPEN, 0, false);
	assert_listed(STORE(state), 1u << ASSAY_TICKET_WAIVED, 0, false);
	put(STORE(state), &t[1], ASSAY_TICKET_WAIVED, "let it");
	assert_listed(STORE(state), ASSAY_TICKETS_OPEN, 0, true);
	assert_listed(STORE(state), 1u << ASSAY_TICKET_WAIVED, 0, true);
	for (unsigned i = 0; i < 3; i++)
		assay_ticket_release(&t[i]);
}

static assay_code note_event(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	char line[128];

	(void)err;
	if (e->damaged)
		return ASSAY_ECORRUPT;
	(void)snprintf(line, sizeof(line), "%s %" PRIu64 " %" PRId64 " %s: %s\n", assay_ticket_state_name(e->state),
		       e->run, e->at_ns, e->actor, e->reason);
	strcat(ctx, line);
	return ASSAY_OK;
}

/* Another ticket's events stand next to these in the table. */
static void ticket_events__history__in_order_and_its_own(void **state)
{
	ASSAY_AUTO_TICKET a = {0};
	ASSAY_AUTO_TICKET b = {0};
	char events[512] = "";

	make_full(&a, "a.tif");
	make_full(&b, "b.tif");
	put(STORE(state), &a, ASSAY_TICKET_OPEN, "it failed");
	put(STORE(state), &b, ASSAY_TICKET_OPEN, "other");
	a.changed_run = 3;
	a.changed_ns = 50;
	a.state = ASSAY_TICKET_PASSED;
	a.events = 77; /* what is stored counts, not a stale copy */
	assert_int_equal(assay_ticket_put(STORE(state), &a, "eve", "a lower bound", NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_events(STORE(state), a.id, note_event, events, NULL), ASSAY_OK);
	assert_string_equal(events, "open 2 4 assay: it failed\npassed 3 50 eve: a lower bound\n");
}

static void put_event_at(assay_store *s, unsigned char ordinal, const void *p, size_t n)
{
	const unsigned char key[12] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, ordinal};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;

	assay_buf_append(&row, p, n);
	assert_int_equal(assay_row_put(s, ASSAY_TABLE_EVENT, key, sizeof(key), &row, NULL), ASSAY_OK);
}

static assay_code note_last(void *ctx, const assay_ticket_event *e, assay_err *err)
{
	assay_ticket_event *out = ctx;

	(void)err;
	*out = *e;
	out->actor = out->reason = NULL;
	out->attempts = NULL;
	out->attempt_count = 0;
	return ASSAY_OK;
}

/* A person's act has a time of its own and no run; the ticket stays as it is, but for the number of its events. */
static void ticket_put_act__of_a_ticket__changes_nothing_but_history(void **state)
{
	assay_ticket_event e = {.actor = (char *)(uintptr_t) "assay",
				.reason = (char *)(uintptr_t) "swapped",
				.before = {{5}},
				.after = {{6}}};
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET now = {0};
	uint64_t counts[ASSAY_TICKET_STATES + 1];
	char events[512] = "";

	make_full(&t, "a.tif");
	t.state = ASSAY_TICKET_REPLACED;
	assert_int_equal(assay_ticket_put_event(STORE(state), &t, &e, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_put_act(STORE(state), t.id, "eve", "again", 99, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &now, NULL), ASSAY_OK);
	assert_int_equal(now.events, 2);
	assert_true(now.state == t.state && now.changed_ns == t.changed_ns && now.changed_run == t.changed_run);
	assert_int_equal(assay_ticket_events(STORE(state), t.id, note_event, events, NULL), ASSAY_OK);
	assert_string_equal(events, "replaced 2 4 assay: swapped\nreplaced 0 99 eve: again\n");
	assert_int_equal(assay_ticket_events(STORE(state), t.id, note_last, &e, NULL), ASSAY_OK);
	assert_true(e.act && e.before.bytes[0] == 6 && e.after.bytes[0] == 6);
	assert_int_equal(assay_tickets_count(STORE(state), counts, NULL), ASSAY_OK);
	assert_int_equal(counts[ASSAY_TICKET_REPLACED], 1);
	assert_int_equal(assay_ticket_put_act(STORE(state), 77, "eve", "again", 99, NULL), ASSAY_ENOENT);
}

/* ---- rows that cannot be read ---- */

/* Opened by run 2, told of by an evaluation, looked at by a person, judged again by run 3. */
static void put_history(assay_store *s, assay_ticket *t)
{
	make_full(t, "a.tif");
	put(s, t, ASSAY_TICKET_OPEN, "it failed");
	t->changed_run = 0;
	t->changed_ns = t->feedback_ns = 50;
	put(s, t, ASSAY_TICKET_OPEN, "evaluation E1: wrong");
	assert_int_equal(assay_ticket_put_act(s, t->id, "eve", "looked at it", 99, NULL), ASSAY_OK);
	t->changed_run = 3;
	t->changed_ns = 60;
	put(s, t, ASSAY_TICKET_NEEDS_REVIEW, "in vain");
}

static void ticket_peek__cannot_be_read__what_other_rows_say(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET left = {0};
	ASSAY_AUTO_TICKET again = {0};
	assay_err err = ASSAY_ERR_INIT;

	put_history(STORE(state), &t);
	put_bytes(STORE(state), ASSAY_TABLE_TICKET, t.id, "\xa0", 1);
	assert_int_equal(assay_ticket_get(STORE(state), t.id, &left, &err), ASSAY_ECORRUPT);
	assert_non_null(strstr(err.msg, "; 'assay queue retry T1' makes the ticket anew"));
	assert_int_equal(assay_ticket_peek(STORE(state), t.id, &left, NULL), ASSAY_OK);
	assert_true(left.damaged && left.subject == NULL); /* there is neither such a sample nor such a source */
	assay_ticket_release(&left);
	assert_int_equal(assay_ticket_peek_on(STORE(state), "a.tif", &left, NULL), ASSAY_OK);
	assert_true(left.damaged);
	assert_string_equal(left.subject, "a.tif");
	assert_non_null(strstr(left.message, "ticket"));
	assert_int_equal(left.state, ASSAY_TICKET_NEEDS_REVIEW);
	assert_int_equal(left.events, 4);
	assert_true(left.opened_run == 2 && left.opened_ns == 4);
	assert_int_equal(left.feedback_ns, 50);
	put(STORE(state), &left, ASSAY_TICKET_OPEN, "anew");
	assert_false(left.damaged);
	assert_int_equal(assay_ticket_peek(STORE(state), t.id, &again, NULL), ASSAY_OK);
	assert_false(again.damaged);
	assert_int_equal(again.feedback_ns, 50);
	assert_int_equal(again.events, 5);
}

/* Of what goes to a copy the evaluation is older than the event: so it is read back, and known where the row is lost. */
static void ticket_peek__told_of_another__when_it_was_told(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET left = {0};
	const assay_ticket_event told = {
	    .actor = (char *)(uintptr_t) "eve", .reason = (char *)(uintptr_t) "read wrong", .told_ns = 7};
	assay_ticket_event seen = {0};

	make_full(&t, "a.tif");
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "failed");
	t.changed_run = 0;
	t.changed_ns = 70;
	t.feedback_ns = 7;
	assert_int_equal(assay_ticket_put_event(STORE(state), &t, &told, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_last_event(STORE(state), &t, &seen, NULL), ASSAY_OK);
	assert_true(assay_ticket_event_is_told(&seen));
	assert_true(seen.told_ns == 7 && seen.at_ns == 70);
	assay_ticket_event_release(&seen);
	put_bytes(STORE(state), ASSAY_TABLE_TICKET, t.id, "\xa0", 1);
	assert_int_equal(assay_ticket_peek_on(STORE(state), "a.tif", &left, NULL), ASSAY_OK);
	assert_true(left.damaged);
	assert_int_equal(left.feedback_ns, 7);
}

/* Where the list by state does not hold, the last event that can be read says in which it was. */
static void ticket_peek__without_the_list__state_of_its_last_event(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_TICKET left = {0};

	put_history(STORE(state), &t);
	put_bytes(STORE(state), ASSAY_TABLE_TICKET, t.id, "\xa0", 1);
	put_event_at(STORE(state), 4, "\xa0", 1);
	assert_int_equal(assay_ticket_peek_on(STORE(state), "a.tif", &left, NULL), ASSAY_OK);
	assert_int_equal(left.state, ASSAY_TICKET_NEEDS_REVIEW);
	assay_ticket_release(&left);
	assert_int_equal(assay_meta_put(STORE(state), "tickets.listed", 1, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_peek_on(STORE(state), "a.tif", &left, NULL), ASSAY_OK);
	assert_int_equal(left.state, ASSAY_TICKET_OPEN);
}

static void ticket_give_up__event__an_act_in_its_place(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_err err = ASSAY_ERR_INIT;
	char events[512] = "";

	put_history(STORE(state), &t);
	put_event_at(STORE(state), 1, "\xa0", 1);
	put_event_at(STORE(state), 4, "\xa0", 1);
	assert_int_equal(assay_ticket_can_give_up(STORE(state), t.id, 2, &err), ASSAY_EUSAGE);
	assert_string_equal(err.msg, "event 2 of ticket T1 can be read");
	err = ASSAY_ERR_INIT;
	assert_int_equal(assay_ticket_give_up(STORE(state), t.id, 2, "eve", "x", 1, &err), ASSAY_EUSAGE);
	assert_int_equal(assay_ticket_can_give_up(STORE(state), t.id, 5, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_ticket_can_give_up(STORE(state), t.id, 0, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_ticket_can_give_up(STORE(state), 9, 1, NULL), ASSAY_ENOENT);
	assert_int_equal(assay_ticket_give_up(STORE(state), t.id, 4, "eve", "a bad disk", 70, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_give_up(STORE(state), t.id, 1, "eve", "a bad disk", 71, NULL), ASSAY_OK);
	assert_int_equal(assay_ticket_events(STORE(state), t.id, note_event, events, NULL), ASSAY_OK);
	assert_string_equal(events, "open 0 71 eve: event 1 cannot be read, and was given up: a bad disk\n"
				    "open 0 50 assay: evaluation E1: wrong\n"
				    "open 0 99 eve: looked at it\n"
				    "open 0 70 eve: event 4 cannot be read, and was given up: a bad disk\n");
}

static void ticket_get__every_truncation__ecorrupt(void **state)
{
	ASSAY_AUTO_TICKET t = {0};

	make_full(&t, "a.tif");
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "it failed");
	assert_row_truncations_refused(STORE(state), ASSAY_TABLE_TICKET, t.id, read_ticket);
}

static void ticket_get__random_mutations__no_harm(void **state)
{
	ASSAY_AUTO_TICKET t = {0};

	make_full(&t, "a.tif");
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "it failed");
	assert_row_mutations_harmless(STORE(state), ASSAY_TABLE_TICKET, t.id, read_ticket);
}

static assay_code read_events(assay_store *s)
{
	char events[4096] = "";

	return assay_ticket_events(s, 1, note_event, events, NULL);
}

static void ticket_events__truncated_or_mutated__refused_or_valid(void **state)
{
	static const unsigned char key[12] = {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1};
	ASSAY_AUTO_TICKET t = {0};
	ASSAY_AUTO_BUF row = ASSAY_BUF_INIT;
	const void *p;
	size_t n;

	make_full(&t, "a.tif");
	add_attempts(&t);
	put(STORE(state), &t, ASSAY_TICKET_OPEN, "it failed");
	assert_int_equal(assay_row_get(STORE(state), ASSAY_TABLE_EVENT, key, sizeof(key), &p, &n, NULL), ASSAY_OK);
	assay_buf_append(&row, p, n);
	for (size_t i = 0; i < row.len; i++) {
		put_event_at(STORE(state), 1, row.data, i);
		assert_int_equal(read_events(STORE(state)), ASSAY_ECORRUPT);
	}
	seed();
	for (unsigned i = 0; i < 2000; i++) {
		const size_t at = rnd() % row.len;
		const unsigned char was = row.data[at];
		assay_code rc;

		row.data[at] = (unsigned char)rnd();
		put_event_at(STORE(state), 1, row.data, row.len);
		rc = read_events(STORE(state));
		assert_true(rc == ASSAY_OK || rc == ASSAY_ECORRUPT);
		row.data[at] = was;
	}
}

static void ticket__every_alloc_fails_in_turn__enomem(void **state)
{
	ASSAY_AUTO_TICKET t = {0};
	assay_code rc;
	unsigned n = 0;

	make_full(&t, "a.tif");
	do {
		arm(++n);
		rc = assay_ticket_put(STORE(state), &t, "assay", "it failed", NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
		assert_int_equal(t.id != 0, rc == ASSAY_OK);
		if (rc != ASSAY_OK)
			assay_store_rollback(STORE(state));
	} while (rc != ASSAY_OK);
	assert_in_range(n, 3, 100);
	n = 0;
	do {
		char events[128] = "";

		arm(++n);
		rc = assay_ticket_put(STORE(state), &t, "assay", "again", NULL);
		if (rc == ASSAY_OK)
			rc = assay_ticket_events(STORE(state), t.id, note_event, events, NULL);
		arm(0);
		assert_true(rc == ASSAY_OK || rc == ASSAY_ENOMEM);
	} while (rc != ASSAY_OK);
	assert_in_range(n, 10, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_STORE(ticket_put__full__reads_back_by_number_and_subject),
	    WITH_STORE(ticket_put__checks_failed__no_failure_no_unit),
	    WITH_STORE(ticket_find__none__enoent),
	    WITH_STORE(ticket_put__unknown_number__einval),
	    WITH_STORE(ticket_put__attempts_decision_origin__read_back),
	    WITH_STORE(ticket_get__format_1__judged_without_attempts),
	    WITH_STORE(ticket_get__format_2__told_of_while_open),
	    WITH_STORE(ticket_tried__decided_and_taken_back__each_once_and_none_lost),
	    WITH_STORE(ticket_tried__still_to_be_made__no_attempt_until_then),
	    WITH_STORE(ticket_tried__written_by_an_older_program__kept_from_then_on),
	    WITH_STORE(ticket_put_event__contents__connect),
	    WITH_STORE(tickets_count__every_state__also_from_an_older_store),
	    WITH_STORE(ticket_put_event__contents__read_back),
	    WITH_STORE(ticket_put__transitions__open_ones_are_counted),
	    WITH_STORE(ticket_put__rolled_back__counter_too),
	    WITH_STORE(tickets_each__open_or_all__in_order),
	    WITH_STORE(tickets_in__random_states__what_the_rows_say),
	    WITH_STORE(tickets_in__written_by_an_older_program__rows_hold),
	    WITH_STORE(ticket_events__history__in_order_and_its_own),
	    WITH_STORE(ticket_put_act__of_a_ticket__changes_nothing_but_history),
	    WITH_STORE(ticket_peek__cannot_be_read__what_other_rows_say),
	    WITH_STORE(ticket_peek__told_of_another__when_it_was_told),
	    WITH_STORE(ticket_peek__without_the_list__state_of_its_last_event),
	    WITH_STORE(ticket_give_up__event__an_act_in_its_place),
	    WITH_STORE(ticket_get__every_truncation__ecorrupt),
	    WITH_STORE(ticket_get__random_mutations__no_harm),
	    WITH_STORE(ticket_events__truncated_or_mutated__refused_or_valid),
	    WITH_STORE(ticket__every_alloc_fails_in_turn__enomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
