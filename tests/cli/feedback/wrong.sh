# `feedback import`: every line that is wrong is told with its place and what to do, and nothing is half imported.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
first=$(jq_get .version run.json)
write_contract 99
judge_pages
second=$(jq_get .version run.json)
assert_ne "$first" "$second" 'the second version'

# wrong TEXT... : lines beside a good one; what is told of them goes to err.
wrong() {
    printf '%s\n' "{\"key\": \"$letter\", \"score\": 1}" "$@" >eval.jsonl
    assert_exit 65 assay feedback import eval.jsonl --version "${VERSION-$first}"
    assert_match "$(tail -n 1 err)" "assay: 'eval.jsonl': * of * lines * wrong*; nothing was imported" 'the end'
    assert_eq "$(assay feedback list --json)" '[]' 'nothing was imported'
}

# told LINE GLOB
told() {
    assert_match "$(grep "^eval.jsonl:$1:" err)" "eval.jsonl:$1:*: error: $2" "of line $1"
}

wrong '{"key": "inbox/scans/letter.png#page=1", "score": 1' 'NaN' '[1]' '{"score": 1}' \
    '{"key": "inbox/scans/notice.pdf#page=1"}' '{"key": "inbox/scans/notice.pdf#page=1", "score": "high"}' \
    '{"key": "inbox/scans/notice.pdf#page=1", "score": 1e10}' '{"key": "inbox/scans/notice.pdf#page=1", "label": 3}' \
    '{"key": "inbox/scans/notice.pdf#page=1", "label": "", "score": 1}' \
    '{"key": "inbox/scans/notice.pdf#page=1", "score": 1, "note": []}' \
    '{"key": "a", "key": "b", "score": 1}'
told 2 'is not JSON (*): a line is an object such as {"key": *'
told 3 'is not JSON *'
told 4 'is not a JSON object'
told 5 'names no sample: add "key", as manifest.jsonl has it, or "member", a file of the delivery'
told 6 'has neither "score" nor "label": *'
told 7 '"score" is not a number: *'
told 8 '"score" is beyond 10^9 from zero: *'
told 9 '"label" is neither true, false nor a text *'
told 10 '"label" is neither true, false nor a text *'
told 11 '"note" is not a text: *'
told 12 'is not JSON (duplicate*'
assert_eq "$(grep -c ': error: ' err)" 11 'all of them'
assert_match "$(tail -n 1 err)" '* 11 of 12 lines are wrong; *' 'the number'
echo 'what a line says'

wrong "{\"sample\": \"$letter\", \"score\": 2}" "{\"key\": \"$wrong\", \"score\": 2}" \
    "{\"key\": \"$copy\", \"score\": 2}" '{"key": "inbox/scans/leter.png#page=1", "score": 2}' \
    '{"key": "nothing", "score": 2}' '{"member": "inbox/scans/notice.pdf", "score": 2}' \
    '{"member": "artifacts/00/0000000000000000000000000000000000000000000000000000000000000000.txt", "score": 2}' \
    "{\"key\": \"$letter\", \"member\": \"inbox/scans/notice.pdf#page=1\", \"score\": 2}"
told 2 "'$letter' is the sample of line 1 too: *"
told 3 "'$wrong' was not delivered with version ${first:7:12}, being quarantined: see 'assay why'"
told 4 "'$copy' was not delivered with version ${first:7:12}, being duplicate: see 'assay why'"
told 5 "there is no sample 'inbox/scans/leter.png#page=1' in version ${first:7:12}, did you mean '$letter'?"
told 6 "there is no sample 'nothing' in version ${first:7:12}"
told 7 "'inbox/scans/notice.pdf' is in 2 samples: name one by its key, such as 'inbox/scans/notice.pdf#page=1'"
told 8 "there is no sample 'artifacts/00/*"
told 9 "names two samples, '$letter' and 'inbox/scans/notice.pdf#page=1': leave one"
echo 'whom it names'

# Of the version that it is not judged by.
rm inbox/scans/notice.pdf
run_pages
third=$(jq_get .version run.json)
VERSION=$third wrong '{"key": "inbox/scans/notice.pdf#page=2", "score": 2}'
told 2 "'inbox/scans/notice.pdf#page=2' is no sample of version ${third:7:12}, but of ${second:7:12}: --version says which is meant"
echo 'of another version'

# As many as there are, the first hundred told; a line that is too long is not held.
mapfile -t many < <(for ((i = 0; i < 300; i++)); do echo '{"score": 1}'; done)
wrong "${many[@]}"
assert_eq "$(grep -c ': error: ' err)" 100 'told'
assert_match "$(tail -n 1 err)" '* 300 of 301 lines are wrong, of which the first are told; *' 'counted'
assert_exit 65 assay feedback import eval.jsonl --version "$first" --json
assert_jq out '[.imported, .lines, .wrong, (.findings | length), .findings[0].line] | @json' '[false,301,300,100,2]'
{
    printf '{"key": "%s", "score": 1, "note": "' "$letter"
    head -c 3000000 /dev/zero | tr '\0' x
    printf '"}\n{"score": 1}\n'
} >eval.jsonl
assert_exit 65 assay feedback import eval.jsonl --version "$first"
told 1 'the line has more than 1048576 bytes: shorten its texts'
told 2 'names no sample: *'
: >eval.jsonl
assert_exit 65 assay feedback import eval.jsonl
assert_match "$(cat err)" "*'eval.jsonl' has no results: *" 'an empty file'
mkdir folder
assert_exit 65 assay feedback import folder
echo 'many, long, none'

# Killed at whatever moment: the store has all of it or nothing.
for ((i = 1; i <= 12; i++)); do
    printf '{"key": "%s", "score": 0.5, "note": "%0500000d"}\n' "$letter" "$i" >eval.jsonl
    assay feedback import eval.jsonl --version "$first" --eval "killed-$i" >/dev/null 2>&1 &
    tool=$!
    sleep "0.0$((RANDOM % 5))$((RANDOM % 10))"
    kill -KILL "$tool" 2>/dev/null || true
    wait "$tool" 2>/dev/null || true
    assay check >out || fail "check after kill $i: $(cat out)"
    assay feedback list --json | jq -e 'all(.[]; .results == 1)' >/dev/null || fail "half of an evaluation after kill $i"
done
assay feedback import eval.jsonl --version "$first" --eval last >/dev/null
assay check --read-data >out || fail "check: $(cat out)"
echo 'killed'
