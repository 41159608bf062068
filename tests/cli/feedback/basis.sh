# A rejection by a ticket of an evaluation holds on to what was judged: of a sample that a remedy repaired, the sample as
# the pipeline makes it; else the sample as it stands. It ends exactly when that changes, and the ticket is open again.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -5}]
  tolerant: {failures: [decode], attempts: [test.read: {obey: 0}]}
YAML
printf 'value: 12\n' >docs/repaired.txt
printf 'value: 3\nfail: decode\n' >docs/whole.txt
printf 'value: 20\n' >docs/corrected.txt
printf 'value: 30\n' >docs/replaced.txt
printf 'value: 1\n' >docs/plain.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
states() { assay queue list --all --kind page --json | jq -r '[.[] | .subject[5:-11] + " " + .state] | sort | join(", ")'; }
accepted() { jq_get .samples.accepted run.json; }
test_run_into store
printf 'value: 4\n' >text.txt
decide resolve 'docs/corrected.txt#page=1' --text text.txt
printf 'value: 5\n' >file.txt
decide resolve 'docs/replaced.txt#page=1' --file file.txt
test_run_into store
assert_eq "$(accepted)" 5 'accepted'

for name in repaired whole corrected replaced plain; do
    printf '{"key": "docs/%s.txt#page=1", "label": "fail"}\n' $name
done >eval.jsonl
assay feedback import eval.jsonl >/dev/null
assay feedback open >/dev/null
decide reject --state open --reason 'the model is right'
assert_jq did.json '[.summary.samples.accepted, .summary.samples.quarantined, .summary.conserved] | @json' '[0,5,true]'
all='corrected rejected, plain rejected, repaired rejected, replaced rejected, whole rejected'
assert_eq "$(states)" "$all" 'rejected'
test_run_into store
assert_eq "$(states)" "$all" 'after a run'
sed -i 's/^version: 1.0.0/version: 1.0.1/' values.odcs.yaml
printf '      - {id: told, type: custom, engine: assay, severity: warning, implementation: {metric: test.value, mustBeGreaterThan: 90}}\n' >>values.odcs.yaml
test_run_into store
assert_eq "$(states)" "$all" 'after an edit elsewhere in the contract'

# Another bound is another failure of the plain sample, and of no other.
sed -i 's/mustBeLessThan: 10,/mustBeLessThan: 11,/; s/^version: 1.0.1/version: 1.0.2/' values.odcs.yaml
test_run_into store
assert_eq "$(states)" "${all/repaired rejected/repaired open}" 'after another bound'
assert_eq "$(accepted)" 1 'accepted'
# Other bytes are another sample, whoever helped it.
for name in whole corrected replaced plain; do printf 'other\n' >>docs/$name.txt; done
settle docs
test_run_into store
assert_eq "$(states)" 'corrected needs-review, plain open, repaired open, replaced needs-review, whole open' 'after other bytes'
assert_eq "$(assay queue show --json 'docs/whole.txt#page=1' | jq -r '[.[0].history[].state] | join(" ")')" 'open rejected rejected open' 'not gone in between'
assay check >out || fail "check: $(cat out)"
