# What an evaluation told of goes on to be asked while the bytes that a model got wrong are delivered, whatever stood in
# their place meanwhile; and what somebody let pass of these bytes answers it, under whatever name they are delivered and
# whichever runs lay between.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
bound() { sed -i "s/mustBeLessThan: [0-9]*/mustBeLessThan: $1/" values.odcs.yaml; }
tell() {
    printf '{"key": "docs/%s.txt#page=1", "label": "fail"}\n' "$@" >eval.jsonl
    assay feedback import eval.jsonl --eval vqa --replace >/dev/null
    assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
}
waive() { did waive "docs/$1.txt#page=1" --owner Anna --reason 'it is right' --actor Anna "${@:2}"; }

# Answered by another file, which does not come along when its source is renamed, or a copy takes its place.
printf 'value: 3\npages: 2\n' >docs/a.txt
printf 'value: 4\n' >docs/b.txt
cp docs/b.txt docs/copy.txt
printf 'value: 2\n' >better.txt
run
tell a b
did resolve 'docs/a.txt#page=1' --file better.txt
did resolve 'docs/b.txt#page=1' --file better.txt
run
assert_eq "$(of a); $(of b)" 'replaced feedback; replaced feedback' 'answered'
mv docs/a.txt docs/a1.txt
rm docs/b.txt
run
assert_eq "$(of a); $(of a1)" 'gone feedback; open feedback' 'renamed'
assert_eq "$(of b); $(of copy)" 'gone feedback; open feedback' 'its copy'
assert_match "$(told a1 -1)" "*an evaluation told of 'docs/a.txt#page=1', in whose place it is: read wrong; evaluation E1*" 'why'

# It fails under the new name, and passes again: the waiver holds again there as it does where the name stayed.
printf 'value: 5\n' >docs/g.txt
printf 'value: 6\n' >docs/k.txt
run
tell g k
waive g
waive k
mv docs/g.txt docs/h.txt
bound 5
run
assert_eq "$(of h); $(of k)" 'open judged; open judged' 'it fails'
bound 10
run
assert_eq "$(of h); $(of k)" 'passed feedback; waived feedback' 'it passes, and was answered'
assert_eq "$(told h -1)" "assay: 'docs/g.txt#page=1', which had the same bytes, was waived by Anna: it is right" 'why'
assert_match "$(assay why 'docs/h.txt#page=1')" '*answers what an evaluation told of it, too: on docs/g.txt#page=1*' 'why'

# What is to be done about it is to be done there, and whoever tries it here is told so.
id=$(assay queue list --all --json 'docs/g.txt#page=1' | jq -r '.[0].id')
said="is passed: docs/g.txt#page=1 ($id), which had the same bytes, is waived by Anna: 'assay queue retry $id' takes that back, and opens this one"
for verb in retry 'waive --owner Bea --reason no' 'resolve --file docs/h.txt'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue $verb 'docs/h.txt#page=1' 2>err
    assert_match "$(cat err)" "*docs/h.txt#page=1) $said" "$verb"
done
assert_match "$(assay queue show 'docs/h.txt#page=1')" "*to take back the waiver of docs/g.txt#page=1, which answers for it: 'assay queue retry $id'*" 'advice'

events=$(assay queue show 'docs/h.txt#page=1' --json | jq '.[0].history | length')
assay judge >/dev/null
printf 'value: 1\n' >docs/other.txt
run
assert_eq "$(assay queue show 'docs/h.txt#page=1' --json | jq '.[0].history | length')" "$events" 'once'
did reject 'docs/h.txt#page=1' --reason 'no consent'
assert_eq "$(of h)" 'rejected feedback' 'rejected'
did retry 'docs/h.txt#page=1'
assert_eq "$(of h)" 'passed feedback' 'a rejection that was taken back asks nothing anew'
did retry 'docs/g.txt#page=1'
assert_eq "$(of h)" 'open feedback' 'the waiver is taken back'
assert_match "$(told h -1)" "assay: the waiver of 'docs/g.txt#page=1', which had the same bytes, by Anna was taken back; *; nobody has decided*" 'why'

# Answered under the new name, the old one is not asked when the file gets it back; once its day has come it is.
printf 'value: 7\n' >docs/l.txt
run
tell l
mv docs/l.txt docs/m.txt
run
waive m --expires 2100-01-01
for to in n o l; do
    mv docs/[mno].txt "docs/$to.txt"
    run
done
assert_eq "$(of l)" 'passed feedback' 'answered'
assert_exit 66 assay queue show 'docs/o.txt#page=1'
assay judge --as-of 2100-01-01 >/dev/null
assert_eq "$(of l)" 'open feedback' 'its day has come'
assert_match "$(told l -1)" "*the waiver of 'docs/m.txt#page=1', which had the same bytes, by Anna expired on 2100-01-01; *" 'why'

# What is not delivered says last why that is so, after what was told of it: a copy that fails, and one that was rejected
# before it was told of.
printf 'value: 8\n' >docs/p.txt
printf 'value: -3\n' >docs/q.txt
run
tell p q
waive q --expires 2100-01-01
mv docs/p.txt docs/p1.txt
mv docs/q.txt docs/q1.txt
bound 8
run
assert_eq "$(of p1)" 'open judged' 'it fails'
assert_jq run.json .queue.opened 1
assert_eq "$(told p1 -1)" 'assay: test.value is 8, must be < 8' 'why it is open'
assert_match "$(told p1 -2)" "*an evaluation told of 'docs/p.txt#page=1', in whose place it is: read wrong; *" 'and what was told'
assert_match "$(assay why 'docs/p1.txt#page=1')" '*ticket *T*test.value is 8, must be < 8*' 'why'
did reject 'docs/q1.txt#page=1' --reason 'no consent' --actor Bea
assay judge --as-of 2100-01-01 >/dev/null
assert_eq "$(of q1)" 'rejected judged' 'rejected'
assert_eq "$(told q1 -1)" 'Bea: no consent' 'why it is rejected'
assert_match "$(told q1 -2)" "*an evaluation told of 'docs/q.txt#page=1', in whose place it is: *" 'and what was told'
assert_eq "$(assay queue show 'docs/q1.txt#page=1' --json | jq -c '.[0].history | map(.state)')" '["rejected","rejected","rejected"]' 'once'
did retry 'docs/q1.txt#page=1'
assay judge --as-of 2100-01-01 >/dev/null
assert_eq "$(of q1)" 'open feedback' 'the rejection is taken back, and nobody has answered'
assay check --read-data >out || fail "check: $(cat out)"
