# What the events of a ticket say is true: what a file in the place of a source came to, why what was repaired is judged
# again, and what stood when somebody decided.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -5}]
  obey: {failures: [decode], attempts: [test.read: {obey: 0}]}
  named: [test.read: {obey: 0, add: -6}]
YAML
printf 'fail: short\n' >docs/short.txt
printf 'value: 50\n' >bad.txt
printf 'value: 30\n' >docs/page.txt
printf 'value: 3\n' >good.txt
printf 'value: 2\n' >second.txt
printf 'value: 1\n' >third.txt
printf 'value: 11\n' >docs/text.txt
printf 'value: 12\n' >docs/file.txt
printf 'value: 13\n' >docs/named.txt
printf 'value: 14\n' >docs/other.txt
printf 'fail: decode\nvalue: 3\n' >docs/source.txt
for n in copied copy; do printf 'fail: decode\nvalue: 4\n' >"docs/$n.txt"; done
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
last() { assay queue show "$1" --json | jq -r '.[0].history[-1] | "\(.state) \(.reason)"'; }
test_run_into store

# A file that can be read, whose page fails.
did resolve docs/short.txt --file bad.txt
source=$(jq -r '.tickets[0].ticket.id' did.json)
assert_eq "$(last "$source")" 'replaced the file in its place can be read: each of its samples is judged for itself' 'what the file came to'
assert_jq did.json '.tickets[0].ticket.attempts | map([.way, .outcome, .chosen, .note]) | @json' \
    '[["replaced","passed",true,"each of its samples is judged for itself"]]'
assay queue show "$source" >shown
grep -qxF 'attempt   the other file: can be read; taken: each of its samples is judged for itself' shown || fail "attempt: $(cat shown)"
! grep -qF 'passes' shown || fail "as if its page passed: $(cat shown)"
assert_match "$(assay why docs/short.txt)" "*replaced: the file in its place can be read: *quarantined *value: test.value 50, must be < 10; by the other file" why
did resolve 'docs/page.txt#page=1' --file good.txt
assert_eq "$(last 'docs/page.txt#page=1')" 'replaced the file in its place passes every check' 'of a page'
assay queue show 'docs/page.txt#page=1' >shown
grep -qxF 'attempt   the other file: passes; taken' shown || fail "attempt: $(cat shown)"
echo 'a file in its place'

# Repaired, and then somebody decides: the remedies are as they were.
# since SUBJECT: what its history has after it was repaired first; what a person did in brackets.
since() {
    assay queue show "$1" --json | jq -r '.[0].history | .[(map(.state) | index("repaired")) + 1:][] |
        if .act then "(\(.reason))" else "\(.state) \(.reason)" end'
}
did resolve 'docs/text.txt#page=1' --text good.txt --actor Anna
assert_eq "$(since 'docs/text.txt#page=1')" '(corrected by Anna from good.txt)
retrying test.value is 11, must be < 10; correction: wanted
corrected as it was corrected it passes every check' 'a text'
did resolve 'docs/file.txt#page=1' --file second.txt --actor Anna
assert_eq "$(since 'docs/file.txt#page=1')" '(replaced by Anna with second.txt)
retrying test.value is 12, must be < 10; other file: wanted
replaced the file in its place passes every check' 'a file'
did retry 'docs/named.txt#page=1' --remedy named --actor Anna
assert_eq "$(since 'docs/named.txt#page=1')" '(retried by Anna with remedy named)
retrying test.value is 13, must be < 10; remedy named, attempt 1: wanted
repaired remedy named, attempt 1, makes it pass every check' 'a remedy by name'
did resolve docs/source.txt --file third.txt --actor Anna
assert_eq "$(since docs/source.txt)" '(replaced by Anna with third.txt)
retrying test.read: decode: the file asks for it; other file: wanted
replaced the file in its place can be read: each of its samples is judged for itself' 'a file for a source'
did retry docs/copied.txt --remedy named --actor Anna
assert_eq "$(since docs/copied.txt | sed -n 2p)" 'retrying test.read: decode: the file asks for it; remedy named, attempt 1: wanted' 'a source'
assert_eq "$(since docs/copy.txt | sed -n 1p)" \
    "retrying Anna named remedy named for 'docs/copied.txt', which has the same bytes; test.read: decode: the file asks for it; remedy named, attempt 1: wanted" 'its copy'
sed -i 's/less: .*/less: [test.read: {add: -7}]/' assay.yaml
test_run_into store
assert_eq "$(since 'docs/other.txt#page=1' | sed -n 1p)" 'retrying the remedies changed; test.value is 14, must be < 10; remedy less, attempt 1: wanted' \
    'nobody decided'
echo 'repaired before'

# What is not delivered stands as it was judged last: by the text before, by the source's own bytes.
# before SUBJECT ACT: what stood when a person did that, and by the event that follows.
before() {
    assay queue show "$1" --json | jq -r --arg act "$2" '.[0].history | (map(.act and .reason == $act) | index(true)) as $n |
        .[$n, $n + 1].before'
}
page='docs/page.txt#page=1'
did retry "$page"
for n in 31 32 31; do
    printf 'value: %s\n' "$n" >"text$n.txt"
    did resolve "$page" --text "text$n.txt" --actor Anna
done
did waive "$page" --owner Anna --reason 'it will do'
first=$(assay queue show "$page" --json | jq -r '.[0].history[-1].after')
assert_match "$first" 'sha256:*' 'the first text, as it is delivered'
assert_eq "$(before "$page" 'corrected by Anna from text32.txt')" "$first
$first" 'the text before'
short=$(sha256sum <docs/short.txt | cut -d' ' -f1)
did retry "$source"
did resolve "$source" --file second.txt --actor Anna
assert_eq "$(before "$source" 'replaced by Anna with second.txt')" "sha256:$short
sha256:$short" 'the source itself'
echo 'what stood'
