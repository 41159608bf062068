# `queue waive PATH` waives what can be waived there, and tells what it left; what is named itself must be possible.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 12\npages: 5\n' >docs/a.txt
printf 'value: 13\n' >docs/b.txt
printf 'value: 3\npages: 5\n' >text
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/a.txt#page=%s' "$1"; }
outcomes() { for n in 1 2 3 4 5; do assay why "$(page $n)" --json | jq -r .verdict.outcome; done | paste -sd' '; }
did() { jq -r '.tickets | sort_by(.ticket.subject) | .[] | "\(.ticket.subject[-1:]) \(.did)"' did.json; }
test_run_into store
assay queue resolve "$(page 2)" --text text >/dev/null
assay queue reject "$(page 3)" --reason torn --actor Ben >/dev/null
waive() { assay queue waive "$@" --owner Anna --reason legible --json >did.json 2>err; }

waive docs/a.txt --dry-run || fail "dry run: $(cat err)"
assert_eq "$(outcomes)" 'quarantined accepted quarantined quarantined quarantined' 'a dry run'
waive docs/a.txt docs/b.txt || fail "waive: $(cat err)"
assert_eq "$(outcomes)" 'waived accepted quarantined waived waived' 'what there is to waive'
assert_eq "$(did | grep -c 'waived by Anna')" 4 'pages and the other path'
grep -qxF '2 left as it is: it is corrected: there is nothing to waive' <(did) || fail "not told: $(did)"
grep -q '^3 left as it is: it is rejected by Ben, decided on .* (torn): .assay queue retry T3. takes that back$' <(did) || fail "not told: $(did)"
assay queue list --all --json "$(page 2)" "$(page 3)" | jq -r '.[].state' | paste -sd' ' >states
assert_eq "$(cat states)" 'corrected rejected' 'they stay'
assert_eq "$(assay queue show "$(page 2)" --json | jq -r '[.[0].history[] | select(.reason | contains("left"))] | length')" 0 'no event of it'

# What is named itself is not passed over; a path where nothing can be waived says why.
assay queue retry "$(page 1)" >/dev/null
before=$(outcomes)
assert_exit 64 assay queue waive docs/a.txt "$(page 2)" --owner Anna --reason legible
assert_match "$(cat err)" '*docs/a.txt#page=2) is corrected: there is nothing to waive*' 'named itself'
assert_eq "$(outcomes)" "$before" 'nothing was done'
printf 'value: 15\n' >docs/c.txt
settle docs
test_run_into store
assay queue reject docs/c.txt --reason torn >/dev/null
assert_exit 64 assay queue waive docs/c.txt --owner Anna --reason legible
assert_match "$(cat err)" '*docs/c.txt#page=1) is rejected by*' 'nothing to waive'
# What a filter asks for and cannot be waived says why, though the path has others that can be.
printf 'value: 14\ntables: 1\n' >docs/e.txt
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 10}}
YAML
settle docs
test_run_into store
printf '4,x\n5,y\n' >cells.csv
assay queue resolve 'docs/e.txt#page=1&table=1' --text cells.csv >/dev/null
assert_exit 64 assay queue waive docs/e.txt --kind table --owner Anna --reason legible
assert_match "$(cat err)" '*docs/e.txt#page=1&table=1) is corrected: there is nothing to waive*' 'the only table'
assert_exit 66 assay queue waive docs/e.txt --kind shot --owner Anna --reason legible
assert_match "$(cat err)" '*no ticket matches*' 'none there'
# A filter is of what it leaves out, too.
waive docs/a.txt --check value || fail "waive: $(cat err)"
assay queue waive docs/a.txt --owner Anna --reason legible >told 2>err || fail "waive: $(cat err)"
grep -q 'left as it is: it is corrected' told || fail "not told: $(cat told)"
assay check >out || fail "check: $(cat out)"
