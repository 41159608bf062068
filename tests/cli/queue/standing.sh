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
