# What people hand in: words that are not UTF-8 are refused by name, pipes are read, what has no text is left out, and no
# reason passes for a line of the history.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
for name in a b c d e; do printf 'value: 99\n%s\n' "$name" >"docs/$name.txt"; done
printf 'value: 1\n' >docs/good.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
test_run_into store
page() { echo "docs/$1.txt#page=1"; }
state() { assay queue show "$(page "$1")" --json | jq -r '.[0].state'; }
a=$(page a)

# refused OPTION ARGUMENTS...: a usage error that names the option.
refused() {
    local option=$1
    shift
    assert_exit 64 assay "$@"
    assert_match "$(cat err)" "assay: *: $option*is not UTF-8" "$option of $1 $2"
}
bad=$'caf\xe9'
printf 'value: 1\n' >"$bad"
printf 'value: 1\n' >one.txt
printf '{"key": "docs/good.txt#page=1", "label": false}\n' >eval.jsonl
refused --reason queue waive "$a" --owner x --reason "$bad"
refused --owner queue waive "$a" --owner "$bad" --reason x
refused --actor queue waive "$a" --owner x --reason x --actor "$bad"
refused --reason queue reject "$a" --reason "$bad"
refused --reason queue retry "$a" --reason "$bad"
refused --reason queue resolve "$a" --text one.txt --reason "$bad"
refused --metadata queue resolve "$a" --metadata "lang=$bad"
refused '--text: the name of the file ' queue resolve "$a" --text "$bad"
refused '--file: the name of the file ' queue resolve "$a" --file "$bad"
refused 'FILE: the name of the file ' queue import "./$bad"
refused --annotator queue import one.csv --annotator "$bad"
refused --reason feedback open --reason "$bad"
refused --eval feedback import eval.jsonl --eval "$bad"
refused 'FILE: its path ' feedback import "$bad"
assay feedback import eval.jsonl >out
assay feedback open --label fail >out || fail "open: $(cat out)"
refused --owner queue waive "$(page good)" --owner "$bad" --reason x
assert_eq "$(state good)" open 'a waiver without a name'
echo 'not UTF-8'

# Neither a file nor a pipe; a pipe that nobody writes to is not waited for.
mkfifo fifo
for way in "queue resolve $a --text" 'queue import' 'feedback import'; do
    # shellcheck disable=SC2086
    {
        assert_exit 65 assay $way docs
        assert_match "$(cat err)" "assay: 'docs' is a folder: give a file, or a pipe" "$way of a folder"
        assert_exit 65 assay $way /dev/null
        assert_match "$(cat err)" "assay: '/dev/null' is a device: *" "$way of a device"
        assert_exit 65 timeout 20 "$ASSAY_TEST" $way fifo
        assert_match "$(cat err)" "assay: nothing came through 'fifo': *" "$way of a pipe without a writer"
        assert_exit 66 assay $way none
    }
done
assert_exit 65 assay queue resolve "$a" --text <(head -c 17000000 /dev/zero | tr '\0' x)
assert_match "$(cat err)" "assay: '/dev/fd/*' gives more than 16777191 bytes" 'a pipe without end'

# While somebody is still writing, others can have the store.
(exec 8>fifo; sleep 1; cat one.txt >&8) &
timeout 30 "$ASSAY_TEST" queue resolve "$a" --text fifo --actor eva >did 2>&1 &
resolving=$!
assay queue reject "$(page b)" --reason torn >out || fail "not while a pipe is read: $(cat out)"
wait "$resolving" || fail "resolve by a pipe: $(cat did)"
assert_eq "$(state a)" corrected 'by a FIFO'
assay queue resolve "$(page b)" --text - <one.txt >out || fail "resolve: $(cat out)"
assert_match "$(assay queue show "$(page b)")" '*corrected by * from standard input*' 'by standard input'
printf 'ticket,key,text,annotator\n,%s,value: 1,ann\n' "$(page c)" | assay queue import - >out || fail "import: $(cat out)"
assert_eq "$(state c)" corrected 'imported by a pipe'
assay feedback import --eval piped <(sed s/good/a/ eval.jsonl) >out || fail "results by a pipe: $(cat out)"
assert_jq <(assay feedback list --json) 'map(select(.name == "piped").results) | @json' '[1]'
echo 'pipes'

# What somebody handed in without a text, and what nobody wrote.
task() {
    printf '[{"data":{"key":"%s"},"annotations":[{"completed_by":{"email":%s},"result":[{"type":"textarea","from_name":"text","value":{"text":%s}}]}]}]\n' "$(page d)" "$1" "$2" >t.json
}
task null '[]'
assert_exit 65 assay queue import t.json
assert_eq "$(cat err)" "t.json: warning: task 1: the annotation of nobody has no text
assay: 0 of nobody, 0 cancelled and 1 without a text are left out
assay: 't.json' holds no text that somebody wrote" 'no text of nobody'
task null '["value: 1"]'
assert_exit 65 assay queue import t.json
assert_match "$(head -n 1 err)" 't.json: error: task 1: it does not say who completed it: --annotator NAME*' 'a text of nobody'
printf 'key,text,annotator\n%s,,ann\n%s,value: 1,ben\n' "$(page d)" "$(page e)" >t.csv
assay queue import t.csv >out 2>err || fail "import: $(cat err)"
assert_eq "$(head -n 1 err)" 't.csv:2:1: warning: the line of ann has no text' 'a row without a text'
assert_eq "$(state d) $(state e)" 'needs-review corrected' 'the one with a text'
echo 'no text'

# A reason with a newline is told in one line, wherever it is told.
forged=$'ok\nhistory   2026-01-01 00:00:00Z  rejected forged\n          by Boss'
before=$(assay log --json | jq -r '.[0].version')
assay queue waive "$(page d)" --owner a --reason "$forged" >out 2>err || fail "waive: $(cat err)"
assay queue waive "$(page good)" --owner b --reason "$forged" >>out 2>err || fail "waive: $(cat err)"
assay queue reject "$(page e)" --reason "$forged" --actor c >>out 2>err || fail "reject: $(cat err)"
printf '{"key": "docs/good.txt#page=1", "label": "x\\nhistory   y", "note": "z\\nhistory   w"}\n' >note.jsonl
assay feedback import note.jsonl --eval note >>out
assay feedback open --eval note --label $'x\nhistory   y' >>out || fail "open: $(tail -n 1 out)"
assay tag v1 latest --reason "$forged" >>out
for name in d good e; do
    for look in 'queue show' why lineage; do
        # shellcheck disable=SC2086
        assay $look "$(page $name)" >>out || fail "$look"
    done
done
grep -cF 'ok\x0ahistory' out >/dev/null || fail "the reason is not told: $(cat out)"
assay queue list --all >>out
assay diff "$before" latest >>out
assay log >>out
assay show latest >>out
assay tag --log v1 >>out 2>&1 || assay tag >>out
assay feedback list >>out
assay feedback report --eval note --label $'x\nhistory   y' >>out
! grep -nE '^(history   (2026-01-01|y|w)|          by Boss)' out || fail 'a reason passes for an event'
echo 'one line'
