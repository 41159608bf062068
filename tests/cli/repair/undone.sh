# Attempts that end for want of time hold nobody up: the next one is tried, the version is incomplete, each run tries
# again, and the history does not grow for it.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
limits: {memory_mib: 512, cpu_s: 2, wall_s: 2}
remedies:
  less:
    - test.misbehave: {act: sleep}
    - test.read: {add: -5}
YAML
printf 'value: 3\n' >docs/good.txt
printf 'value: 12\n' >docs/helped.txt
printf 'value: 99\n' >docs/vain.txt
settle docs
export ASSAY_STORE=store
test_run_into store -j2
assert_jq run.json '[.incomplete, .conserved, .samples.accepted, .samples.quarantined] | @json' '[true,true,2,1]'
tries() { assay queue show --json "docs/$1.txt#page=1" | jq -r '.[0] | .state + ": " + ([.attempts[] | "\(.rung) \(.outcome)"] | join(", ")) + "; \(.history | length)"'; }
helped=$(tries helped) vain=$(tries vain)
assert_match "$helped" 'repaired: 1 undone, 2 passed; *' 'the next attempt'
assert_match "$vain" 'needs-review: 1 undone, 2 checks; *' 'in vain'
version=$(version_of)
sleep 2
for _ in 1 2; do
    test_run_into store
    assert_jq run.json '[.incomplete, .conserved, .units.attempts] | @json' '[true,true,2]'
    assert_eq "$(version_of)" "$version" 'version'
    assert_eq "$(tries helped)" "$helped" 'history of what was repaired'
    assert_eq "$(tries vain)" "$vain" 'history of what was not'
done

# A correction that brings its unit down every time is taken back like any other.
printf 'value: 1\nact: segfault\n' >crash.txt
sed -i 's/wall_s: 2/wall_s: 5/' assay.yaml
export ASSAY_TEST_READER=1
vain='docs/vain.txt#page=1'
"$ASSAY_TEST" queue resolve "$vain" --text crash.txt --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.tickets[0].ticket.state, .summary.incomplete] | @json' '["retrying",true]'
"$ASSAY_TEST" queue retry "$vain" --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.tickets[0].ticket.state, .tickets[0].did] | @json' '["retrying","attempts that are still to be made"]'
"$ASSAY_TEST" queue retry "$vain" --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.tickets[0].ticket.state, .tickets[0].did] | @json' '["needs-review","taken back: judged as if nothing had been decided"]'
