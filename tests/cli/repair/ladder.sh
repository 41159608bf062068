# Remedies by themselves: ladders are climbed until an attempt passes every check without losing content, everything is
# told in the ticket, and what comes of it is the same however it came about.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset \
    'id: low, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeGreaterThan: -40, remedy: least}' \
    'id: size, type: custom, engine: assay, severity: error, implementation: {metric: test.size, mustBeLessThan: 1000}' <<'YAML'
remedies:
  less:
    - test.read: {add: -5}
    - test.read: {add: -25, lose: 10}
    - test.read: {add: -30}
  least:
    choose: best
    by: test.value
    want: low
    attempts:
      - test.read: {add: 50}
      - test.read: {add: 80}
      - test.read: {add: 60}
YAML
page() { printf 'value: %s\n%s' "$2" "${3-}" >"docs/$1.txt"; }
page good 3
page first 12
page second 33
page loses 33 $'kept: 100\n'
page vain 99
page best -60
page two 12 $'pages: 2\n'
page other 5 "$(printf '#%.0s' {1..1200})"
printf 'fail: decode\n' >docs/broken.txt
settle docs
export ASSAY_STORE=store
test_run_into store -j1
cp run.json first.json
version=$(version_of)
assert_jq run.json '[.samples.in, .samples.accepted, .samples.quarantined, .conserved] | @json' '[9,7,2,true]'
assert_jq run.json '[.queue.open, (.queue.states | .repaired, .["needs-review"], .open), .units.attempts] | @json' '[3,6,1,2,14]'

# what JQ-PATH of the ticket of a page
ticket() { assay queue show --json "docs/$1.txt#page=${3-1}" | jq -r ".[0] | $2"; }
tries() { ticket "$1" '[.attempts[] | "\(.remedy) \(.rung) \(.outcome)\(if .chosen then " chosen" else "" end)"] | join(", ")' "${2-1}"; }
assert_eq "$(ticket first .state)" repaired 'state'
assert_eq "$(tries first)" 'less 1 passed chosen' 'the first attempt is enough'
assert_eq "$(tries second)" 'less 1 checks, less 2 passed chosen' 'the second is'
assert_eq "$(tries loses)" 'less 1 checks, less 2 lost-content, less 3 passed chosen' 'one that loses content is none'
assert_match "$(ticket loses '.attempts[1].note')" '*test.kept is 90, 100 without*' 'what was lost'
assert_eq "$(tries vain)" 'less 1 checks, less 2 checks, less 3 checks' 'all in vain'
assert_eq "$(ticket vain .state)" needs-review 'state'
assert_eq "$(tries best)" 'least 1 passed chosen, least 2 checks, least 3 passed' 'the best of all'
assert_eq "$(tries two 2)" 'less 1 passed chosen' 'a page of its own'
assert_eq "$(ticket other '.state + " " + (.attempts | length | tostring)')" 'open 0' 'no remedy for what failed'
echo 'ladders'

# Each attempt is of one page, made once; nothing is done again, whatever the order and number of workers.
assert_jq run.json .units.run 9
test_run_into store -j2
assert_jq run.json '[.units.run, .units.attempts, .version] | @json' "[0,0,\"$version\"]"
test_run_into other -j2
assert_eq "$(version_of)" "$version" 'another store, two workers'
assay_test judge --json >judged.json 2>err
assert_jq judged.json .version "$version"
assay check --read-data >out || fail "check: $(cat out)"
echo 'the same again'

# Without a remedy that was bound the sample falls back, and its ticket is opened again.
sed -i '/^      - {id: value/s/, remedy: less//' values.odcs.yaml
test_run_into store
assert_jq run.json '[.samples.accepted, .samples.quarantined, .conserved] | @json' '[2,7,true]'
assert_eq "$(ticket first .state)" open 'state without the remedy'
git_back() { sed -i '/^      - {id: value/s/mustBeLessThan: 10/mustBeLessThan: 10, remedy: less/' values.odcs.yaml; }
git_back
test_run_into store
assert_eq "$(version_of)" "$version" 'with it again'
assert_jq run.json .units.run 0
assert_eq "$(ticket first .state)" repaired 'state with it again'
assert_eq "$(ticket first '[.history[].state] | join(" ")')" 'retrying repaired open repaired' 'history'
echo 'contract changed'

# Judging alone opens no file: what is wanted waits, the version says so, and the next run makes it.
page late 13
settle docs
sed -i '/^      - {id: value/s/, remedy: less//' values.odcs.yaml
test_run_into store
sleep 2 # until the stamp of the new file is old enough to be trusted: the run after next has nothing else to do
test_run_into store
git_back
assay_test judge --json >judged.json 2>err
assert_jq judged.json '[.incomplete, .conserved, .queue.states.retrying] | @json' '[true,true,1]'
assay_test run --dry-run --json >dry.json 2>err
assert_jq dry.json '[.sources.run, .repairs.waiting, .judges_all] | @json' '[0,1,true]'
test_run_into store
assert_jq run.json '[.incomplete, .units.attempts, .queue.states.retrying] | @json' '[false,1,0]'
assay_test run --dry-run --json >dry.json 2>err
assert_jq dry.json '[.sources.run, .repairs.waiting, .judges_all] | @json' '[0,0,false]'
echo 'judging alone'

# What was measured of a sample may keep it from a ladder that would be in vain: nothing is tried, and the rest stands.
open_when() { sed -i 's/^  less:$/  less:\n    when: {metric: test.value, below: '"$1"'}\n    attempts:/' assay.yaml; }
close_when() { sed -i '/^    when:/,/^    attempts:/d' assay.yaml; }
page hopeless 98
settle docs
open_when 98
test_run_into store
assert_jq run.json '[.units.run, .units.attempts, .incomplete, .conserved] | @json' '[1,0,false,true]'
assert_eq "$(ticket hopeless '.state + " " + (.attempts | length | tostring)')" 'open 0' 'no ladder for a value of 98'
assert_eq "$(ticket vain .state)" open 'nor for one of 99, which was tried in vain'
assert_eq "$(tries second)" 'less 1 checks, less 2 passed chosen' 'the ladder of a value of 33'
assert_eq "$(ticket second .state)" repaired 'a value of 33'
assay queue show 'docs/hopeless.txt#page=1' >out
assert_match "$(cat out)" "*whose 'when' it does not meet*" 'advice'
close_when
open_when 99
test_run_into store
assert_eq "$(tries hopeless)" 'less 1 checks, less 2 checks, less 3 checks' 'one of 98 is below 99'
assert_eq "$(ticket hopeless .state)" needs-review 'state'
assert_eq "$(ticket vain .state)" open 'one of 99 is not'
echo 'when'
