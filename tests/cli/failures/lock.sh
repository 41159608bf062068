# One writer at a time: a second run is told so at once and exits with 75, and the first is not disturbed.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 512, cpu_s: 60, wall_s: 3}/' assay.yaml
echo 'act: sleep' >docs/a
echo 'value: 1' >docs/b
ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store store --json --progress none >first.json 2>first.err &
first=$!
wait_for test -e store/catalog/data.mdb
wait_for pgrep -P "$first"

assert_exit 75 assay_test run --store store
assert_match "$(cat err)" "assay: *store*"
cat err
assert_exit 75 assay_test judge --store store
assert_exit 0 assay_test queue list --store store
echo 'readers are not locked out'
wait "$first" || fail "the first run: $?"
assert_jq first.json .samples.accepted 1
assert_exit 0 assay_test judge --store store
echo 'the first run ended as it should'
