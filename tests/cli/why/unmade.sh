# What was decided to stand in a sample's place and could not be made: `why`, `show` and `lineage` tell the outcome that the
# version has, and why it is so.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 15\n' >docs/a.txt
printf 'value: 3\n' >docs/b.txt
printf 'act: segfault\nvalue: 3\n' >crash.txt
printf 'value: 4\n' >text
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
outcomes() { # SAMPLE: as each verb has it
    assay why "$1" --json | jq -r .verdict.outcome
    assay show "$1" --json | jq -r .outcome
    assay lineage "$1" | sed -n '1s/.*, //p'
    rm -rf out && assay export latest --out out >/dev/null && jq -r --arg key "$1" 'select(.key == $key).outcome' out/*.jsonl | sort -u
}
a='docs/a.txt#page=1'
b='docs/b.txt#page=1'
test_run_into store
did waive "$a" --owner Ann --reason 'it will do'
assert_eq "$(outcomes "$a" | xargs)" 'waived waived waived waived' 'waived'
did resolve "$a" --file crash.txt
assert_eq "$(outcomes "$a" | xargs)" 'quarantined quarantined quarantined quarantined' 'the file is no more waived'
assay why "$a" >why.txt
grep -q 'ticket .* retrying: .*other file: undone (crash)' why.txt || fail "why: $(cat why.txt)"
test_run_into store
assert_eq "$(outcomes "$a" | sort -u)" quarantined 'nor after another run'
echo 'a file that crashes'

# It passes by itself: an evaluation told of it, and its file was touched since it was digested.
printf '{"key": "%s", "score": 0, "label": "fail"}\n' "$b" >eval.jsonl
assay feedback import eval.jsonl >out.txt 2>err || fail "import: $(cat err)"
assay feedback open >out.txt 2>err || fail "open: $(cat err)"
touch -d '2 hours ago' docs/b.txt
did resolve "$b" --text text
assert_eq "$(outcomes "$b" | sort -u)" quarantined 'it waits'
assay why "$b" >why.txt
grep -q 'every check is passed by itself; what was decided to stand in its place is still to be made' why.txt || fail "why: $(cat why.txt)"
test_run_into store
assert_eq "$(outcomes "$b" | sort -u)" accepted 'made by the run'
echo 'a text for a file that was touched'
