# Remedies for sources that fail: all of a source is made by the attempt, whose first rung under which every sample
# passes is taken; people put another file in a source's place; and what comes of it is the same however it came about.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
limits: {memory_mib: 512, cpu_s: 2, wall_s: 2}
remedies:
  less:
    - test.read: {add: -5}
  tolerant:
    failures: [decode, crash]
    attempts:
      - test.read: {add: -1}
      - test.read: {obey: 0, add: 50}
      - test.read: {obey: 0}
  by-hand:
    - test.read: {obey: 0, add: -1}
YAML
put() { printf '%b' "$2" >"docs/$1.txt"; }
put good 'value: 3\n'
put decode 'value: 3\nfail: decode\npages: 40\n'
put crash 'value: 3\nact: segfault\n'
put vain 'value: 99\nfail: decode\n'
put short 'value: 4\nfail: short\n'
put copy 'value: 3\nfail: decode\npages: 40\n'
settle docs
sleep 2.1 # stamps are trusted once they are two seconds older than the look at the bytes
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
test_run_into store -j2
cp run.json first.json
version=$(version_of)
ticket() { assay queue show --json "docs/$1.txt" | jq -r ".[0] | $2"; }
tries() { ticket "$1" '.state + ": " + ([.attempts[] | "\(.remedy // .way) \(.rung // 0) \(.outcome)\(if .chosen then " chosen" else "" end)"] | join(", "))'; }
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }

# Forty pages are three units of each attempt; the copy's are the same work.
assert_jq run.json '[.samples.in, .samples.accepted, .samples.duplicate, .conserved, .sources.failed] | @json' '[82,42,40,true,2]'
assert_jq run.json '[.queue.open, .queue.states.repaired, .queue.states["needs-review"], .queue.states.open] | @json' '[2,3,1,1]'
assert_eq "$(tries decode)" 'repaired: tolerant 1 failed, tolerant 2 checks, tolerant 3 passed chosen' 'the ladder of a document'
assert_match "$(ticket decode '.attempts[1].note')" 'page=1: value: test.value is 53' 'why not the second'
assert_eq "$(tries crash)" 'repaired: tolerant 1 undone, tolerant 2 checks, tolerant 3 passed chosen' 'the ladder of a crash'
assert_eq "$(tries vain)" 'needs-review: tolerant 1 failed, tolerant 2 checks, tolerant 3 checks' 'all in vain'
assert_eq "$(tries short)" 'open: ' 'a failure that nothing is bound to'
assert_eq "$(assay why 'docs/decode.txt#page=40' --json | jq -c '.verdict | [.outcome, .duplicate_of]')" '["duplicate","docs/copy.txt#page=40"]' 'copies are duplicates still'
assert_eq "$(assay why 'docs/copy.txt#page=40' --json | jq -c '.verdict | [.outcome, .way, .remedy, .rung]')" '["accepted","remedy","tolerant",3]' 'why'
assert_jq run.json .incomplete true # a crash may not come again
assay export latest --out d >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r 'select(.key == "docs/copy.txt#page=17") | .treatment' d/manifest.jsonl)" repaired 'delivered as repaired'
assert_eq "$(ticket decode '[.history[].state] | join(" ")')" 'retrying retrying retrying repaired' 'history'
# What stands by help is not among the failed ones, wherever they are counted.
failed_everywhere() {
    test_run_into store
    assert_jq run.json '[.sources.failed, .sources.processed + .sources.unchanged] | @json' "$1"
    assay log --json >log.json
    assert_jq log.json '.[0].samples.failed_sources' "$(jq '.sources.failed' run.json)"
    assay log --runs --json >runs.json
    assert_jq runs.json '.[0].sources.failed' "$(jq '.sources.failed' run.json)"
    assay status --json >status.json
    assert_jq status.json .sources.failed "$(jq '.sources.failed' run.json)"
    assay run --dry-run --json >plan.json
    assert_jq plan.json .sources.failed "$(jq '.sources.failed' run.json)"
}
failed_everywhere '[2,4]'
failed_everywhere '[2,4]'
assert_jq run.json '.sources | [.processed, .unchanged] | @json' '[1,3]' # a crash is tried again
echo 'ladders'

test_run_into other -j1
assert_eq "$(version_of)" "$version" 'another store, one worker'
test_run_into store
assert_eq "$(version_of)" "$version" 'run again'
assay judge --json >judged.json 2>err
assert_jq judged.json '[.conserved, .incomplete, .queue.states.retrying] | @json' '[true,true,1]' # what came to nothing is not made
test_run_into store
assert_eq "$(version_of)" "$version" 'and made by a run'
assay check --read-data >out || fail "check: $(cat out)"
echo 'the same again'

# Named by a person.
decide retry docs/short.txt --remedy by-hand
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.accepted, .summary.conserved] | @json' '["repaired",43,true]'
assert_eq "$(tries short)" 'repaired: by-hand 1 passed chosen' 'by name'
decide retry docs/short.txt
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.accepted, .summary.conserved, .summary.version] | @json' "[\"open\",42,true,\"$version\"]"
assert_exit 64 assay queue retry docs/short.txt
echo 'by name'

# Another file: of more pages than one unit, one of which fails by itself and is waived.
printf 'value: 12\npages: 18\n' >better.txt
decide resolve docs/vain.txt --file better.txt --reason 'found the original'
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.conserved, .summary.queue.states.repaired] | @json' '["replaced",100,true,3]'
assert_jq did.json '.summary.samples | [.accepted, .quarantined] | @json' '[42,18]'
page='docs/vain.txt#page=18'
assert_eq "$(assay queue list --json --all "$page" | jq -r '.[0].state')" open 'a page of it that fails'
assert_exit 64 assay queue retry "$page" --remedy less
assert_match "$(cat err)" "*is part of a file that stands in its source's place, on which no remedy is tried*" 'a remedy on a page of it'
decide waive "$page" --owner Anna --reason legible
assert_jq did.json '[.tickets[0].ticket.state, .summary.conserved] | @json' '["waived",true]'
printf 'value: 2\npages: 18\n' >text.txt
decide resolve 'docs/vain.txt#page=17' --text text.txt
assert_jq did.json '[.tickets[0].ticket.state, .summary.conserved] | @json' '["corrected",true]'
assay lineage 'docs/vain.txt#page=1' --json >lineage.json
assert_jq lineage.json '[.nodes[] | select(.type == "source" and .in_place == "better.txt")] | length' 1
assay export latest --out d --force >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r "select(.key == \"$page\") | .treatment + \" \" + .outcome" d/manifest.jsonl)" 'replaced waived' 'delivered'
replaced=$(jq_get .summary.version did.json)
test_run_into store
assert_eq "$(version_of)" "$replaced" 'a run leaves it'
assert_jq run.json '[.conserved, .samples.waived] | @json' '[true,1]'
assay check >out || fail "check: $(cat out)"
# By its number: the path now names the tickets of its pages too.
vain=$(assay queue list --json --all --kind source docs/vain.txt | jq -r '.[0].id')
printf 'value: 1\n' >one.txt
decide resolve "$vain" --file one.txt
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.conserved] | @json' '["replaced",83,true]'
printf 'fail: short\n' >worse.txt
decide resolve "$vain" --file worse.txt
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.conserved] | @json' '["needs-review",82,true]'
decide retry "$vain"
assert_jq did.json '[.tickets[0].ticket.state, .summary.conserved, .summary.version] | @json' "[\"needs-review\",true,\"$version\"]"
# A crash is not tried again while another file stands in its place, and is when that is taken back.
decide resolve docs/crash.txt --file one.txt
failed_everywhere '[2,4]'
failed_everywhere '[2,4]'
assert_jq run.json '[.sources.processed, .sources.unchanged, .units.run] | @json' '[0,4,0]'
decide retry docs/crash.txt
test_run_into store
assert_jq run.json '[.sources.processed, .sources.unchanged, .sources.failed] | @json' '[1,3,2]'
decide reject docs/decode.txt --reason 'not wanted'
assert_jq did.json '[.tickets[0].ticket.state, .summary.conserved] | @json' '["rejected",true]'
# A file that is found after all stands in its place: it is made, whether or not it was made before for another source.
printf 'value: 4\nfound after all\n' >found.txt
decide resolve docs/decode.txt --file found.txt
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.conserved] | @json' '["replaced",43,true]'
decide retry "$(ticket decode .id)"
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.conserved] | @json' '["repaired",82,true]'
echo 'another file'

# The file itself is mended: it passes without help.
printf 'value: 5\n' >docs/vain.txt
settle docs
test_run_into store
assert_eq "$(ticket vain .state)" passed 'mended'
# The remedy is for something else now: what it made falls back.
sed -i 's/failures: \[decode, crash\]/failures: [crash]/' assay.yaml
test_run_into store
assert_jq run.json '[.conserved, .samples.in] | @json' '[true,3]'
assert_eq "$(ticket copy .state)" open 'without the remedy'
assay check >out || fail "check: $(cat out)"
echo 'falls back'
