/* Contracts with properties of tables: the columns that they ask for, their record, and what is refused. */
#include "contract_fixture.h"

#define TABLES                                                                                                         \
	HEAD "schema:\n- name: table\n  properties:\n"                                                                 \
	     "  - {name: Item, logicalType: string, required: true}\n"                                                 \
	     "  - {name: amount, id: money, physicalName: Amount paid, logicalType: number,\n"                         \
	     "     customProperties: [{property: severity, value: warning}]}\n"                                        \
	     "  - {name: Note}\n"

static void load__properties_of_tables__checks_of_columns(void **state)
{
	assay_contract *c = load(TABLES, NULL), *back;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;

	(void)state;
	assert_int_equal(c->schema_count, 1);
	assert_int_equal(c->schemas[0]->count, 3);
	assert_int_equal(c->check_count, 3);
	assert_string_equal(c->checks[0].id, "money");
	assert_string_equal(c->checks[1].id, "table.Item");
	assert_string_equal(c->checks[0].metric, ASSAY_TABLE_SCHEMA_METRIC);
	assert_int_equal(c->checks[0].severity, ASSAY_SEVERITY_WARNING);
	assert_int_equal(c->checks[0].schema_column, 1);
	assert_string_equal(c->schemas[0]->columns[1].head, "Amount paid");
	assert_int_equal(c->schemas[0]->columns[1].type, ASSAY_COLUMN_NUMBER);
	assert_int_equal(c->schemas[0]->columns[2].type, ASSAY_COLUMN_ANY);
	assert_true(c->schemas[0]->columns[0].required);
	assay_contract_encode(&record, c);
	assert_int_equal(assay_contract_decode(&back, record.data, record.len, NULL, NULL), ASSAY_OK);
	assay_contract_encode(&again, back);
	assert_int_equal(record.len, again.len);
	assert_memory_equal(record.data, again.data, record.len);
	assert_ptr_equal(back->checks[0].schema, back->schemas[0]);
	assert_int_equal(back->checks[0].low_units, 1);
	assay_contract_close(back);
	assay_contract_close(c);
	for (size_t i = 0; i < 8 * record.len; i++) { /* no damaged record is more than refused */
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
		if (assay_contract_decode(&back, record.data, record.len, NULL, NULL) == ASSAY_OK)
			assay_contract_close(back);
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
	}
}

#define NUMBERS                                                                                                        \
	HEAD "schema:\n- name: table\n  properties:\n"                                                                 \
	     "  - {name: in, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 99.50}}\n"                \
	     "  - {name: out, logicalType: integer}\n"                                                                 \
	     "  - {name: moved, logicalType: number, customProperties: [{property: sumOf, value: [out, in]}]}\n"

static void load__ranges_and_sums_of_columns__a_record_of_format_4(void **state)
{
	assay_contract *c = load(NUMBERS, NULL), *back = NULL;
	const assay_expected_column *k = c->schemas[0]->columns;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;

	(void)state;
	assert_true(k[0].has_low && k[0].has_high && !k[1].has_low && !k[1].has_high);
	assert_int_equal(k[0].low.units, 0);
	assert_int_equal(k[0].high.units, 995);
	assert_int_equal(k[0].high.scale, 1);
	assert_int_equal(k[2].part_count, 2);
	assert_int_equal(k[2].parts[0], 0);
	assert_int_equal(k[2].parts[1], 1);
	assay_contract_encode(&record, c);
	assert_int_equal(record.data[2], 4);
	assert_int_equal(assay_contract_decode(&back, record.data, record.len, NULL, NULL), ASSAY_OK);
	assay_contract_encode(&again, back);
	assert_int_equal(record.len, again.len);
	assert_memory_equal(record.data, again.data, record.len);
	assay_contract_close(back);
	assay_contract_close(c);
	for (size_t i = 0; i < 8 * record.len; i++) { /* no damaged record is more than refused */
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
		if (assay_contract_decode(&back, record.data, record.len, NULL, NULL) == ASSAY_OK)
			assay_contract_close(back);
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
	}
}

#define RELATED                                                                                                        \
	HEAD "schema:\n- name: table\n  properties:\n"                                                                 \
	     "  - {name: code, logicalType: string, logicalTypeOptions: {pattern: '^[A-Z]\\d+$'}}\n"                   \
	     "  - {name: part, logicalType: integer, customProperties: [{property: atMost, value: [most, all]}]}\n"    \
	     "  - {name: all, logicalType: number}\n"                                                                  \
	     "  - {name: most, logicalType: number}\n"

static void load__patterns_and_larger_columns__a_record_of_format_5(void **state)
{
	assay_contract *c = load(RELATED, NULL), *back = NULL;
	const assay_expected_column *k = c->schemas[0]->columns;
	ASSAY_AUTO_BUF record = ASSAY_BUF_INIT;
	ASSAY_AUTO_BUF again = ASSAY_BUF_INIT;

	(void)state;
	assert_string_equal(k[0].pattern, "^[A-Z]\\d+$");
	assert_int_equal(k[1].larger_count, 2);
	assert_int_equal(k[1].larger[0], 2);
	assert_int_equal(k[1].larger[1], 3);
	assay_contract_encode(&record, c);
	assert_int_equal(record.data[2], 5);
	assert_int_equal(assay_contract_decode(&back, record.data, record.len, NULL, NULL), ASSAY_OK);
	assert_int_equal(regexec(back->schemas[0]->columns[0].matcher, "A12", 0, NULL, 0), 0);
	assert_int_not_equal(regexec(back->schemas[0]->columns[0].matcher, "12", 0, NULL, 0), 0);
	assay_contract_encode(&again, back);
	assert_int_equal(record.len, again.len);
	assert_memory_equal(record.data, again.data, record.len);
	assay_contract_close(back);
	assay_contract_close(c);
	for (size_t i = 0; i < 8 * record.len; i++) { /* no damaged record is more than refused */
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
		if (assay_contract_decode(&back, record.data, record.len, NULL, NULL) == ASSAY_OK)
			assay_contract_close(back);
		record.data[i / 8] ^= (unsigned char)(1u << i % 8);
	}
}

static void load__ranges_and_sums_amiss__findings(void **state)
{
	static const struct {
		const char *column, *message;
	} cases[] = {
	    {"logicalType: integer, logicalTypeOptions: {minimum: 5, maximum: 4}", "no number is between this minimum"},
	    {"logicalType: integer, logicalTypeOptions: {minimum: '5'}", "is a decimal number of at most 18 places"},
	    {"logicalType: integer, logicalTypeOptions: {maximum: [1]}", "is a decimal number of at most 18 places"},
	    {"logicalType: integer, logicalTypeOptions: {multipleOf: 2}, id: x",
	     "'multipleOf' of this column of tables is not"},
	    {"logicalType: string, logicalTypeOptions: {minimum: 2}, id: x", "'minimum' of this column"},
	    {"logicalType: number, logicalTypeOptions: {pattern: a}, id: x", "'pattern' of this column"},
	    {"logicalType: string, logicalTypeOptions: {pattern: 'a(?=b)'}", "pattern of a column: "},
	    {"logicalType: string, logicalTypeOptions: {pattern: [a]}",
	     "a pattern of a column is a regular expression"},
	    {"logicalType: number, customProperties: [{property: atMost, value: []}]",
	     "names one and more of the other"},
	    {"logicalType: number, customProperties: [{property: atMost, value: [c]}]", "atMost: 'c' cannot be held"},
	    {"logicalType: date, customProperties: [{property: atMost, value: [a]}]", "atMost of a column of numbers"},
	    {"logicalType: number, customProperties: [{property: sumOf, value: [a, d]}]", "there is no property 'd'"},
	    {"logicalType: number, customProperties: [{property: sumOf, value: [a, c]}]",
	     "sumOf: 'c' cannot be held against itself"},
	    {"logicalType: number, customProperties: [{property: sumOf, value: [a, a]}]", "'a' is named twice"},
	    {"logicalType: number, customProperties: [{property: sumOf, value: [a]}]",
	     "names two and more of the other"},
	    {"logicalType: number, customProperties: [{property: sumOf, value: a}]", "names two and more of the other"},
	    {"logicalType: string, customProperties: [{property: sumOf, value: [a, b]}]",
	     "sumOf of a column of numbers"},
	    {"logicalType: number, customProperties: [{property: sumof, value: [a, b]}]",
	     "unknown property 'sumof', did you mean 'sumOf'?"},
	    {"logicalType: number, customProperties: [{property: at_most, value: [a]}]",
	     "unknown property 'at_most', did you mean 'atMost'?"},
	    {"logicalType: number, customProperties: [{property: atMots, value: [a]}]", "did you mean 'atMost'?"},
	    {"logicalType: number, customProperties: [{property: serverity, value: warning}]",
	     "did you mean 'severity'?"},
	    {"logicalType: number, id: x, customProperties: [{property: security, value: high}]",
	     "property 'security' of a column of tables is not judged by Assay"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assay_diagnostics d = {0};
		assay_contract *c = NULL;
		char text[1024];

		(void)snprintf(
		    text, sizeof text,
		    "%sschema:\n- name: table\n  properties:\n  - {name: a}\n  - {name: b}\n  - {name: c, %s}\n", HEAD,
		    cases[i].column);
		(void)!load_n(&c, text, strlen(text), NULL, &d);
		assert_in_range(d.count, 1, 2);
		assert_non_null(strstr(d.items[0].message, cases[i].message));
		assert_int_equal(d.items[0].line, 11);
		assay_diagnostics_release(&d);
		assay_contract_close(c);
	}
}

static void load__properties_of_tables_amiss__findings(void **state)
{
	static const char text[] = HEAD "schema:\n- name: table\n  properties:\n"
					"  - {name: Item, logicalType: boolean}\n"
					"  - {name: Item, unique: true}\n";
	assay_diagnostics d = {0};
	assay_contract *c;

	(void)state;
	assert_int_equal(load_n(&c, text, strlen(text), NULL, &d), ASSAY_ECONFIG);
	assert_int_equal(d.count, 3);
	assert_non_null(strstr(d.items[0].message, "logicalType boolean of a column is not judged"));
	assert_non_null(strstr(d.items[2].message, "'unique' of a column of tables is not judged"));
	assert_non_null(strstr(d.items[1].message, "check id 'table.Item' stands here twice"));
	assay_diagnostics_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(load__properties_of_tables__checks_of_columns),
	    cmocka_unit_test(load__ranges_and_sums_of_columns__a_record_of_format_4),
	    cmocka_unit_test(load__patterns_and_larger_columns__a_record_of_format_5),
	    cmocka_unit_test(load__ranges_and_sums_amiss__findings),
	    cmocka_unit_test(load__properties_of_tables_amiss__findings),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
