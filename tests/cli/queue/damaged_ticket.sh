# A ticket whose row is damaged: the others are told, decided and judged as before, and the next judging writes it anew,
# with its number and what is judged; so also one that nobody complains about any more.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
printf 'value: 44\n' >docs/first.txt
printf 'value: 55\n' >docs/hurt.txt
printf 'value: 66\n' >docs/other.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
damage() { # text of the row: each place where its bytes are, or were
    grep -obaF "$1" store/catalog/data.mdb | cut -d: -f1 | while read -r at; do
        printf X | dd of=store/catalog/data.mdb bs=1 seek="$at" conv=notrunc status=none
    done
}
# The history has holes where its rows were damaged; all else is whole again.
only_events() {
    assert_exit 80 assay check --json
    assert_eq "$(jq -r '.findings[] | .name + ": " + .detail' out | grep -v "^event [0-9]* of ticket ${id#T}: ")" '' 'damage'
}
page='docs/hurt.txt#page=1'
test_run_into store
version=$(version_of)
id=$(assay queue show "$page" --json | jq -r .[0].id)

damage 'test.value is 50'
assert_exit 80 assay check
assay queue list --all --json >list.json 2>err || fail "list: $(cat err)"
assert_jq list.json 'length' 2
assert_match "$(cat err)" "*ticket $id of '$page' is left out: it cannot be read*'assay judge' writes it anew*" 'told'
assay status >out 2>err || fail "status: $(cat err)"
assay queue show "$page" >out 2>err || fail "show: $(cat err)"
grep -q "^ticket    $id damaged: " out || fail "show: $(cat out)"
assay queue waive 'docs/other.txt#page=1' --owner Anna --reason legible >out 2>err || fail "another: $(cat err)"
assert_match "$(cat err)" "*ticket $id of '$page' could not be read, and is made anew*" 'judged with it'
assay queue show "$page" --json >shown.json
assert_jq shown.json '[.[0].id, .[0].state, (.[0].attempts | length)] | @json' "[\"$id\",\"needs-review\",1]"
assert_match "$(jq -r '.[0].history[-1].reason' shown.json)" 'its row was damaged, and is made anew: *' 'its history'
assert_jq shown.json '.[0].history | [length, .[1].state, .[1].actor] | @json' '[3,null,null]'
assert_match "$(jq -r '.[0].history[1].reason' shown.json)" 'event 2 cannot be read: *' 'an event'
assay queue show "$page" >out || fail 'show'
grep -q '^history   event 2 cannot be read' out || fail "$(cat out)"
only_events
echo 'decided beside it'

# A judging that has nothing else to do makes it anew too.
assay queue retry 'docs/other.txt#page=1' >out 2>err || fail "taken back: $(cat err)"
damage 'test.value is 50'
assert_exit 80 assay check
assay judge --json >judged.json 2>err || fail "judge: $(cat err)"
assert_jq judged.json '[.version, .conserved, .queue.states["needs-review"]] | @json' "[\"$version\",true,3]"
only_events
echo 'judged'

# Nobody complains about it: it is settled.
damage 'test.value is 50'
printf 'value: 5\n' >docs/hurt.txt
settle docs
test_run_into store
assert_jq run.json '[.samples.accepted, .conserved, .queue.states.passed] | @json' '[1,true,1]'
assert_eq "$(assay queue show "$page" --json | jq -r '.[0] | .id + " " + .state + ": " + .history[-1].reason')" \
    "$id passed: its row was damaged, and is made anew: it passes every check now" 'settled'
only_events
