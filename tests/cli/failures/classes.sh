# Every way in which a unit can end badly gives a ticket that names stage and class; the others are not affected.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
need_plain_build

text_dataset
sed -i 's/^limits:.*/limits: {memory_mib: 384, cpu_s: 1, wall_s: 4}/' assay.yaml
for n in 1 2 3; do
    echo "value: $n" >docs/fine$n
done
for class in decode empty short unsupported limit font; do
    echo "fail: $class" >"docs/$class"
done
echo 'reject: empty' >docs/rejected
for act in segfault abort spin spin_on sleep touch exit exit_3 garbage huge_claim false_result stray_artifact; do
    echo "act: $act" >"docs/$act"
done
settle docs
touch stamp
before=$(find . -path ./store -prune -o -type f -print | sort)

in_session env ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j2 --store store --json --progress none >run.json 2>run.err
assert_nothing_left
assert_conserved
assert_jq run.json .incomplete true
assert_jq run.json .samples.accepted 3
assert_jq run.json .samples.quarantined 1
assert_jq run.json .sources.failed 18
assert_jq run.json .queue.open 19
echo 'three accepted, one quarantined, 18 failed with a ticket each; no process left behind'

after=$(find . -path ./store -prune -o -type f -print | grep -vE '^./(run\.(json|err)|sid)$' | sort)
assert_eq "$after" "$before" 'list of files outside the store'
changed=$(find . -path ./store -prune -o -type f -newer stamp -print | grep -vE '^./(run\.(json|err)|sid)$' || true)
assert_eq "$changed" '' 'files changed outside the store'

for class in decode empty short unsupported limit font; do
    assert_failed store "docs/$class" test.read "$class"
done
for act in segfault abort exit_3; do
    assert_failed store "docs/$act" test.read crash
done
for act in spin spin_on sleep; do
    assert_failed store "docs/$act" test.read timeout
done
assert_failed store docs/touch test.read out-of-memory
for act in exit garbage huge_claim false_result stray_artifact; do
    assert_failed store "docs/$act" test.read protocol
done
assert_eq "$(tickets store | jq -r 'select(.subject == "docs/rejected#page=1") | "\(.failure.stage) \(.failure.class)"')" \
    'test.read empty' 'ticket of a rejected page'

message() {
    tickets store | jq -r --arg s "docs/$1" 'select(.subject == $s) | .failure.message'
}
assert_match "$(message segfault)" '*signal 11*' message
assert_match "$(message abort)" '*signal 6*' message
assert_match "$(message sleep)" '*4 s*' message
# On a busy machine the clock may run out before the CPU time does.
[[ $(message spin) == *'1 s of CPU'* || $(message spin) == *'4 s'* ]] || fail "message of spin: $(message spin)"
echo 'classes, stages and signals are named'

# Deterministic outcomes are settled. The others were tried twice, are not cached, and are tried by the next run.
units=$(jq_get .units.run run.json)
assert_eq "$units" 22 units
first=$(version_of)
rm docs/spin docs/spin_on docs/sleep
test_run_into store
assert_conserved
assert_jq run.json .units.run 9
assert_jq run.json .incomplete true
assert_jq run.json .samples.accepted 3
echo 'nine outcomes of time, memory and signals were tried again, nothing else was'

rm docs/touch docs/segfault docs/abort docs/exit* docs/garbage docs/huge_claim docs/false_result docs/stray_artifact
test_run_into store
assert_jq run.json .incomplete false
assert_jq run.json .units.run 0
assert_ne "$(version_of)" "$first" 'version id'
echo 'without them the version is complete'
