# The index of what was seen is a cache: with it, without it, damaged, stale or of another configuration, a status and a
# run come to the same; and what has left is listed once and counted from then on.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test

text_dataset
for n in 1 2 3 4 5 6 7 8; do
    echo "value: $n" >"docs/$n"
done
echo 'fail: decode' >docs/broken
echo truth >docs/2.gt
settle docs
sleep 2.1

# same WHAT: status with the index that lies there, if any, is status without one.
same() {
    assay_test status --store store --json >with.json
    [ ! -e store/seen ] || mv store/seen kept
    assay_test status --store store --json >without.json
    [ ! -e kept ] || mv kept store/seen
    cmp with.json without.json || fail "$1: status differs with the index: $(diff with.json without.json)"
}
run() { assay_test run --store store --json --progress none >run.json 2>run.err || fail "exit $?: $(cat run.err)"; }

run
[ -s store/seen ] || fail 'the first run left no index'
same 'after the first run'
assert_jq with.json '.sources | "\(.seen) \(.unchanged) \(.failed)"' '9 9 1'
first=$(version_of)

# That it is used at all: without the rows behind it nothing changes its mind about what it knows.
cp -a store/seen seen.first
assay_test status --store store --json >plain.json
run
assert_eq "$(version_of)" "$first" 'version of a run with the index'
assert_eq "$(cmp -s seen.first store/seen && echo same || echo renewed)" renewed 'index after a run with nothing to do'
assert_eq "$(tail -c +129 seen.first | cksum)" "$(tail -c +129 store/seen | cksum)" 'entries'
same 'after a run with nothing to do'
assay_test judge --store store >/dev/null
same 'after a judging'

# Every kind of change.
cp -a store store.changes
echo 'value: 4' >docs/new
echo 'value: 5 now' >docs/5
touch docs/6
rm docs/7
echo other >docs/2.gt
echo truth >docs/3.gt
same 'after changes'
assert_jq with.json '.sources | "\(.new) \(.changed) \(.missing) \(.missing_before)"' \
    '["docs/new"] ["docs/2","docs/3","docs/5","docs/6"] ["docs/7"] 0'
cp -a store store.rows && rm store.rows/seen
run
assay_test run --store store.rows --json --progress none >rows.json 2>/dev/null
for at in .version .sources .samples '.units | [.run, .cached]' .queue; do
    assert_eq "$(jq -c "$at" run.json)" "$(jq -c "$at" rows.json)" "$at with the index and without"
done
# Some of these are younger than two seconds: what is not settled is digested again, index or not.
same 'with young files'
settle docs && sleep 2.1
run && run
same 'settled again'
assert_jq with.json '.sources | "\(.missing) \(.missing_before) \(.unchanged)"' '[] 1 9'
second=$(version_of)

# It returns, and leaves again.
echo 'value: 7' >docs/7 && settle docs/7 && sleep 2.1
same 'returned'
assert_jq with.json '.sources | "\(.changed) \(.missing_before)"' '["docs/7"] 0'
run
same 'returned and done'
assert_jq with.json '.sources | "\(.missing) \(.missing_before) \(.unchanged)"' '[] 0 10'
rm docs/7
same 'gone again'
assert_jq with.json '.sources.missing' '[
  "docs/7"
]'
run
assert_eq "$(version_of)" "$second" 'version without it'
assert_eq "$(assay_test status --store store | grep -c '1 more left before the last run')" 1 'lines about it'

# Damaged anywhere.
cp store/seen whole
size=$(stat -c %s whole)
for at in 0 9 17 25 33 41 49 60 90 121 129 131 140 180 $((size / 2)) $((size - 1)); do
    cp whole store/seen
    byte=$(od -An -tu1 -j "$at" -N 1 whole)
    printf "\\x$(printf %x $((byte ^ 4)))" | dd of=store/seen bs=1 seek="$at" conv=notrunc status=none
    same "damaged at byte $at"
done
for cut in 0 8 100 128 150 $((size - 1)); do
    head -c "$cut" whole >store/seen
    same "cut to $cut bytes"
done
cp whole store/seen

# Of an older run, or of another configuration.
run
cp whole store/seen
same 'of the run before'
cp seen.first store/seen
same 'of the first run'
run
sed -i 's/modality: page,/modality: page, metadata: {origin: attic},/' assay.yaml
same 'other metadata'
assert_jq with.json '.sources.changed | length' 9
run
same 'with the other metadata'
assert_jq with.json '.sources.unchanged' 9

# A run of a part leaves none that holds; the next whole one makes it anew.
assay_test run --store store --limit 1 --progress none >/dev/null 2>&1
same 'after a run of a part'
run
same 'after a whole one'
assert_exit 0 assay_test check --read-data --store store
