# A source that is given up: by whatever it stands nothing of it is delivered, it is not made again for that, and what
# people take back is the last thing that they said.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
limits: {memory_mib: 512, cpu_s: 1, wall_s: 2}
remedies:
  less:
    - test.read: {add: -5}
YAML
printf 'value: 3\n' >docs/good.txt
printf 'fail: decode\n' >docs/poison.txt
printf 'value: 4\npages: 2\n' >two.txt
printf 'value: 5\n' >one.txt
printf 'value: 5\nact: segfault\n' >crash.txt
settle docs
sleep 2.1 # stamps are trusted once they are two seconds older than the look at the bytes
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
came_of_it() { jq -c '[.tickets[0].ticket.state, .summary.samples.in, .summary.incomplete, .summary.conserved]' did.json; }
ticket() { assay queue list --json --all --kind source "docs/$1.txt" | jq -r ".[0] | $2"; }
test_run_into store
poison=$(ticket poison .id)

# ---- what stands by another file
decide resolve "$poison" --file two.txt
assert_eq "$(came_of_it)" '["replaced",3,false,true]' 'another file'
decide reject "$poison" --reason 'of another book' --actor Ben
assert_eq "$(came_of_it)" '["rejected",1,false,true]' 'given up with it'
assert_eq "$(assay queue show "$poison" --json | jq -r '.[0].history[-1] | "\(.state) \(.actor): \(.reason)"')" \
    'rejected Ben: of another book' 'who gave it up'
test_run_into store
assert_jq run.json '[.samples.in, .sources.failed, .units.run, .conserved] | @json' '[1,1,0,true]'
decide retry "$poison"
assert_eq "$(came_of_it)" '["replaced",3,false,true]' 'the rejection taken back'
decide reject "$poison" --reason 'of another book'
decide resolve "$poison" --file one.txt
assert_eq "$(came_of_it)" '["replaced",2,false,true]' 'the next file'
decide reject "$poison" --reason 'that neither'
decide resolve "$poison" --file one.txt
assert_eq "$(came_of_it)" '["replaced",2,false,true]' 'the very file that was rejected'
# One that is still to be tried, and comes to nothing each time, is not tried any more.
decide resolve "$poison" --file crash.txt
assert_eq "$(came_of_it)" '["retrying",1,true,true]' 'a file that crashes'
decide reject "$poison" --reason 'hopeless'
assert_eq "$(came_of_it)" '["rejected",1,false,true]' 'given up'
test_run_into store
assert_jq run.json '[.incomplete, .units.run, .units.attempts] | @json' '[false,0,0]'
decide retry "$poison"
assert_eq "$(came_of_it)" '["retrying",1,true,true]' 'the file again'
decide retry "$poison"
assert_eq "$(came_of_it)" '["open",1,false,true]' 'as if nothing had been decided'
assay check >out || fail "check: $(cat out)"
echo 'another file'

# ---- what takes too long is not tried any more once it is given up: the version is complete, and nothing is told twice
printf 'value: 3\nact: spin\n' >docs/slow.txt
settle docs
sleep 2.1
test_run_into store
assert_jq run.json '[.incomplete, .units.run, .sources.failed] | @json' '[true,1,2]'
slow=$(ticket slow .id)
decide reject "$slow" --reason 'hopeless'
assert_eq "$(came_of_it)" '["rejected",1,false,true]' 'given up'
history=$(assay queue show "$slow" --json | jq '.[0].history | length')
# A run tries nothing, and whoever counts what failed counts it.
quiet() {
    test_run_into store
    assert_jq run.json '[.incomplete, .units.run, .sources.failed, .sources.processed, .conserved] | @json' '[false,0,2,0,true]'
    assay status --json >status.json
    assert_jq status.json '.sources | [.failed, (.changed | length)] | @json' '[2,0]'
    assay run --dry-run --json >plan.json
    assert_jq plan.json .sources.failed 2
    assert_eq "$(assay queue show "$slow" --json | jq '.[0].history | length')" "$history" 'nothing is told twice'
}
quiet
quiet
assay judge --json >judged.json
assert_jq judged.json '[.incomplete, .conserved] | @json' '[false,true]'
decide retry "$slow"
test_run_into store
assert_jq run.json '[.incomplete, .units.run] | @json' '[true,1]' # the rejection is taken back
decide reject "$slow" --reason 'hopeless'
printf 'value: 4\nact: spin\n' >docs/slow.txt
settle docs
sleep 2.1
test_run_into store
assert_jq run.json '[.incomplete, .units.run] | @json' '[true,1]' # other bytes
assert_eq "$(ticket slow .state)" open 'other bytes'
assay check >out || fail "check: $(cat out)"
echo 'too slow'

# ---- a touch is no change of what a person decided about, nor is a stamp that was too young to be trusted
printf 'value: 3\nact: segfault\n' >docs/crash.txt
settle docs
test_run_into store
crash=$(ticket crash .id)
decide resolve "$crash" --file two.txt
decide reject "$slow" --reason 'hopeless still'
# touched SECONDS-AGO: what a run makes of the two then
touched() {
    local told
    told=$(assay queue show "$crash" "$slow" --json | jq -c 'map(.history | length)')
    touch -d "$1 seconds ago" docs/crash.txt docs/slow.txt
    test_run_into store
    assert_jq run.json '[.units.run, .units.attempts, .sources.processed, .conserved] | @json' '[0,0,0,true]'
    assert_eq "$(assay queue show "$crash" "$slow" --json | jq -c 'map(.history | length)')" "$told" 'no event'
}
touched 1800
touched 0
touched 900
assert_eq "$(ticket crash .state) $(ticket slow .state)" 'replaced rejected' 'touched'
decide retry "$crash"
touch -d '20 minutes ago' docs/crash.txt
test_run_into store
assert_jq run.json '[.units.run > 0, .incomplete] | @json' '[true,true]' # the file is taken back
assay check >out || fail "check: $(cat out)"
echo 'touched'
