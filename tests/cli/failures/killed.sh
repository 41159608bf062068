# A child that someone kills is tried once more; killed again it is a ticket, and the next run does it.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 512, cpu_s: 60, wall_s: 60}/' assay.yaml
echo 'value: 1' >docs/fine
echo 'act: sleep' >docs/sleeper

# children_of PID: its children, and theirs.
grandchild() {
    local worker
    worker=$(pgrep -P "$1") || return 1
    pgrep -P "$worker"
}
# kill_sleeper TOOL_PID NOT_PID: kills the child that sleeps, unless it is the one killed before; sets CHILD.
kill_sleeper() {
    CHILD=$(grandchild "$1") && [ "$CHILD" != "$2" ] && grep -q '^State:.*S' "/proc/$CHILD/status" &&
        grep -qE 'nanosleep' "/proc/$CHILD/wchan" && kill -KILL "$CHILD"
}

ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress none >run.json 2>run.err &
tool=$!
wait_for kill_sleeper "$tool" 0
wait_for kill_sleeper "$tool" "$CHILD"
wait "$tool" || fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .incomplete true
assert_jq run.json .samples.accepted 1
assert_failed store docs/sleeper test.read killed
echo 'killed twice: a ticket'

echo 'value: 2' >docs/sleeper
test_run_into store
assert_jq run.json .incomplete false
assert_jq run.json .queue.open 0
echo 'the repaired file is accepted, the ticket settled'
