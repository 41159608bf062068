# What is decided after the contract was edited, and not judged since, is on what the contract says now.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
fields:
  year: {required: false, type: integer, min: 1800}
remedies:
  less: [test.read: {add: -1}]
  other: [test.read: {add: -2}]
YAML
for n in 14 15 16 17 18; do printf 'value: %s\n' "$n" >docs/v$n.txt; done
printf 'value: 10\n' >docs/near.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/%s.txt#page=1' "$1"; }
bound() { sed -i "s/mustBeLessThan: [0-9]*/mustBeLessThan: $1/" values.odcs.yaml; }
outcome() { assay why "$(page "$1")" --json | jq -r .verdict.outcome; }
history() { assay queue show "$(page "$1")" --json | jq -r '.[0].history[-1] | "\(.state) \(.actor) \(.reason)"'; }
test_run_into store

bound 11
assay queue waive "$(page v14)" --owner Ann --reason ok --dry-run >told 2>err || fail "dry run: $(cat err)"
assert_eq "$(outcome v14)" quarantined 'a dry run'
assay queue waive "$(page v14)" --owner Ann --actor Ann --reason ok --json >told 2>err || fail "waive: $(cat err)"
assert_eq "$(outcome v14)" waived 'waived'
assert_eq "$(history v14)" 'waived Ann owner Ann: ok' 'an act of a person is in the history'
grep -q 'not in force' told && fail "in force: $(cat told)"
version=$(jq -r .summary.version told)
test_run_into store
assert_eq "$(version_of)" "$version" 'the next run says the same'
assert_eq "$(assay queue list --ended 2>/dev/null)" '' 'none has ended'
echo 'a waiver'

bound 12
assay queue reject "$(page v15)" --actor Ben --reason torn >told 2>err || fail "reject: $(cat err)"
assert_eq "$(history v15)" 'rejected Ben torn' 'a rejection'
assert_eq "$(history v14)" 'needs-review assay the waiver of Ann no longer holds: the contract changed; test.value is 14, must be < 12; remedy less, attempt 1: checks (value: test.value is 13)' 'that of before ended'
bound 13
assay queue retry "$(page v16)" --remedy other >told 2>err || fail "retry: $(cat err)"
assert_eq "$(assay queue show "$(page v16)" --json | jq -c '[.[0].attempts[] | select(.current) | .remedy]')" '["other","less"]' \
    'a remedy by name is tried'

# What passes by what the contract says now is not waived, and nothing is stored; a rejection of it holds.
bound 18
for n in '' --dry-run; do
    # shellcheck disable=SC2086 # a word or none
    assert_exit 64 assay queue waive "$(page v17)" --owner Ann --reason ok $n
    assert_match "$(cat err)" '*docs/v17.txt#page=1) passes by the contracts as they were edited since it was judged: there is nothing to waive, and *assay judge*' \
        'nothing to waive'
done
assert_eq "$(outcome v17)" quarantined 'nothing was done'
assay queue reject "$(page v17)" --actor Ben --reason torn >told 2>err || fail "reject: $(cat err)"
assert_eq "$(outcome v17)" quarantined 'a rejection of what passes'
assert_eq "$(history v17)" 'rejected Ben torn' 'and its event'
echo 'edited'

# The same of the fields that metadata must keep to.
assay queue resolve "$(page v18)" --metadata year=1900 >told 2>err || fail "metadata: $(cat err)"
sed -i 's/min: 1800/min: 1950/' assay.yaml
assay queue reject "$(page v18)" --actor Ben --reason old >told 2>err || fail "reject: $(cat err)"
assert_eq "$(history v18)" 'rejected Ben old' 'fields'
echo 'fields'

# What no longer stands as it was decided upon is told, and that somebody decided so is in the history.
bound 10
test_run_into store
assert_eq "$(assay why "$(page near)" --json | jq -r .verdict.way)" remedy 'repaired'
printf '{"key": "%s", "label": "fail", "note": "blurred"}\n' "$(page near)" >eval.jsonl
assay feedback import eval.jsonl >out
assay feedback open >out
bound 11
assay queue waive "$(page near)" --owner Ann --actor Ann --reason 'it will do' >told 2>err || fail "waive: $(cat err)"
void='waived by Ann; not in force: how it is made, or what it fails, has changed since; decide again'
grep -q "^T[0-9]* *open .*$void\$" told || fail "void: $(cat told)"
assert_eq "$(history near)" "open Ann $void; it will do" 'an act'
assay queue waive "$(page near)" --owner Ann --actor Ann --reason 'it will do' >told 2>err || fail "waive: $(cat err)"
assert_eq "$(history near)" 'waived Ann owner Ann: it will do' 'decided again'
test_run_into store
assert_eq "$(history near)" 'waived Ann owner Ann: it will do' 'it holds'
assay check >out || fail "check: $(cat out)"
