# Thousands of tiny sources: all accounted for, in memory that does not follow their number.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test
need_plain_build

text_dataset
rm -rf docs
# make FIRST LAST
make() {
    local n
    for ((n = $1; n <= $2; n++)); do
        [ $((n % 500)) -ne 0 ] || mkdir -p "docs/$((n / 500))"
        echo "value: $((n % 11)) of $n" >"docs/$((n / 500))/$n"
    done
}
# peak STORE: a run, with the peak of the tool's own anonymous memory, KiB, in PEAK.
peak() {
    local tool now
    PEAK=0
    ASSAY_TEST_READER=1 "$ASSAY_TEST" run --store "$1" --json --progress none >run.json 2>run.err &
    tool=$!
    while now=$(awk '/^RssAnon/ {print $2}' "/proc/$tool/status" 2>/dev/null) && [ -n "$now" ]; do
        [ "$now" -le "$PEAK" ] || PEAK=$now
        sleep 0.02
    done
    wait "$tool" || fail "exit $?: $(tail -n 3 run.err)"
    assert_conserved
}

many=${MANY:-6000} # 20000 take a minute on two busy cores
make 0 $((many / 10 - 1))
peak few
few=$PEAK
echo "$((many / 10)) sources: $(jq .elapsed_s run.json) s, at most $few KiB"
make $((many / 10)) $((many - 1))
peak store
most=$PEAK
echo "$many sources: $(jq .elapsed_s run.json) s, at most $most KiB"
high=$((many / 11 + (many % 11 > 10))) # values of 10 are refused
assert_jq run.json .samples.in "$many"
assert_jq run.json .samples.quarantined "$high"
assert_jq run.json .samples.accepted $((many - high))
assert_jq run.json .queue.open "$high"
# So few have their lists in plain memory, and the pages that a group changes are still as many as there are: about
# 330 bytes for each were measured. tests/scale has more of them, where neither grows any further.
[ $((most - few)) -lt $((many * 6 / 10)) ] || fail "$((many * 9 / 10)) sources more take $((most - few)) KiB more"
first=$(version_of)
peak store
echo "again: $(jq .elapsed_s run.json) s, at most $PEAK KiB"
assert_jq run.json .units.run 0
assert_eq "$(version_of)" "$first" 'version id'
assert_exit 0 assay_test check --read-data --store store
