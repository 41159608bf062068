# A file that changes while it is read is read again; changing all the time it gets a ticket, and the next run reads it.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 512, cpu_s: 60, wall_s: 2}/' assay.yaml
# The unit takes two seconds and is then given up for the time it took: long enough to be changed in.
echo 'act: sleep' >docs/busy
echo 'value: 1' >docs/calm
(while [ ! -e stop ]; do echo 'act: sleep' >>docs/busy && sleep 0.1; done) &
writer=$!
trap 'touch stop; wait "$writer" 2>/dev/null || true' EXIT
test_run_into store -j1
touch stop
wait "$writer"
assert_conserved
assert_jq run.json .incomplete true
assert_jq run.json .samples.accepted 1
assert_eq "$(tickets store | jq -r 'select(.subject == "docs/busy") | .failure.class')" changed ticket
echo 'value: 2' >docs/busy
test_run_into store
assert_conserved
assert_jq run.json .incomplete false
assert_jq run.json .samples.accepted 2
echo 'a ticket while it changed, accepted once it was still'

# It changes once: it is read again in the same run.
echo 'act: sleep' >docs/once
ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress none >run.json 2>run.err &
tool=$!
busy() {
    local worker
    worker=$(pgrep -P "$tool") && pgrep -P "$worker"
}
wait_for busy
echo 'value: 3' >docs/once
wait "$tool" || fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .samples.accepted 3
assert_jq run.json .queue.open 0
echo 'changed once: read again in the same run'

# What lies beside it changes while it is read: the result must not be kept under what lay there before.
echo 'act: sleep' >docs/judged
echo 'old truth' >docs/judged.gt
ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress none >run.json 2>run.err &
tool=$!
wait_for busy
echo 'new truth' >docs/judged.gt
wait "$tool" || fail "exit $?: $(cat run.err)"
assert_conserved
assert_eq "$(tickets store | jq -r 'select(.subject == "docs/judged") | .failure.class')" timeout ticket
sidecar=$("$ASSAY" lineage --store store docs/judged | grep -A 1 '^sidecar')
assert_match "$sidecar" "*$(sha256sum docs/judged.gt | cut -d ' ' -f 1)*" 'sidecar that was read'
echo 'a sidecar that changed: read again with it'
