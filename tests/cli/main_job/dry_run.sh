# A dry run says what a run would do and why, writes nothing, opens no source, and needs no lock.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test

text_dataset
for n in $(seq 20); do
    echo "value: $((n % 10)) of $n" >"docs/$n.txt"
done
settle docs
dry() {
    assert_exit 0 assay_test run --store store --dry-run "$@" --json
    cp out dry.json
}
store_state() {
    find store -type f ! -name lock.mdb -exec sha256sum {} + | sort | sha256sum
}

dry
[ ! -e store ] || fail 'a dry run made a store'
assert_jq dry.json '.sources | [.seen, .run, .unchanged] | @csv' '20,20,0'
assert_jq dry.json '.cost.basis | [.same_recipe, .other_recipe, .no_history] | @csv' '0,0,20'
assert_jq dry.json '.list[0] | [.source, .causes[0], .run, .cpu_s] | @json' '["docs/1.txt","new",true,null]'
echo 'no store: everything is new, nothing is known of its cost, no store is made'

sleep 2.1
test_run_into store
state=$(store_state)
dry
assert_jq dry.json '.sources | [.run, .rejudge, .unchanged] | @csv' '0,0,20'
assert_jq dry.json '.list' '[]'

# Young when they were digested, sidecars too: they are digested again, and nothing is foreseen to be run.
mkdir young && cp assay.yaml values.odcs.yaml young && mkdir young/docs
(
    cd young
    echo 'value: 1' >docs/a.txt
    echo truth >docs/a.gt
    test_run_into store
    dry
    assert_jq dry.json '.sources | [.run, .rejudge, .need_digest] | @csv' '0,1,1'
    assert_jq dry.json '.causes | @json' '{"young":1}'
)

# One of each cause.
echo 'value: 3 of new' >docs/new.txt
echo 'value: 3 of changed' >docs/1.txt
touch -d '2 hours ago' docs/2.txt
echo truth >docs/3.gt
rm docs/4.txt
echo 'act: segfault' >docs/5.txt
dry
assert_jq dry.json '.causes | @json' '{"new":1,"content":3,"sidecar":1}'
assert_jq dry.json '.sources | [.seen, .run, .unchanged, .missing, .need_digest] | @csv' '20,5,15,1,4'
assert_jq dry.json '.cost.basis | [.same_recipe, .other_recipe, .no_history] | @csv' '5,0,0'
assert_eq "$(jq -c '[.list[] | select(.causes == ["sidecar"]) | .source]' dry.json)" '["docs/3.txt"]' 'source with a sidecar'
# What was done before is expected to take what it took; all of it is more than the work alone.
own=$(assay_test why --store store --json docs/3.txt | jq '.work.cpu_us / 1000 | floor')
assert_eq "$(jq '.list[] | select(.source == "docs/3.txt") | .cpu_s * 1000 | round' dry.json)" "$own" 'milliseconds of docs/3.txt'
assert_jq dry.json '.cost | .timed and .parts.start_s > 0 and .parts.work_s > 0 and
    ((.parts.start_s + ([.parts.work_s, .parts.digest_s] | max) + .parts.judge_s - .takes_s) | . < 0.005 and . > -0.005)' true
assert_eq "$(store_state)" "$state" 'store after dry runs'
# Each is cut to milliseconds.
assert_eq "$(jq '.cost.cpu_s - ([.list[].cpu_s] | add) | . > -0.0005 and . < 0.006' dry.json)" true 'cost and sum of the list'
echo 'each cause is told; the store is as it was'

# What is foreseen happens: the touched one needs nothing but its digest.
test_run_into store
assert_jq run.json .units.run 4
dry
assert_jq dry.json '.causes.retry' 1
assert_jq dry.json '.sources.run' "$(jq '[.list[] | select(.run)] | length' dry.json)"

# Another contract: nothing is run, everything is judged.
test_run_into store
dry
assert_jq dry.json .judges_all false
sed -i.kept 's/mustBeLessThan: 10/mustBeLessThan: 5/' values.odcs.yaml
dry
assert_jq dry.json .judges_all true
assert_exit 0 assay_test run --store store --dry-run
grep -q '^judging .* all samples would be judged again$' out || fail "nothing of judging: $(cat out)"
test_run_into store
assert_ne "$(jq_get .verdicts_changed run.json)" 0 'verdicts that changed'
dry
assert_jq dry.json .judges_all false
cp values.odcs.yaml.kept values.odcs.yaml
test_run_into store

# Another pipeline: all are to be run, by what they cost under this one.
sed -i 's/page: \[test.read\]/page: [test.read, test.misbehave]/' assay.yaml
dry
assert_jq dry.json '.cost.basis | [.same_recipe, .other_recipe, .no_history] | @csv' '0,20,0'
assert_jq dry.json '.causes.recipe' 20
assert_jq dry.json '.cost.parts.digest_s < 0.002' true # their bytes are known: twenty digests would be 0.003
assert_jq dry.json '.cost | .modalities.page.run == 20 and .modalities.page.cpu_s == .cpu_s' true
dry --shard 0/2
first=$(jq .sources.seen dry.json)
dry --shard 1/2
assert_eq $((first + $(jq .sources.seen dry.json))) 20 'sources of both shards'
dry --limit 3
assert_jq dry.json .sources.run 3
assert_exit 0 assay_test run --store store --dry-run -j2
grep -q '^cost  *about .* of CPU in 20 units, give or take .*s$' out || fail "no cost: $(cat out)"
grep -q '^takes  *about .* with 2 workers, on a machine as busy as it was when these were measured' out || fail "no time: $(cat out)"
grep -q '^  recipe  *20: ' out || fail "no cause: $(cat out)"
echo 'another pipeline, shards and limits'

# Another writer holds the lock.
sed -i 's/, test.misbehave//' assay.yaml
exec 9>>store/lock
flock -n 9 || fail "the lock is held"
assert_exit 75 assay_test run --store store
dry
need_strace
ASSAY_TEST_READER=1 strace -f -qq -e trace=openat -o trace "$ASSAY_TEST" run --store store --dry-run --json >out
! grep -q '"docs/[0-9]' trace || fail "a source was opened: $(grep '"docs/[0-9]' trace)"
! grep -E 'O_WRONLY|O_RDWR' trace | grep -vE '= -1 |/dev/null|lock.mdb' || fail 'something was opened for writing'
echo 'nothing opened but folders'
