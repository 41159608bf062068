# A refused version: verdicts, tickets and the run's exit stay as facts; --no-commit and --strict; warnings hinder
# nothing; a part of the sources is no dataset.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
. "$(dirname "${BASH_SOURCE[0]}")/planted.bash"
need_assay_test

values 50
planted_config
cat >>planted.odcs.yaml <<'YAML'
      - {id: value, type: custom, engine: assay, implementation: {metric: test.value, mustBeLessThan: 59}}
  - name: dataset
    quality:
      - {id: rejected, type: custom, engine: assay, implementation: {aggregate: share, outcome: quarantined, mustBeLessThan: 0.1}}
      - {id: mean, type: custom, engine: assay, severity: warning,
         implementation: {aggregate: mean, metric: test.value, mustBeGreaterThan: 54}}
YAML
# 4 of 40 have the value 59: a tenth is not less than a tenth
run_as_of 80
assert_eq "$(failed_checks)" 'mean rejected rows' 'failed checks'
assert_jq run.json '.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' '3 2 1 2'
assert_jq run.json '.dataset_checks.checks[] | select(.check == "rejected") | "\(.value) \(.exact) \(.samples) \(.verdict)"' '0.1 true 40 failed'
assert_jq run.json .version null
assert_jq run.json '.queue.open' 4
assert_conserved
assert_eq "$(tickets store | jq -r .subject | sort | tr '\n' ' ')" \
    'docs/09.txt#page=1 docs/19.txt#page=1 docs/29.txt#page=1 docs/39.txt#page=1 ' 'tickets'
assay log --store store --runs --json >runs.json
assert_jq runs.json '.[0] | "\(.exit) \(.version)"' '80 null'
assert_eq "$(assay log --store store --json | jq -c 'map(.version)')" '[null]' 'versions'
echo 'refused: tickets and run are kept, no version'

assay_test run --store store --progress none --as-of 2026-01-11T00:00:00Z >out || true
grep -qxF 'checks    3 passed, 2 failed, 1 warned, 2 skipped' out || fail "summary: $(cat out)"
grep -qxF '          FAILED  rejected: share of outcome quarantined is 0.1, must be < 0.1' out || fail "summary: $(cat out)"
grep -qxF '          warning mean: mean of test.value is 54, must be > 54' out || fail "summary: $(cat out)"
grep -qxF 'version   none committed: a check of the dataset failed' out || fail "summary: $(cat out)"
assert_exit 80 assay_test judge --store store --as-of 2026-01-11T00:00:00Z
assert_exit 0 assay_test run --store store --no-commit --progress none --as-of 2026-01-11T00:00:00Z
grep -q FAILED out || fail 'a run without commit does not tell'
assert_exit 80 assay_test run --store store --no-commit --strict --progress none --as-of 2026-01-11T00:00:00Z
assert_exit 0 assay_test run --store store --shard 0/2 --json --progress none
assert_jq out '.dataset_checks.checks | length' 0
assert_exit 64 assay_test run --store store --as-of yesterday
assert_match "$(cat err)" "*--as-of: 'yesterday' is no date such as 2026-12-31*time such as 2026-12-31T12:00:00Z*"

# bounds that hold: a warning alone refuses nothing, and stands with the version
sed -i 's/outcome: quarantined, mustBeLessThan: 0.1}/outcome: quarantined, mustBeLessOrEqualTo: 0.1}/; s/mustBeGreaterOrEqualTo: 40/mustBeGreaterOrEqualTo: 36/' planted.odcs.yaml
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:00Z --json
assert_jq out '.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' '5 0 1 2'
id=$(jq_get .version out)
assert_exit 0 assay show --store store latest --json
assert_jq out .version "$id"
assert_jq out '.as_of' '2026-01-11T00:00:00.000Z'
assert_jq out '.dataset_checks.checks[] | select(.check == "mean") | "\(.value) \(.verdict) \(.severity)"' '54 failed warning'
assert_jq out '[.contracts[0].dataset_checks[].check] | join(" ")' 'mean rejected doubled fresh rows shifted shifted-ks type.required'
assert_exit 0 assay show --store store latest
grep -qxF '          warning mean: mean of test.value is 54, must be > 54' out || fail "show: $(cat out)"
assert_exit 0 assay log --store store
grep -qF 'checks of the dataset: 5 passed, 1 warned, 2 skipped' out || fail "log: $(cat out)"
assert_exit 0 assay_test status --store store
grep -qF '5 passed, 1 warned, 2 skipped' out || fail "status: $(cat out)"
assay export --store store latest --out delivery >/dev/null
assert_jq delivery/version.json '.dataset_checks | length' 8
grep -qF '| mean | mean of test.value | all kinds | 54 | > 54 | failed (warning) |' delivery/README.md || fail 'data card'
assert_exit 0 assay verify delivery
assert_exit 0 assay check --store store
cp planted.odcs.yaml planted.kept
sed -i 's/{id: mean, type: custom, engine: assay, severity: warning/{id: mean, type: custom, engine: assay, severity: info/
    s/{aggregate: mean, metric: test.value,/{aggregate: mean, metric: test.value, population: all,/
    s/mustBeGreaterThan: 54/mustBeGreaterThan: 55/' planted.odcs.yaml
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:00Z --json
assert_jq out '.dataset_checks.checks[] | select(.check == "mean") | .subject' 'mean of test.value, of all that went in'
assay export --store store latest --out info >/dev/null
grep -q '^| mean | mean of test.value, of all that went in | .* | failed (info) |$' info/README.md || fail "data card: $(grep mean info/README.md)"
assert_exit 0 assay show --store store latest --json
assert_jq out '[.contracts[0].dataset_checks[] | select(.check == "mean") | .population, .where] | @json' '["all",[]]'
mv planted.kept planted.odcs.yaml
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:00Z --json
echo 'a warning stands with its version'

# the same again is the same version; another as-of time is another
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:00Z --json
assert_jq out .version "$id"
assert_exit 0 assay_test judge --store store --as-of 2026-01-11T00:00:01Z --json
assert_ne "$(jq_get .version out)" "$id" 'version id as of another time'
sed -i '/^slaProperties/,/fresh/d' planted.odcs.yaml
assert_exit 0 assay_test judge --store store --json
id=$(jq_get .version out)
assert_exit 0 assay_test judge --store store --json --as-of 2020-01-01T00:00:00Z
assert_jq out .version "$id"
echo 'the as-of time is in the id only where a check looked at it'
