# What was found on a page waits until it is known how the page stands: while attempts at the page are still to be made
# its tables get no event and no verdict that the next judging takes back.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -45}, test.read: {add: -86}]
YAML
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 50/' values.odcs.yaml
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 51}}
YAML
printf 'value: 90\ntables: 2\n' >docs/a.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
table='docs/a.txt#page=1&table=1'
events() { assay queue show docs/a.txt --json | jq -r '[.[] | (.subject + ":"), (.history[] | .state)] | join(" ")'; }
test_run_into store
assert_eq "$(events)" 'docs/a.txt#page=1: retrying repaired' 'the page was repaired, its tables were never wrong'
assert_eq "$(assay why "$table" --json | jq -c '[.verdict.outcome, .verdict.before]')" '["accepted",null]' 'a table'
echo 'at first'

# Another attempt is needed, which the table comes through as well.
sed -i 's/mustBeLessThan: 50/mustBeLessThan: 44/; s/version: 1.0.0/version: 1.0.1/' values.odcs.yaml
test_run_into store
assert_eq "$(events)" 'docs/a.txt#page=1: retrying repaired retrying repaired' 'another attempt'
assert_match "$(assay queue show docs/a.txt --json | jq -r '.[0].history[2].reason')" \
    'the contract changed; test.value is 90, must be < 44; *' 'why it was opened again'
assert_eq "$(assay why "$table" --json | jq -c '[.verdict.outcome, .verdict.before.outcome]')" '["accepted","accepted"]' 'its verdicts'
echo 'another attempt'

# Where all attempts are in vain the tables are those of the plain page, and are told.
sed -i 's/mustBeLessThan: 44/mustBeLessThan: 2/; s/version: 1.0.1/version: 1.0.2/' values.odcs.yaml
test_run_into store
assert_eq "$(assay queue list --json | jq -c '[.[] | [.subject[17:], .state]]')" \
    '[["","needs-review"],["&table=1","open"],["&table=2","open"]]' 'in vain'
assay check >out || fail "check: $(cat out)"
echo 'in vain'
