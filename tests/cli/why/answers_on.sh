# A waiver that answers an evaluation for a file which has another name now is told under both names, and how to take it back.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 7\n' >docs/g.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
old='docs/g.txt#page=1'
new='docs/h.txt#page=1'
test_run_into store
printf '{"key": "%s", "label": "fail"}\n' "$old" >eval.jsonl
assay feedback import eval.jsonl --eval vqa >/dev/null
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
did waive "$old" --owner Anna --reason 'it is right' --actor Anna
mv docs/g.txt docs/h.txt
settle docs
test_run_into store

says="answers what an evaluation told of it for $new, too,"
assert_match "$(assay queue show "$old")" "*waived by Anna*$says*try *to take the waiver back, which answers for $new: 'assay queue retry T1'*" 'queue show'
assert_eq "$(assay queue show "$old" --json | jq -c '.[0].decisions.verdict | [.not_in_force, .answers_for]')" "[null,\"$new\"]" 'queue show'
assert_match "$(assay why "$old")" "*waived by Anna*$says*" 'why of the old name'
for name in "$old" "$new"; do
    assert_match "$(assay lineage "$name")" "*waived by Anna as $old; it answers for $new*" "lineage of $name"
done
assert_eq "$(assay lineage "$new" --json | jq '[.edges[] | select(.relation == "wasInfluencedBy" and (.from | startswith("sample:docs/h.txt")))] | length')" 1 'the sample by the decision'

did retry T1
for name in "$old" "$new"; do
    ! assay lineage "$name" | grep -q 'it answers for' || fail "taken back: lineage of $name"
done
assert_eq "$(assay queue show "$old" --json | jq -c '.[0] | [.decisions.verdict, .try]')" '[null,[]]' 'taken back'
