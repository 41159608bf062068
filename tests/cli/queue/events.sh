# What the events of a ticket say is true: what a file in the place of a source came to.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'fail: short\n' >docs/short.txt
printf 'value: 50\n' >bad.txt
printf 'value: 12\n' >docs/page.txt
printf 'value: 3\n' >good.txt
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
