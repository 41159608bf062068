# A correction that fails by another check than the pipeline's: the ticket has both, told apart, and is found by either.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset 'id: low, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeGreaterThan: -10}' </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 12\n' >docs/a.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
test_run_into store
printf 'value: -50\n' >text.txt
assay queue resolve 'docs/a.txt#page=1' --text text.txt >out 2>err || fail "resolve: $(cat err)"
assert_eq "$(assay queue list --json | jq -c '[.[0] | .state, [.checks[].check], [.standing_checks[].check]]')" \
    '["needs-review",["value"],["low"]]' 'both'
assert_eq "$(assay queue list --check low | wc -l)" 1 'by what stands'
assert_eq "$(assay queue list --check value | wc -l)" 1 'by what the pipeline made'
assert_eq "$(assay queue list --group check --json | jq -c '[.. | strings | select(. == "low" or . == "value")] | sort')" '["low","value"]' 'groups'
assay queue show 'docs/a.txt#page=1' | grep -q '^stands    low: ' || fail 'show'
assay queue list | grep -q 'value: .*; as it stands low: ' || fail "list: $(assay queue list)"
echo 'both'

# What is to be done is what stands: sorting, lanes, tables and folders of work go by that.
printf 'value: 15\n' >docs/b.txt
settle docs
test_run_into store
first() { assay queue list --sort "$1" --json | jq -r '.[0].subject'; }
assert_eq "$(first distance)" 'docs/a.txt#page=1' 'the farthest off is the correction'
assert_eq "$(assay queue list --source docs/a.txt --json | jq '.[0].distance')" 4 'how far'
assert_eq "$(first check)" 'docs/a.txt#page=1' 'low is before value'
assert_eq "$(assay queue list --sort distance --after T1 --json | jq length)" 1 'after it'
cat >>assay.yaml <<'YAML'
lanes:
  - {name: values, checks: [value], severity: error, kind: page}
  - {name: lows, checks: [low], stages: [test.read], kind: page}
YAML
assert_eq "$(assay queue list --json | jq -c 'map({(.source[5:6]): .lane}) | add')" '{"a":"lows","b":"values"}' 'lanes'
assert_eq "$(assay queue list --lane lows --json | jq -r '.[].source')" docs/a.txt '--lane'
assay queue export --format csv --out desk.csv >out 2>err || fail "export: $(cat err)"
grep -q 'docs/a.txt#page=1,page,lows,"*low: test.value -50' desk.csv || fail "table: $(cat desk.csv)"
! grep -q 'test.value 12' desk.csv || fail 'the table has what the pipeline made'
assay queue show 'docs/a.txt#page=1' --work desk >out 2>err || fail "show: $(cat err)"
assert_jq desk/T1/task.json '[.checks[0].check, .standing_checks[0].check] | @json' '["value","low"]'
echo 'by what stands'
