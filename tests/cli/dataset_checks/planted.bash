# What the cases about checks of a dataset share: 40 texts with chosen values, and a contract with a check for each
# fault that is planted. Read after tests/cli/main_job/dataset.bash.
# shellcheck shell=bash

# values FIRST: docs/01.txt to docs/40.txt of FIRST, FIRST + 1… in turns of ten.
values() {
    local i
    mkdir -p docs
    for ((i = 1; i <= 40; i++)); do
        printf 'value: %d\nname: %d\n' "$(($1 + i % 10))" "$i" >"docs/$(printf %02d "$i").txt"
    done
    touch -d 2026-01-10T00:00:00Z docs/*
}

planted_config() {
    cat >assay.yaml <<'YAML'
dataset: texts
sources:
  - {path: "docs/**", modality: page, metadata: {doc_type: letter, taken: 2026-01-09}}
pipelines:
  page: [test.read]
contracts: [planted.odcs.yaml]
YAML
    cat >planted.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b12
version: 1.0.0
status: active
slaProperties:
  - {id: fresh, property: freshness, value: 2, unit: d, element: page}
schema:
  - name: page
    properties:
      - {id: type, name: doc_type, logicalType: string, required: true}
    quality:
      - {id: doubled, metric: duplicateValues, unit: percent, mustBeLessThan: 10}
      - {id: rows, metric: rowCount, mustBeGreaterOrEqualTo: 40}
      - id: shifted
        type: custom
        engine: assay
        implementation: {drift: psi, metric: test.value, against: gold, bins: 5, mustBeLessThan: 0.2, whenMissing: skip}
      - id: shifted-ks
        type: custom
        engine: assay
        severity: warning
        implementation: {drift: ks, metric: test.value, against: gold, mustBeLessThan: 0.3, whenMissing: skip}
YAML
}

# A run as of TIME (2026-01-11 without) must end with that exit code; its summary is in run.json.
run_as_of() {
    local want=$1 got=0
    assay_test run --store store --json --progress none --as-of "${2-2026-01-11T00:00:00Z}" >run.json 2>run.err || got=$?
    [ "$got" -eq "$want" ] || fail "the run exits with $got, not $want: $(tail -n 3 run.err) $(jq -c .dataset_checks run.json)"
}

# The ids of checks that failed, whatever their severity.
failed_checks() {
    jq -r '[.dataset_checks.checks[] | select(.verdict == "failed") | .check] | join(" ")' run.json
}

# A first version without faults, tagged gold.
gold() {
    values 50
    planted_config
    run_as_of 0
    assert_jq run.json '.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' '4 0 0 2'
    assay tag --store store gold latest >/dev/null
    run_as_of 0
    assert_jq run.json '.dataset_checks | "\(.passed) \(.failed) \(.warned) \(.skipped)"' '6 0 0 0'
}
