# No remedy is begun after 16 attempts, and one that is begun goes to its end: the best of it is the best of all of it. What
# is left out is told before it happens, on the ticket, and to who asks for another try.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
remedies() { # rungs of the first
    sed -i '/^remedies/,$d' assay.yaml
    cat >>assay.yaml <<YAML
remedies:
  less: {failures: [decode], attempts: [$(seq -s, -f 'test.read: {add: -%g}' "$1")]}
  more: {choose: best, by: test.value, want: low, attempts: [$(seq -s, -f 'test.read: {add: -%g}' 26 31), test.read: {add: -24}]}
  last: {failures: [decode], attempts: [test.read: {add: 40}, test.read: {add: 41}]}
YAML
}
values_dataset 'id: value2, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 11, remedy: more}' </dev/null
remedies 12
printf 'value: 36\n' >docs/a.txt
printf 'fail: decode\n' >docs/broken.txt
settle docs
export ASSAY_STORE=store
ticket() { assay queue show --json "$1" | jq -c ".[0] | .attempts |= map(select(.current)) | $2"; }
assay_test config lint >out || fail "$(cat out)"
grep -qF ' warning' out && fail "12 and 7: $(cat out)"
test_run_into store
assert_eq "$(ticket 'docs/a.txt#page=1' '[.state, (.attempts | length), (.attempts[] | select(.chosen) | .remedy, .rung)]')" \
    '["repaired",19,"more",6]' 'the best of all of it'
assert_eq "$(ticket docs/broken.txt '[.state, (.attempts | length)]')" '["needs-review",14]' 'a source'
echo 'whole'

remedies 16
assay_test config lint >out || fail "$(cat out)"
assert_match "$(cat out)" "*values.odcs.yaml:*warning: remedy 'more' is not begun for a page *make 16 attempts*" 'of a sample'
assert_match "$(cat out)" "*assay.yaml:*warning: remedy 'last' is not begun for decode*" 'of a source'
test_run_into store
left='[.state, (.attempts | length), .attempts[-1].note]'
assert_match "$(ticket 'docs/a.txt#page=1' "$left")" '\["needs-review",16,"*; remedy more was not begun: 16 attempts are enough"\]' 'more'
assert_match "$(ticket docs/broken.txt "$left")" '\["needs-review",16,"*; remedy last was not begun: 16 attempts are enough"\]' 'last'
assert_exit 64 assay_test queue retry 'docs/a.txt#page=1'
assert_match "$(cat out err)" '*has had 16 attempts, and after 16 no further remedy is begun*--remedy*' 'told'
assay_test queue retry 'docs/a.txt#page=1' --remedy more >out 2>err || fail "$(cat err)"
test_run_into store
assert_eq "$(ticket 'docs/a.txt#page=1' '[.state, (.attempts | length), (.attempts[] | select(.chosen) | .remedy, .rung)]')" \
    '["repaired",7,"more",6]' 'by name'
