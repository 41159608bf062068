# A judging that checks of the dataset refused: status names run and checks until a version is made, log puts it where
# it belongs in time, log --runs says it of the run.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
. "$(dirname "${BASH_SOURCE[0]}")/planted.bash"
need_assay_test

# last_run: the name of the newest run.
last_run() {
    assay log --store store --runs --limit 1 --json | jq -r '.[0].run'
}

# status_of: text and JSON of status.
status_of() {
    assay_test status --store store >status.txt
    assay_test status --store store --json >status.json
}

values 50
planted_config
rm docs/40.txt
run_as_of 80
early=$(jq_get .run run.json)
status_of
assert_jq status.json '.refused.run.name' "$early"
assert_jq status.json .version null
assert_exit 0 assay log --store store
assert_match "$(cat out)" "refused       20??-??-?? ??:??:??Z  1 check of the dataset failed: rows
              by run $early" 'log without a version'
assert_eq "$(assay log --store store --json | jq -c '[.[] | [.version, .refused_since]]')" "[[null,[\"$early\"]]]" 'versions'
echo 'told before there is a version'

values 50
run_as_of 0
first=$(version_of)
status_of
assert_jq status.json .refused null
assert_eq "$(grep -c refused status.txt)" 0 'lines about a refusal'

# two in a row, a run and a judging; what makes no judgement of the whole hides nothing
rm docs/4*.txt docs/3*.txt
sed -i 's|^  - {path: "docs/\*\*"|  - {path: "docs/07.txt", modality: page}\n&|' assay.yaml
run_as_of 80
refused=$(jq_get .run run.json)
cp run.json refused.json
sed -i 's/rows, metric/ro\x27ws, metric/' planted.odcs.yaml
assert_exit 78 assay_test judge --store store # no record: it never began
sed -i 's/ro\x27ws, metric/rows, metric/' planted.odcs.yaml
assert_exit 80 assay_test judge --store store --as-of 2026-01-11T00:00:00Z
again=$(last_run)
assert_ne "$again" "$refused" 'run of the judging'
assert_exit 0 assay_test run --store store --no-commit --progress none --as-of 2026-01-11T00:00:00Z
assert_exit 0 assay_test run --store store --shard 0/2 --progress none
status_of
assert_jq status.json '.refused.run | "\(.name) \(.at != null)"' "$again true"
assert_jq status.json '[.refused.dataset_checks.checks[] | select(.verdict == "failed") | .check] | join(" ")' 'rows type.required'
assert_jq status.json '.refused.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' "$(jq -r '.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' refused.json)"
assert_jq status.json .version "$first"
assert_eq "$(grep -A 4 ^refused status.txt)" "refused  run $again made no version: 2 checks of the dataset failed: rows, type.required
  FAILED  rows: count of samples (page) is 29, must be >= 40
  FAILED  type.required: samples without doc_type (page) is 1, must be = 0; such as docs/07.txt#page=1
  to do   correct the data and 'assay run', or the contract and 'assay judge'" 'status'
echo 'status tells what was refused, and by what'

sed -i 's/mustBeGreaterOrEqualTo: 40/mustBeGreaterOrEqualTo: 20/; s/required: true/required: false/' planted.odcs.yaml
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:00Z --json
second=$(version_of out)
status_of
assert_jq status.json '"\(.refused) \(.version)"' "null $second"
assay log --store store >log.txt
assert_eq "$(grep -o '^refused\|^[0-9a-f]\{12\}' log.txt | tr '\n' ' ')" "${second:7:12} refused refused ${first:7:12} refused " 'order of the log'
assert_eq "$(grep -A 1 '^refused' log.txt | grep -o 'by run .*' | tr '\n' ' ')" "by run $again by run $refused by run $early " 'runs of the log'
assert_eq "$(assay log --store store --limit 1 | grep -c '^refused')" 0 'older refusals under a limit'
assay log --store store --json >log.json
assert_jq log.json 'map([.version, .refused_since]) | @json' "[[\"$second\",[]],[\"$first\",[\"$again\",\"$refused\"]],[null,[\"$early\"]]]"
assert_jq <(assay log --store store --json --limit 1) 'map(.version) | @json' "[\"$second\"]"
assay log --store store --runs --json >runs.json
assert_jq runs.json 'map(select(.refused != null) | .run) | join(" ")' "$again $refused $early"
assert_eq "$(jq -c --arg r "$refused" '.[] | select(.run == $r) | .refused' runs.json)" "$(jq -c .dataset_checks refused.json)" 'what the run said itself'
assert_eq "$(assay log --store store --runs | grep -A 4 "^$refused" | grep version)" \
    '  version  none, refused: 2 checks of the dataset failed: rows, type.required' 'log --runs'
assert_exit 0 assay check --store store
echo 'log tells it where it belongs'
