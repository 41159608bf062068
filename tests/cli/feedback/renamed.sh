# An evaluation that comes after sources were renamed: it is of the bytes of its version, and reaches what is delivered of them
# now; of the rest it is told why it reaches nobody.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
deed() { jq -c --arg key "docs/$1.txt#page=1" '.tickets[] | select(.evaluated == $key) | [.subject, .done, .why]' open.json; }
open_all() { assay feedback open --eval vqa --label fail --reason 'read wrong' "$@"; }
n=1
for f in kept renamed swapped gone failing copied other; do printf 'value: %d\n' $((n++)) >"docs/$f.txt"; done
run
version=$(jq_get .version run.json)

mv docs/renamed.txt docs/new.txt
mv docs/swapped.txt docs/away.txt
printf 'value: 0\n' >docs/swapped.txt
rm docs/gone.txt
printf 'value: 30\n' >docs/failing.txt
cp docs/copied.txt docs/a.txt
printf 'value: -1\n' >docs/other.txt
run
for f in kept renamed swapped gone failing copied other; do
    printf '{"key": "docs/%s.txt#page=1", "label": "fail"}\n' "$f"
done >eval.jsonl
assert_exit 65 assay feedback import eval.jsonl --eval vqa
assert_match "$(cat err)" "*'docs/renamed.txt#page=1' is no sample of version *, but of ${version:7:12}: --version says which is meant*" 'the latest'
assay feedback import eval.jsonl --eval vqa --version "${version:7:12}" >/dev/null
assay feedback report --eval vqa --json >report.json
assert_jq report.json '[.failed, .passed, .not_judged] | @json' '[7,0,0]'

open_all --dry-run --json >dry.json
open_all --json >open.json
assert_eq "$(jq -c '[.tickets[] | [.subject, .evaluated, .done, .why]]' dry.json)" "$(jq -c '[.tickets[] | [.subject, .evaluated, .done, .why]]' open.json)" 'told as done'
assert_eq "$(deed kept)" '["docs/kept.txt#page=1","opened",null]' 'as it was'
assert_eq "$(deed renamed)" '["docs/new.txt#page=1","opened",null]' 'renamed'
assert_eq "$(deed swapped)" '["docs/away.txt#page=1","opened",null]' 'another file has its name'
assert_eq "$(deed gone)" '["docs/gone.txt#page=1","left","its file is not part of the dataset any more, and nothing else of the same bytes is delivered"]' 'gone'
assert_eq "$(deed failing)" '["docs/failing.txt#page=1","added",null]' 'open for what it fails'
assert_eq "$(deed copied)" '["docs/a.txt#page=1","opened",null]' 'a duplicate by now'
assert_eq "$(deed other)" '["docs/other.txt#page=1","opened",null]' 'other bytes, which somebody has to say to be better'
assert_eq "$(of new); $(of away); $(of a)" 'open feedback; open feedback; open feedback' 'tickets'
assert_match "$(told new -1)" "$(id -un): an evaluation told of 'docs/renamed.txt#page=1', in whose place it is: read wrong; evaluation E1 vqa: label fail" 'why'
for f in renamed swapped copied; do assert_exit 66 assay queue show "docs/$f.txt#page=1"; done
open_all >out
assert_match "$(cat out)" '*-      left     docs/gone.txt#page=1
                its file is not part of the dataset any more, *' 'and in words'
assert_match "$(cat out)" '*already  docs/new.txt#page=1
                in whose place it is: docs/renamed.txt#page=1 was evaluated*' 'where it is'
assert_eq "$(tail -n 1 out)" '0 opened; 6 told before; 1 not delivered any more' 'once'

# Tickets are those of any evaluation: judging leaves them open, a decision settles them, and they go where the bytes go.
assay judge >/dev/null
assert_eq "$(of new)" 'open feedback' 'judged'
did waive 'docs/new.txt#page=1' --owner Anna --reason 'it is right'
assert_eq "$(of new)" 'waived feedback' 'answered'
mv docs/away.txt docs/farther.txt
run
assert_eq "$(of away); $(of farther)" 'gone feedback; open feedback' 'renamed once more'
did waive 'docs/farther.txt#page=1' --owner Anna --reason 'it is right'
open_all >out
assert_eq "$(tail -n 1 out)" '0 opened; 6 told before; 1 not delivered any more' 'answered, and the same words'
assay check --read-data >out || fail "check: $(cat out)"
