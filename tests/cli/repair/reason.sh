# What an attempt failed by, in words, where that is no number: a column of its table.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
mkdir in
"$(dirname "${BASH_SOURCE[0]}")/../tables/make_pdf" 'Item|Quantity|Note|Amount' 'Anchor|12|new|340.50' 'Chain|31|old|99.00' 'Rope|40|old|75.25' \
    'Lantern|75|new|61.80' '' '' '' '' '' '' 'Counted by the keeper of the stores' >in/a.pdf
cat >assay.yaml <<'YAML'
dataset: stores
sources: [{path: "in/*.pdf", modality: page}]
pipelines: {page: [page.read: {dpi: 150}, ocr.recognize, ocr.tables]}
contracts: [columns.odcs.yaml, sure.odcs.yaml]
remedies: {finer: [page.read: {dpi: 200}]}
YAML
contract() { # ID: with what is judged of tables on standard input
    { printf 'apiVersion: v3.1.0\nkind: DataContract\nid: %s\nversion: 1.0.0\nstatus: active\nschema:\n- name: table\n' "$1" && cat; } >"$1.odcs.yaml"
}
contract columns <<'YAML'
  properties:
  - {name: Item, logicalType: string, required: true}
  - {name: Quantity, logicalType: integer}
  - {name: Amount, logicalType: number}
YAML
contract sure <<'YAML'
  quality:
  - {id: sure, type: custom, engine: assay, implementation: {metric: table.confidence, mustBeGreaterThan: 99.9, remedy: finer}}
YAML
assert_exit 0 assay run --progress none
assay queue list --json >list.json
assert_jq list.json '.[0].state' needs-review
assay queue show T1 >told
grep -qF "finer, rung 1: fails 2 checks: table.Quantity: table.schema undefined (is followed by column 3 'Note', which is not wanted)" told ||
    fail "no reason: $(cat told)"
