# A page that passes by itself, told of by an evaluation, whose corrected text fails: its ticket says what stands fails, and
# that the page itself fails nothing.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 3\n' >docs/a.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
page='docs/a.txt#page=1'
of_ticket() { assay queue show "$page" --json | jq -c ".[0] | [$1]"; }
test_run_into store
printf '{"key": "%s", "score": 0, "label": "fail"}\n' "$page" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
assert_eq "$(of_ticket '.origin, .checks, .standing_checks')" '["feedback",[],[]]' 'as it was told of'

printf 'value: 30\n' >text
did resolve "$page" --text text --reason 'read again'
assert_eq "$(of_ticket '.state, .checks, (.standing_checks | map(.check))')" '["needs-review",[],["value"]]' 'the text fails'
assay queue show "$page" >shown
assert_eq "$(grep -c 'test.value 30, must be < 10' shown)" 1 'the failure stands in it once'
grep -q '^stands  .*value: test.value 30, must be < 10' shown || fail "show: $(cat shown)"
assay queue list "$page" >listed
grep -q 'stands.*value: test.value 30, must be < 10' listed || fail "list: $(cat listed)"
assert_eq "$(assay queue list --check value --json | jq length)" 1 'found by the check'
assert_eq "$(assay queue list --group check --json | jq -c 'map([.group, .tickets])')" '[["value",1]]' 'grouped by it'

did waive "$page" --owner Ann --reason legible
assert_eq "$(of_ticket '.state, .checks, (.standing_checks | map(.check))')" '["waived",[],["value"]]' 'waived as it stands'
test_run_into store
assert_eq "$(of_ticket '.state')" '["waived"]' 'and stays so'
did retry "$page"
assert_eq "$(of_ticket '.checks, .standing_checks')" '[[],[]]' 'the text is taken back'
echo 'what stands in its place fails'

# The page fails something itself from now on.
did resolve "$page" --text text --reason 'read once more'
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 2/' values.odcs.yaml
assay judge >/dev/null 2>err || [ $? = 10 ] || fail "judge: $(cat err)"
assert_eq "$(of_ticket '(.checks | map(.value)), (.standing_checks | map(.value))')" '[[3],[30]]' 'both fail'
echo 'what is by itself, and what stands'
