#include "assay/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

static struct {
	unsigned calls;
	assay_log_level level;
	char line[4096];
} seen;

static void remember(void *ctx, assay_log_level level, const char *line)
{
	assert_ptr_equal(ctx, &seen);
	assert_true(strlen(line) < sizeof(seen.line));
	seen.calls++;
	seen.level = level;
	strcpy(seen.line, line);
}

static int reset(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	assay_log_set(NULL, NULL, ASSAY_LOG_DEBUG);
	return 0;
}

static void log__no_sink__silent(void **state)
{
	(void)state;
	assay_log(ASSAY_LOG_ERROR, "x");
	assay_log_set(remember, &seen, ASSAY_LOG_DEBUG);
	assay_log_set(NULL, NULL, ASSAY_LOG_DEBUG);
	assay_log(ASSAY_LOG_ERROR, "x");
	assert_int_equal(seen.calls, 0);
}

static void log__levels__only_those_asked_for(void **state)
{
	(void)state;
	for (int most = ASSAY_LOG_ERROR; most <= ASSAY_LOG_DEBUG; most++) {
		assay_log_set(remember, &seen, (assay_log_level)most);
		for (int level = ASSAY_LOG_ERROR; level <= ASSAY_LOG_DEBUG; level++) {
			seen.calls = 0;
			assay_log((assay_log_level)level, "level %d", level);
			assert_int_equal(seen.calls, level <= most);
			if (level <= most)
				assert_int_equal(seen.level, level);
		}
	}
	assert_string_equal(seen.line, "level 3");
}

static void log__control_bytes__one_tame_line(void **state)
{
	(void)state;
	assay_log_set(remember, &seen, ASSAY_LOG_INFO);
	assay_log(ASSAY_LOG_INFO, "file '%s'", "a\nassay: \x1b[31m\x7f\xc3\xbc\r");
	assert_int_equal(seen.calls, 1);
	assert_string_equal(seen.line, "file 'a?assay: ?[31m?\xc3\xbc?'");
}

static void log__long_line__cut_between_characters(void **state)
{
	char text[3001] = "";

	(void)state;
	assay_log_set(remember, &seen, ASSAY_LOG_INFO);
	for (unsigned lead = 0; lead < 3; lead++) {
		memset(text, '-', lead);
		for (size_t i = lead; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xe6\xb0\xb4", 4);
		assay_log(ASSAY_LOG_INFO, "%s", text);
		assert_in_range(strlen(seen.line), 1000, 1023);
		assert_int_equal((strlen(seen.line) - lead) % 3, 0);
		assert_memory_equal(seen.line, text, strlen(seen.line));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(log__no_sink__silent, reset),
	    cmocka_unit_test_setup(log__levels__only_those_asked_for, reset),
	    cmocka_unit_test_setup(log__control_bytes__one_tame_line, reset),
	    cmocka_unit_test_setup(log__long_line__cut_between_characters, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
