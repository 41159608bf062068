# Baselines: named at the start or refused, part of the id once found, read from the version and not from today's rows.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
. "$(dirname "${BASH_SOURCE[0]}")/planted.bash"
need_assay_test

values 50
planted_config
sed -i 's/, whenMissing: skip//' planted.odcs.yaml
assert_exit 78 assay_test run --store store --progress none --as-of 2026-01-11T00:00:00Z
assert_match "$(cat err)" "*planted.odcs.yaml:*: check 'shifted' has no baseline: there is no version 'gold'*whenMissing: skip*"
assert_exit 0 assay log --store store --runs --json
assert_jq out length 0
echo 'no baseline, no run'
# A dry run ends as the run would: with a store, and with none.
for store in store none; do
    assert_exit 78 assay_test run --store "$store" --dry-run --json
    assert_eq "$(cat out)" '' "forecast ($store)"
    assert_match "$(cat err)" "*planted.odcs.yaml:*: check 'shifted' has no baseline: there is no *whenMissing: skip*" "$store"
done
[ ! -e none ] || fail 'a dry run made a store'

sed -i 's/mustBeLessThan: 0.[23]}/&/; s/\(against: gold.*\)}/\1, whenMissing: skip}/' planted.odcs.yaml
run_as_of 0
first=$(version_of)
assert_eq "$(assay show --store store latest --json | jq -r '.baselines | length')" 0 'baselines of the first version'
assay tag --store store gold latest >/dev/null
run_as_of 0
second=$(version_of)
assert_ne "$second" "$first" 'id with a baseline'
assert_eq "$(assay show --store store latest --json | jq -r '.baselines | unique | join(" ")')" "$first" 'baseline'
assay lineage --store store latest --upstream --json >lineage.json
assert_jq lineage.json ".edges[] | select(.relation == \"used\" and .to == \"version:$first\") | .from" "version:$second"

# half of the values are those of other files: KS of {50..59} and {50..59, 60..69} is one half
for i in $(seq 41 80); do printf 'value: %d\nname: %d\n' $((60 + i % 10)) "$i" >"docs/$i.txt"; done
touch -d 2026-01-10T00:00:00Z docs/*
run_as_of 80
assert_eq "$(failed_checks)" 'shifted shifted-ks' 'failed checks'
assert_jq run.json '.dataset_checks.checks[] | select(.check == "shifted-ks") | "\(.value) \(.exact)"' '0.5 true'
# psi by its definition, with no code in common: edges at 51, 53, 55, 57 of the baseline; 51 is not its smallest value
psi=$(python3 - <<'PY'
from math import log
base, now = [8] * 5, [8, 8, 8, 8, 48]
m, n = sum(base) + 5 / 2, sum(now) + 5 / 2
print(round(sum(((c + .5) / n - (e + .5) / m) * log(((c + .5) / n) / ((e + .5) / m)) for e, c in zip(base, now)), 6))
PY
)
assert_jq run.json '.dataset_checks.checks[] | select(.check == "shifted") | .value' "$psi"

# the baseline stands although its files are gone
rm docs/4[1-9].txt docs/[5-8]?.txt
run_as_of 0
assert_eq "$(version_of)" "$second" 'id of the same files again'
rm docs/*.txt
values 70
run_as_of 80
assert_jq run.json '.dataset_checks.checks[] | select(.check == "shifted-ks") | .value' 1
echo 'a baseline is read from its version'
