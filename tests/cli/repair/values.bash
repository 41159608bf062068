# Sourced by the cases of this folder that let assay-test read pages from text files in docs/.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

# values_dataset [CHECK...]: pages whose value must be below 10, else remedy `less` is tried; and these checks. What
# comes on standard input ends assay.yaml: the remedies.
values_dataset() {
    mkdir docs
    { cat <<'YAML'; cat; } >assay.yaml
dataset: texts
sources:
  - {path: "docs/**", modality: page}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
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
    local check
    for check; do printf '      - {%s}\n' "$check" >>values.odcs.yaml; done
}
