# What was decided on bytes that a file had before others waits when it is renamed: the name that it has now never had them.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 30\npages: 3\n' >docs/a.txt
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
run() { settle docs; test_run_into store; assert_conserved; }
ended() { assay queue list --ended --json | jq -r '.[].subject' | paste -sd' '; }
run
for n in 1 2 3; do did reject "docs/a.txt#page=$n" --reason 'no consent'; done
printf 'value: 31\npages: 2\n' >docs/a.txt
run
assert_eq "$(ended)" 'docs/a.txt#page=1 docs/a.txt#page=2' 'other bytes: what is there no more waits'
did reject 'docs/a.txt#page=2' --reason 'no consent for these either'
mv docs/a.txt docs/b.txt
run
# The second page's is of the bytes that moved.
assert_eq "$(ended)" 'docs/a.txt#page=2' 'renamed'
assert_jq run.json '.ended | map(.subject) | @json' '["docs/a.txt#page=2"]'
assert_match "$(assay why 'docs/b.txt#page=2')" '*docs/a.txt#page=2*' 'why'
for n in 1 2; do assay why "docs/b.txt#page=$n" --json | jq -c ".verdict.decided_before_it_moved // [] | map(.subject)"; done >moved
assert_eq "$(paste -sd' ' moved)" '[] ["docs/a.txt#page=2"]' 'why of what has the bytes now'
