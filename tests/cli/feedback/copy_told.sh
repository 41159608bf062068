# What a model got wrong in a sample is told of the copy that takes its place, when the file is gone or has other bytes: the
# same is delivered, and nobody has answered for it.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 2\npages: 2\n' >docs/a.txt
printf 'value: 3\n' >docs/b.txt
cp docs/a.txt docs/copy.txt
cp docs/b.txt docs/dupl.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
of() { assay queue list --all --json "docs/$1.txt#page=${2-1}" 2>/dev/null | jq -r '.[0] | "\(.state) \(.origin)"'; }
run() { settle docs; test_run_into store; assert_conserved; }
told() { assay queue show "docs/$1.txt#page=${2-1}" --json | jq -r ".[0].history[$3] | .actor + \": \" + .reason"; }
test_run_into store
page='docs/a.txt#page=1'
printf '{"key": "%s", "label": "fail"}\n' "$page" 'docs/b.txt#page=1' >eval.jsonl
assay feedback import eval.jsonl --eval vqa >/dev/null
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
opened=$(assay queue show "$page" --json | jq -r '.[0].opened_at')
assert_eq "$(of a)" 'open feedback' 'the original'

mkdir away
mv docs/a.txt away
run
assert_jq run.json .queue.opened 1
assert_eq "$(of a); $(of copy)" 'gone feedback; open feedback' 'its copy'
assert_match "$(told copy 1 0)" "$(id -un): an evaluation told of '$page', in whose place it is: read wrong; evaluation E1 vqa: label fail" 'why'
assert_eq "$(assay queue show 'docs/copy.txt#page=1' --json | jq -r '.[0].opened_at')" "$opened" 'as old as the other'
assert_exit 66 assay queue show 'docs/copy.txt#page=2'
events=$(assay queue show 'docs/copy.txt#page=1' --json | jq '.[0].history | length')
assay judge >/dev/null
run
assert_eq "$(assay queue show 'docs/copy.txt#page=1' --json | jq '.[0].history | length')" "$events" 'once'

# Answered there, it is not asked again when the other comes and goes.
did waive 'docs/copy.txt#page=1' --owner Anna --reason 'it is right'
assert_eq "$(of copy)" 'waived feedback' 'answered'
mv away/a.txt docs
run
mv docs/a.txt away
run
assert_eq "$(of copy)" 'waived feedback' 'still answered'

# Other bytes: the question of the old ones goes to the copy that has them, and stays with the one that was told of.
printf 'value: 44\n' >docs/b.txt
run
assert_eq "$(of b); $(of dupl)" 'open judged; open feedback' 'other bytes'
# A copy that fails is told of too, once it passes.
cp docs/dupl.txt docs/third.txt
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 3/' values.odcs.yaml
run
rm docs/dupl.txt
run
assert_eq "$(of third)" 'open judged' 'it fails'
sed -i 's/mustBeLessThan: 3/mustBeLessThan: 10/' values.odcs.yaml
run
assert_eq "$(of third)" 'open feedback' 'it passes, and was told of'
assert_match "$(told third 1 -1)" '*nobody has decided what an evaluation told of it' 'what judging said last'
assert_match "$(assay queue list 'docs/third.txt#page=1')" "*an evaluation told of 'docs/dupl.txt#page=1', in whose place it is: an evaluation*read wrong; evaluation E1*" 'what the evaluation said'
assay check >out || fail "check: $(cat out)"

# One that was corrected since the evaluation is answered, and open again once that is taken back.
printf 'value: 5\n' >docs/e.txt
cp docs/e.txt docs/f.txt
run
printf '{"key": "docs/e.txt#page=1", "label": "fail"}\n' >eval.jsonl
assay feedback import eval.jsonl --eval vqa --replace >/dev/null
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
printf 'value: 6\n' >text
did resolve 'docs/e.txt#page=1' --text text
did retry 'docs/e.txt#page=1'
printf '{"key": "docs/f.txt#page=1", "label": "fail"}\n' >eval.jsonl
rm docs/e.txt
run
assert_eq "$(of f)" 'open feedback' 'nobody answered for the copy'
did resolve 'docs/f.txt#page=1' --text text
assert_eq "$(of f)" 'corrected feedback' 'answered'
did retry 'docs/f.txt#page=1'
assert_eq "$(of f)" 'open feedback' 'taken back'

# What somebody let pass, knowing what the model made of it, is answered under another name too: which can be taken back.
tell() {
    printf '{"key": "docs/%s.txt#page=1", "label": "fail"}\n' "$@" >eval.jsonl
    assay feedback import eval.jsonl --eval vqa --replace >/dev/null
    assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
}
printf 'value: 7\n' >docs/g.txt
run
tell g
did waive 'docs/g.txt#page=1' --owner Anna --reason 'it is right' --actor Anna
mv docs/g.txt docs/h.txt
run
assert_exit 66 assay queue show 'docs/h.txt#page=1'
assert_match "$(assay why 'docs/h.txt#page=1')" '*waived by Anna*it is right*answers what an evaluation told of it, too: on docs/g.txt#page=1, whose file is gone*' 'why'
assert_eq "$(assay why 'docs/h.txt#page=1' --json | jq -c '.verdict.decided_before_it_moved | map([.subject, .answers])')" '[["docs/g.txt#page=1",true]]' 'why'
assert_match "$(assay why docs/h.txt)" '*accepted *docs/h.txt#page=1*waived by Anna*answers what*on docs/g.txt#page=1*' 'why of the file'
assert_eq "$(assay why docs/h.txt --json | jq -c '.samples[0].decided_before_it_moved | map(.answers)')" '[true]' 'why of the file'
assert_eq "$(assay queue list --ended --json | jq '[.[] | select(.subject | startswith("docs/g."))] | length')" 0 'it has not ended'
did reject 'docs/h.txt#page=1' --reason 'no consent'
did retry 'docs/h.txt#page=1'
assert_eq "$(of h)" 'passed judged' 'a rejection that was taken back asks nothing anew'
did retry 'docs/g.txt#page=1'
assert_eq "$(of h)" 'open feedback' 'taken back'
# Of other work than was let pass nobody has said so.
printf 'value: 8\n' >docs/i.txt
run
tell i
did waive 'docs/i.txt#page=1' --owner Anna --reason 'it is right' --expires 2100-01-01
mv docs/i.txt docs/j.txt
run
assert_exit 66 assay queue show 'docs/j.txt#page=1'
assay judge --as-of 2100-01-01 >/dev/null
assert_eq "$(of j)" 'open feedback' 'its day has come'
assert_match "$(assay why 'docs/j.txt#page=1')" '*not in force: on docs/i.txt#page=1, whose file is gone*' 'why'

# The copy's ticket is open for a reason of its own: that is told beside what the evaluation said.
printf 'value: 9\n' >docs/k.txt
printf 'value: 45\n' >docs/l.txt
run
cp docs/k.txt docs/l.txt
run
tell k
rm docs/k.txt
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 9/' values.odcs.yaml
run
assert_eq "$(of l)" 'open judged' 'it fails'
assay queue show 'docs/l.txt#page=1' --json | jq -r '.[0].history[].reason' >reasons
assert_match "$(told l 1 -1)" 'assay: it is no duplicate any more *; test.value is 9, must be < 9' 'what is said last'
grep -qx 'it is no duplicate any more and the contract changed; test.value is 9, must be < 9' reasons || fail "why it is open: $(cat reasons)"
grep -q "^an evaluation told of 'docs/k.txt#page=1', in whose place it is: read wrong; " reasons || fail "what was told: $(cat reasons)"
sed -i 's/mustBeLessThan: 9/mustBeLessThan: 10/' values.odcs.yaml
run
assert_eq "$(of l)" 'open feedback' 'it passes, and was told of'
assay check --read-data >out || fail "check: $(cat out)"
