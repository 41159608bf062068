#include "test_findings.h"

#include "assay/config.h"

#include <time.h>

static void glob_match__table__as_documented(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} rows[] = {
	    {"inbox/scans/**", "inbox/scans/a.tif", true},
	    {"inbox/scans/**", "inbox/scans/2024/05/a.tif", true},
	    {"inbox/scans/**", "inbox/scans", false},
	    {"inbox/scans/**", "inbox/scansx/a.tif", false},
	    {"inbox/scans/**", "other/inbox/scans/a.tif", false},
	    {"**", "a", true},
	    {"**", "a/b/c", true},
	    {"**/x", "x", true},
	    {"**/x", "a/b/x", true},
	    {"**/x", "a/b/xy", false},
	    {"a/**/b", "a/b", true},
	    {"a/**/b", "a/x/y/b", true},
	    {"a/**/b", "a/x/y/c", false},
	    {"a/**/b/**/c", "a/b/x/b/c", true},
	    {"a/**/**/b", "a/b", true},
	    {"**/a/**/b", "x/a/a/y/b", true},
	    {"**/*.tif", "a/b/c.tif", true},
	    {"**/*.tif", "a/b/c.tiff", false},
	    {"*.tif", "a.tif", true},
	    {"*.tif", "a/b.tif", false}, /* a star keeps to its component */
	    {"*", "", false},
	    {"", "", true},
	    {"", "a", false},
	    {"a", "a/b", false},
	    {"a/b", "a", false},
	    {"a?c", "abc", true},
	    {"a?c", "ac", false},
	    {"a?c", "a/c", false},
	    {"a?c",
	     "a\xc3\xa9"
	     "c",
	     true}, /* one character, two bytes */
	    {"a??c",
	     "a\xc3\xa9"
	     "c",
	     false},
	    {"a?c",
	     "a\xff"
	     "c",
	     true}, /* a byte that is no character counts as one */
	    {"[a-c]x", "bx", true},
	    {"[a-c]x", "dx", false},
	    {"[!a-c]x", "dx", true},
	    {"[^a-c]x", "bx", false},
	    {"[]x]", "]", true},
	    {"[a-]", "-", true},
	    {"[\xc3\xa0-\xc3\xb0]", "\xc3\xa9", true},
	    {"[*]", "*", true},
	    {"[*]", "a", false},
	    {"[a", "[a", true}, /* not closed: itself */
	    {"a**b", "axxb", true},
	    {"a**b", "ax/xb", false},
	    {"*a*b*c*", "xxaxxbxxcxx", true},
	    {"*a*b*c*", "xxaxxcxxbxx", false},
	    {"*", ".hidden", false},
	    {"?hidden", ".hidden", false},
	    {"[.]hidden", ".hidden", false},
	    {".*", ".hidden", true},
	    {"**", ".hidden", false},
	    {"**", "a/.git/config", false},
	    {"**/config", ".git/config", false},
	    {"**/.git/**", "a/.git/config", true},
	    {".git/**", ".git/config", true},
	    {"a/*.b", "a/.b", false},
	    {"a.*", "a.b", true},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++)
		if (assay_glob_match(rows[i].pattern, rows[i].path) != rows[i].matches) {
			print_error("'%s' on '%s': wanted %d\n", rows[i].pattern, rows[i].path, rows[i].matches);
			fail();
		}
}

/* What each {name} took, as "name=text ..."; "-" when the pattern does not match. */
static void captures_text(char *out, size_t size, const char *pattern, const char *path)
{
	assay_glob_capture c[ASSAY_GLOB_CAPTURES_MAX];
	size_t count, used = 0;

	out[0] = '\0';
	if (!assay_glob_capture_all(pattern, path, c, &count))
		(void)snprintf(out, size, "-");
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%.*s=%.*s", i > 0 ? " " : "", (int)c[i].name_size,
					 c[i].name, (int)c[i].size, c[i].text);
}

static void glob_capture__table__the_shortest_that_lets_the_rest_match(void **state)
{
	static const struct {
		const char *pattern, *path, *captures;
	} rows[] = {
	    {"inbox/{type}/{year}/**", "inbox/invoice/1999/x/a.tif", "type=invoice year=1999"},
	    {"inbox/{type}/{year}/**", "inbox/invoice/a.tif", "-"},
	    {"scan_{year}_*.tif", "scan_1912_03_07.tif", "year=1912"},
	    {"scan_{year}_*.tif", "scan__03.tif", "-"}, /* at least one character */
	    {"{a}-{b}", "x-y-z", "a=x b=y-z"},
	    {"{a}-{b}.t", "x-y.t-z.t", "a=x b=y.t-z"},
	    {"**/{box}/*.tif", "a/b/c/x.tif", "box=c"}, /* going back forgets what came before */
	    {"{a}/**/{b}.x", "p/q/r/s.x", "a=p b=s"},
	    {"*_{a}", "u_v_w", "a=v_w"},
	    {"{a}", ".hidden", "-"},
	    {".{a}", ".hidden", "a=hidden"},
	    {"{a}b",
	     "\xc3\xa9"
	     "b",
	     "a=\xc3\xa9"},
	    {"[{]a}", "{a}", ""}, /* a brace itself */
	    {"{a", "{a", ""},     /* not closed: itself */
	    {"{}", "{}", ""},
	    {"a.tif", "a.tif", ""},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		char got[200];

		captures_text(got, sizeof got, rows[i].pattern, rows[i].path);
		if (strcmp(got, rows[i].captures) != 0) {
			print_error("'%s' on '%s': wanted '%s', got '%s'\n", rows[i].pattern, rows[i].path,
				    rows[i].captures, got);
			fail();
		}
		assert_int_equal(assay_glob_match(rows[i].pattern, rows[i].path), strcmp(got, "-") != 0);
	}
}

/* The plain definition, exponential and obviously right: the twin of the fast one. */
static bool slow_component(const char *p, const char *pe, const char *s, const char *se)
{
	if (p == pe)
		return s == se;
	if (*p == '*')
		return slow_component(p + 1, pe, s, se) || (s < se && slow_component(p, pe, s + 1, se));
	return s < se && (*p == '?' || *p == *s) && slow_component(p + 1, pe, s + 1, se);
}

static bool slow_match(const char *p, const char *s)
{
	const char *pe = p + strcspn(p, "/"), *se = s + strcspn(s, "/");
	const char *pn = *pe ? pe + 1 : pe, *sn = *se ? se + 1 : se;

	if (*p == '\0')
		return *s == '\0';
	if (pe - p == 2 && p[0] == '*' && p[1] == '*') {
		const bool more = *s != '\0' && *s != '.';

		return *pn == '\0' ? more && (*sn == '\0' || slow_match(p, sn))
				   : slow_match(pn, s) || (more && slow_match(p, sn));
	}
	return *s != '\0' && (*s != '.' || *p == '.') && slow_component(p, pe, s, se) && slow_match(pn, sn);
}

static void random_path(char *out, size_t components, const char *letters, size_t n_letters, uint64_t *random)
{
	for (size_t c = 0; c < components; c++) {
		const size_t length = 1 + (size_t)(random_next(random) % 3);

		if (c > 0)
			*out++ = '/';
		for (size_t i = 0; i < length; i++)
			*out++ = letters[random_next(random) % n_letters];
	}
	*out = '\0';
}

static void glob_match__random__agrees_with_the_definition(void **state)
{
	const uint64_t seed = 77777;
	uint64_t random = seed;
	size_t matches = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < 300000; i++) {
		char pattern[32], path[32];
		const size_t np = 1 + (size_t)(random_next(&random) % 4), ns = 1 + (size_t)(random_next(&random) % 5);
		bool got;

		random_path(pattern, np, "ab.***?", 7, &random);
		random_path(path, ns, "ab.", 3, &random);
		got = assay_glob_match(pattern, path);
		matches += got;
		if (got != slow_match(pattern, path)) {
			print_error("'%s' on '%s': got %d\n", pattern, path, got);
			fail();
		}
	}
	assert_in_range(matches, 1000, 299000); /* both answers were really compared */
}

static void glob_match__hostile_patterns__no_blow_up(void **state)
{
	char pattern[4001], path[4001];
	const clock_t start = clock();

	(void)state;
	for (int i = 0; i < 2000; i++) /* *a*a*a… against aaaa…b */
		memcpy(pattern + 2 * i, "*a", 2);
	pattern[4000] = '\0';
	memset(path, 'a', 4000);
	path[3999] = 'b';
	path[4000] = '\0';
	assert_false(assay_glob_match(pattern, path));
	for (int i = 0; i < 800; i++) /* any depth, a, any depth, a… against a/a/a…/b */
		memcpy(pattern + 5 * i, "**/a/", 5);
	pattern[3999] = '\0';
	for (int i = 0; i < 2000; i++)
		memcpy(path + 2 * i, "a/", 2);
	path[3998] = 'b';
	path[3999] = '\0';
	assert_false(assay_glob_match(pattern, path));
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC); /* seconds under valgrind, for ever if exponential */
}

static void sidecar_path__table__as_documented(void **state)
{
	static const struct {
		const char *text, *source, *wanted;
	} rows[] = {
	    {"{stem}.gt.txt", "scans/a.tif", "scans/a.gt.txt"},
	    {"{dir}gt/{name}.txt", "scans/a.tif", "scans/gt/a.tif.txt"},
	    {"{dir}gt/{name}.txt", "a.tif", "gt/a.tif.txt"},
	    {"{stem}.txt", "a", "a.txt"},
	    {"{stem}.txt", "a.b/c", "a.b/c.txt"},
	    {"{stem}.txt", "a.b/c.d.e", "a.b/c.d.txt"},
	    {"{stem}.txt", "a/.hidden", "a/.hidden.txt"},
	    {"gt/all.json", "a/b.tif", "gt/all.json"},
	};

	(void)state;
	for (size_t i = 0; i < ASSAY_COUNT(rows); i++) {
		ASSAY_AUTO_BUF b = ASSAY_BUF_INIT;

		assay_sidecar_path(&b, rows[i].text, rows[i].source);
		assert_string_equal(assay_buf_str(&b), rows[i].wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(glob_match__table__as_documented),
	    cmocka_unit_test(glob_capture__table__the_shortest_that_lets_the_rest_match),
	    cmocka_unit_test(glob_match__random__agrees_with_the_definition),
	    cmocka_unit_test(glob_match__hostile_patterns__no_blow_up),
	    cmocka_unit_test(sidecar_path__table__as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
