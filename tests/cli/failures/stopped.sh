# SIGTERM and SIGINT in mid-run: exit 75, what was finished is kept and told, and the next run goes on to the usual id.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 512, cpu_s: 60, wall_s: 60}/' assay.yaml
for n in $(seq 10 39); do
    echo "value: $n" >"docs/$n"
done
assert_exit 0 assay_test run --store whole --json --progress none
usual=$(version_of out)

# busy TOOL_PID: a worker of it has a child at work.
busy() {
    local worker
    worker=$(pgrep -P "$1") && pgrep -P "$worker"
}

trap '[ ! -s sid ] || kill -KILL $(ps -o pid= -s "$(cat sid)") 2>/dev/null || true' EXIT
for signal in TERM INT; do
    rm -rf store sid
    # The last of the files sleeps, so that the run is stopped when all others are done.
    echo 'act: sleep' >docs/99
    # A shell makes its background jobs ignore SIGINT: env undoes it.
    in_session env --default-signal=INT ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress json \
        >run.json 2>progress &
    waiting=$!
    wait_for test -s sid
    tool=$(cat sid)
    wait_for grep -q '"done": *30' progress
    wait_for busy "$tool"
    # As a terminal or a batch system does it: to every process.
    kill -"$signal" -- $(ps -o pid= -s "$tool")
    code=0
    wait "$waiting" || code=$?
    assert_eq "$code" 75 "exit code after SIG$signal"
    assert_nothing_left
    assert_jq run.json .stopped true
    assert_jq run.json .version null
    assert_jq run.json .sources.processed 30
    assert_jq run.json .exit 75
    grep -qi 'stopped' progress || fail "nothing says that it was stopped: $(tail -n 2 progress)"
    assert_exit 0 assay check --read-data --store store

    rm docs/99
    test_run_into store
    assert_conserved
    assert_jq run.json .units.run 0
    assert_eq "$(version_of)" "$usual" 'version id'
    echo "SIG$signal: stopped with 75, 30 of 31 kept; the next run had nothing left to do"
done
