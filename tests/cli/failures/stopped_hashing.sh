# A signal while a huge file is being digested is acted on at once: exit 75, and what was finished is kept.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
echo 'value: 1' >docs/a
truncate -s 256G docs/huge || skip 'no sparse files here'
trap '[ -z "${tool-}" ] || kill -KILL "$tool" 2>/dev/null || true' EXIT
ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress json >run.json 2>progress &
tool=$!
# The small one is done; the huge one takes minutes.
wait_for grep -q '"done":1,' progress
start=$(date +%s%N)
kill -TERM "$tool"
code=0
wait "$tool" || code=$?
tool=
assert_eq "$code" 75 'exit code'
[ $((($(date +%s%N) - start) / 1000000)) -lt 10000 ] || fail 'it took more than ten seconds to stop'
assert_jq run.json .stopped true
assert_jq run.json .sources.processed 1
rm docs/huge
test_run_into store
assert_jq run.json .units.run 0
assert_jq run.json .samples.accepted 1
echo 'stopped while digesting; what was finished is kept'
