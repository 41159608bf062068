# What a model got wrong in samples that became copies of each other: the last decision is for both, and a ticket whose
# decision holds no more says so, though the tickets are an evaluation's.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
printf 'value: 2\n' >docs/a.txt
printf 'value: 3\n' >docs/b.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
a='docs/a.txt#page=1' b='docs/b.txt#page=1'
did() {
    assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"
    assert_jq did.json .summary.conserved true
}
# fates: of both, outcome and ticket
fates() {
    local key
    for key in "$a" "$b"; do
        printf '%s %s\n' "$(assay why "$key" --json | jq -r .verdict.outcome)" \
            "$(assay queue list --all --json "$key" | jq -r '.[0] | "\(.state) \(.origin)"')"
    done | paste -sd,
}
test_run_into store
printf '{"key": "%s", "label": "fail"}\n' "$a" "$b" >eval.jsonl
assay feedback import eval.jsonl --eval vqa >/dev/null
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
cp docs/a.txt docs/b.txt
settle docs
test_run_into store
assert_eq "$(fates)" 'accepted open feedback,duplicate open feedback' 'copies'

did reject "$a" --actor Ann --reason 'beyond help'
assert_eq "$(fates)" 'quarantined rejected feedback,duplicate open feedback' 'rejected'
printf 'value: 4\n' >text
did resolve "$b" --text text --reason 'read again'
assert_eq "$(fates)" 'duplicate open feedback,accepted corrected feedback' 'the copy is corrected since'
assay queue show "$a" --json | jq -r '.[0].history[-1].reason' >told
assert_eq "$(cat told)" "the rejection by Ann no longer holds; it is a duplicate of '$b'; nobody has decided what an evaluation told of it" 'why'
assay check >out || fail "check: $(cat out)"

# Taken back, the other rejection is the last word again.
did retry "$b"
assert_eq "$(fates)" 'quarantined rejected feedback,duplicate open feedback' 'taken back'
