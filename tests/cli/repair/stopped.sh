# A run that is stopped while attempts are made keeps what was finished, counts nothing that it did not judge, and the
# next one goes on to the version of a run that was never stopped.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
remedies:
  less:
    - test.read: {add: -1}
    - test.read: {add: -5}
    - test.read: {add: -9}
YAML
for n in $(seq 400); do printf 'value: 18\n# %s\n' "$n" >"docs/$n.txt"; done
settle docs
test_run_into whole
version=$(version_of)
assert_jq run.json '[.samples.accepted, .units.attempts] | @json' '[400,1200]'

# Judged, and in the middle of the attempts: that is when some ticket is in its second round.
ASSAY_TEST_READER=1 "$ASSAY_TEST" run --store store -j1 --json --progress none >run.json 2>run.err &
pid=$!
for _ in $(seq 600); do
    tries=$(assay queue list --store store --state retrying --limit 1 --json 2>/dev/null | jq -r '.[0].attempts | length' 2>/dev/null || true)
    [ "${tries:-0}" != 2 ] || break
    sleep 0.05
done
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
assert_eq "$status" 75 'exit status'
assert_jq run.json '[.version, .queue, .samples] | @json' '[null,null,null]'
assay check --store store --read-data >out || fail "check: $(cat out)"
test_run_into store
assert_eq "$(version_of)" "$version" 'version of the run that went on'
assert_jq run.json '.samples.accepted == 400 and .conserved and .units.attempts < 1200' true
