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

# One that stood by a file and was told of, and that a filter takes out: it stands by nothing, and nothing of it is delivered.
c='docs/c.txt#page=1'
printf 'value: 6\n' >docs/c.txt
printf 'filters: [{name: no-drafts, drop: {state: draft}}]\nfields: {state: {}}\n' >>assay.yaml
settle docs
test_run_into store
did resolve "$a" --metadata state=final
assay feedback import <(printf '{"key": "%s", "label": "fail"}\n' "$c") --eval vqa --replace >/dev/null 2>err || fail "import: $(cat err)"
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
printf 'value: 7\n' >other.txt
did resolve "$c" --file other.txt
assay feedback open --eval vqa --label fail --reason 'read wrong again' >/dev/null
told() { assay queue show "$c" --json | jq -c '.[0] | [.state, .origin, ([.attempts[] | select(.current)] | length), .history[-1].reason, .history[-1].after]'; }
assert_match "$(told)" '["open","feedback",1,*'
did resolve "$c" --metadata state=draft
assert_eq "$(told)" "[\"open\",\"feedback\",0,\"filter 'no-drafts' takes it out; nobody has decided what an evaluation told of it\",null]" 'filtered'
assay check --read-data >out || fail "check: $(cat out)"

# One that a file stood for, and whose bytes become those that an evaluation told of: the file stands there no more.
c='docs/d.txt#page=1'
printf 'value: 33\n' >docs/d.txt
printf 'value: 8\nkept: 1\n' >docs/e.txt
settle docs
test_run_into store
did resolve "$c" --file other.txt
assay feedback import <(printf '{"key": "docs/e.txt#page=1", "label": "fail"}\n') --eval vqa --replace >/dev/null 2>err || fail "import: $(cat err)"
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
assert_match "$(told)" '["replaced","judged",1,*'
mv docs/e.txt docs/d.txt
settle docs
test_run_into store
assert_match "$(told)" '["open","feedback",0,"it passes every check now; nobody has decided what an evaluation told of it",*'

# What was let pass waits while a filter takes it out; the file that it stood by stands there no more.
printf 'value: 9\nkept: 1\n' >docs/g.txt
c='docs/g.txt#page=1'
settle docs
test_run_into store
assay feedback import <(printf '{"key": "%s", "label": "fail"}\n' "$c") --eval vqa --replace >/dev/null 2>err || fail "import: $(cat err)"
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
did resolve "$c" --file other.txt
assay feedback open --eval vqa --label fail --reason 'read wrong again' >/dev/null
did waive "$c" --owner Ann --reason 'good enough'
assert_match "$(told)" '["waived","feedback",1,"owner Ann: good enough",*'
did resolve "$c" --metadata state=draft
assert_eq "$(told)" "[\"waived\",\"feedback\",0,\"filter 'no-drafts' takes it out\",null]" 'waits'
events=$(assay queue show "$c" --json | jq '.[0].history | length')
assay judge >/dev/null
assert_eq "$(assay queue show "$c" --json | jq '.[0].history | length')" "$events" 'told once'
did resolve "$c" --metadata state=final
assert_match "$(told)" '["waived","feedback",1,"owner Ann: good enough",*'
