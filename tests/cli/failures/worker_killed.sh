# A worker that someone kills takes its unit with it; another one is started, and the run ends well.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 512, cpu_s: 60, wall_s: 3}/' assay.yaml
echo 'act: sleep' >docs/a
for n in 1 2 3; do
    echo "value: $n" >docs/b$n
done

worker_at_work() {
    WORKER=$(pgrep -P "$1") && pgrep -P "$WORKER"
}
in_session env ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress none >run.json 2>run.err &
waiting=$!
wait_for test -s sid
wait_for worker_at_work "$(cat sid)"
kill -KILL "$WORKER"
wait "$waiting" || fail "exit $?: $(cat run.err)"
assert_nothing_left
assert_conserved
assert_jq run.json .samples.accepted 3
assert_failed store docs/a test.read timeout
echo 'the unit was tried again by a new worker, the others were not affected, nothing is left behind'
