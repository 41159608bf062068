# Sources that fail, of the same bytes: each stands by the file that was put in its place, and is told by its bytes; what
# was decided on the failure of one holds for its copies.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}], by-hand: [test.read: {obey: 0}]}'
for name in blank-1 blank-2 blank-3; do printf 'fail: decode\n' >"docs/$name.txt"; done
printf 'fail: decode\ntorn\n' >docs/m-torn.txt
printf 'fail: decode\nvalue: 4\n' >docs/m-named.txt
printf 'value: 5\nthere\n' >docs/there.txt
printf 'value: 2\none\n' >one.txt
printf 'value: 3\ntwo\n' >two.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" >out 2>&1 || fail "queue $*: $(cat out)"; }
outcome() { assay why "docs/$1.txt#page=1" --json | jq -r '.verdict | .outcome + " " + (.duplicate_of // "-")'; }
state() { assay queue show --json "docs/$1.txt" | jq -r '.[0].state'; }
test_run_into store
assert_jq run.json '[.samples.accepted, .queue.open] | @json' '[1,5]'

did resolve docs/blank-1.txt --file one.txt
did resolve docs/blank-2.txt --file two.txt
did resolve docs/blank-3.txt --file docs/there.txt
did reject docs/m-torn.txt --reason torn
did retry docs/m-named.txt --remedy by-hand
test_run_into store
version=$(version_of)
assert_eq "$(outcome blank-1)" 'accepted -' 'the first'
assert_eq "$(outcome blank-2)" 'accepted -' 'the second, by another file'
assert_eq "$(outcome blank-3)" 'duplicate docs/there.txt#page=1' 'a file that is in the dataset already'
assert_eq "$(outcome there)" 'accepted -' 'which stays'
assert_jq run.json '[.conserved, .samples.accepted, .samples.duplicate, .queue.open, .queue.states.replaced] | @json' '[true,4,1,0,3]'

# What is added later with the bytes that stand is a duplicate of none but by them.
cp two.txt docs/a-two.txt
settle docs
test_run_into store
assert_eq "$(outcome blank-2)" 'duplicate docs/a-two.txt#page=1' 'it has the bytes itself'
assert_jq run.json '[.conserved, .samples.accepted, .samples.duplicate, .queue.open] | @json' '[true,4,2,0]'
rm docs/a-two.txt
test_run_into store
assert_eq "$(version_of)" "$version" 'and makes room again'

# The same failure, decided upon already.
for name in torn named; do cp "docs/m-$name.txt" "docs/a-$name.txt"; done
settle docs
test_run_into store
assert_eq "$(state a-torn) $(state m-torn)" 'rejected rejected' 'a copy of what was given up'
assert_eq "$(state a-named) $(state m-named)" 'repaired repaired' 'a copy of what a remedy was named for'
assert_jq run.json '[.conserved, .samples.accepted, .samples.duplicate, .sources.failed, .queue.open] | @json' '[true,4,2,2,0]'
did resolve docs/a-torn.txt --file one.txt
assert_eq "$(state a-torn) $(state m-torn)" 'replaced rejected' 'its own decision stands before that on a copy'
did retry docs/a-torn.txt
assert_eq "$(state a-torn)" rejected 'taken back'
did retry docs/m-torn.txt
assert_eq "$(state a-torn) $(state m-torn)" 'open open' 'and for both'
assay check >out || fail "check: $(cat out)"
