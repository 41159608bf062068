# A run of a part makes no attempts: what fails waits, the summary says so, and a whole run makes them.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
for name in a b c; do printf 'value: 12\n%s\n' "$name" >"docs/$name.txt"; done
settle docs
export ASSAY_STORE=store
assay_test run --limit 2 --progress none >out 2>err || fail "$(cat err)"
grep -qxF "waiting   2 tickets for attempts, which 'assay run' makes: incomplete" out || fail "$(cat out)"
test_run_into store --limit 3
assert_jq run.json '[.incomplete, .conserved, .units.attempts, .queue.states.retrying, .version] | @json' '[true,true,0,3,null]'
test_run_into store
assert_jq run.json '[.incomplete, .conserved, .units.attempts, .queue.states.repaired] | @json' '[false,true,3,3]'
