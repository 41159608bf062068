# Attempts that end for want of time hold nobody up: the next one is tried, the version is incomplete, each run tries
# again, and the history does not grow for it.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
mkdir docs
cat >assay.yaml <<'YAML'
dataset: texts
sources:
  - {path: "docs/**", modality: page}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
limits: {memory_mib: 512, cpu_s: 2, wall_s: 2}
remedies:
  less:
    - test.misbehave: {act: sleep}
    - test.read: {add: -5}
YAML
cat >values.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b11
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: value, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 10, remedy: less}}
YAML
printf 'value: 3\n' >docs/good.txt
printf 'value: 12\n' >docs/helped.txt
printf 'value: 99\n' >docs/vain.txt
settle docs
export ASSAY_STORE=store
test_run_into store -j2
assert_jq run.json '[.incomplete, .conserved, .samples.accepted, .samples.quarantined] | @json' '[true,true,2,1]'
tries() { assay queue show --json "docs/$1.txt#page=1" | jq -r '.[0] | .state + ": " + ([.attempts[] | "\(.rung) \(.outcome)"] | join(", ")) + "; \(.history | length)"'; }
helped=$(tries helped) vain=$(tries vain)
assert_match "$helped" 'repaired: 1 undone, 2 passed; *' 'the next attempt'
assert_match "$vain" 'needs-review: 1 undone, 2 checks; *' 'in vain'
version=$(version_of)
sleep 2
for _ in 1 2; do
    test_run_into store
    assert_jq run.json '[.incomplete, .conserved, .units.attempts] | @json' '[true,true,2]'
    assert_eq "$(version_of)" "$version" 'version'
    assert_eq "$(tries helped)" "$helped" 'history of what was repaired'
    assert_eq "$(tries vain)" "$vain" 'history of what was not'
done
