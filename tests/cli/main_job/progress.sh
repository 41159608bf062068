# Progress as JSON: one object a line with the same keys, never backwards, full at the end and only there.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test

text_dataset
for n in $(seq 60); do
    echo "value: $((n % 10))" >"docs/$n"
done
echo 'act: sleep' >docs/slow # given up after three seconds, twice
printf 'value: 1\n' >"$(printf 'docs/\342\200\256evil\033[31m')"
assert_exit 0 assay_test run -j2 --store store --json --progress json
cp err progress
while read -r line; do
    jq -e . <<<"$line" >/dev/null || fail "no JSON: $line"
done <progress
keys='["bytes_per_s","current","done","elapsed_s","eta_s","failed","fraction","phase","rate","samples","total","work_done","work_total"]'
assert_eq "$(jq -s -c 'map(keys) | unique | .[]' progress)" "$keys" keys
assert_eq "$(jq -s 'map(.fraction) | . == sort' progress)" true 'fractions in order'
assert_eq "$(jq -s -c '.[-1] | [.phase, .fraction, .eta_s, .current, .done == .total]' progress)" '["done",1,0,[],true]' end
assert_eq "$(jq -s '[.[] | select(.phase != "done" and .fraction >= 1)] | length' progress)" 0 'lines that are full too early'
assert_eq "$(jq -s -c '[.[].phase] | unique' progress)" '["commit","done","judge","process"]' phases
assert_eq "$(jq -s '[.[] | select(.current == ["docs/slow"])] | length > 0' progress)" true 'the slow one is seen'
assert_eq "$(jq -s '[.[] | select(.done == 61 and .phase == "process" and .fraction < 0.999)] | length > 0' progress)" true \
    '61 of 62 is not nearly done'
echo 'JSON: in order, whole'

# A terminal that is narrow: every line of the bar fits, and no control byte of a name reaches it.
need script
assert_exit 0 env ASSAY_TEST_READER=1 script -qec "stty cols 40; '$ASSAY_TEST' run --store other --progress bar" typescript
tr '\r' '\n' <typescript | sed 's/\x1b\[K//g' | grep -aE '^(scan|hash|process|judge|commit|done) ' >lines
[ -s lines ] || fail 'there is no bar'
assert_eq "$(awk 'length($0) > 39' lines)" '' 'lines that are too long'
assert_eq "$(grep -acP '[\x00-\x08\x0b-\x1f]' lines || true)" 0 'control bytes'
assert_match "$(tail -n 1 lines)" 'done 100% *' 'last line'
echo "bar: fits 40 columns, ends at 100 %"

rm docs/slow
# A file is no terminal: lines, and none for a run that is over at once.
assert_exit 0 assay_test run --store other
assert_eq "$(cat err)" '' 'what a short run says'
