# `contract diff` tells a table schema that changed by column and aspect.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq

# schema FILE COLUMN...: a contract of tables
schema() {
    {
        printf 'apiVersion: v3.1.0\nkind: DataContract\nid: stores\nversion: 1.0.0\nstatus: active\nschema:\n- name: table\n  properties:\n'
        printf '  - {%s}\n' "${@:2}"
    } >"$1"
}
# differs EXPECTED: between was.yaml and is.yaml
differs() {
    assert_exit 80 assay contract diff was.yaml is.yaml --exit-code
    assert_eq "$(cat out)" "$1"
}
item='name: Item, logicalType: string'
schema was.yaml "$item" 'name: In, logicalType: integer' 'name: Out, logicalType: integer'

schema is.yaml "$item" 'name: In, logicalType: number, required: true' 'name: Out, logicalType: integer'
differs 'loosened  table.In: type is number, was integer
tightened table.In: required is true, was false'
schema is.yaml "$item" 'name: Out, logicalType: integer' 'name: In, logicalType: integer'
differs 'altered   table.In: column is 3 of 3, was 2 of 3
altered   table.Out: column is 2 of 3, was 3 of 3'
schema is.yaml "$item" 'name: In, physicalName: Arrived, logicalType: date' 'name: Out, logicalType: integer'
differs "altered   table.In: head is 'Arrived', was 'In'
altered   table.In: type is date, was integer"
schema is.yaml "$item" 'name: In, logicalType: integer, logicalTypeOptions: {minimum: 1}' \
    'name: Out, logicalType: integer, logicalTypeOptions: {maximum: 9.5}'
differs 'tightened table.In: minimum is 1, was none
tightened table.Out: maximum is 9.5, was none'
cp is.yaml was.yaml
schema is.yaml "$item" 'name: In, logicalType: integer, logicalTypeOptions: {minimum: 2}' \
    'name: Out, logicalType: integer, logicalTypeOptions: {maximum: 12}' \
    'name: All, logicalType: integer, customProperties: [{property: sumOf, value: [In, Out]}]'
differs "tightened table.All: the check is new (column 4 of 4 'All', type integer, error)
altered   table.In: column is 2 of 4, was 2 of 3
tightened table.In: minimum is 2, was 1
altered   table.Item: column is 1 of 4, was 1 of 3
altered   table.Out: column is 3 of 4, was 3 of 3
loosened  table.Out: maximum is 12, was 9.5"
cp is.yaml was.yaml
sed -i 's/, customProperties.*\]}\]//' is.yaml
differs "altered   table.All: sumOf is none, was 'In' + 'Out'"
assert_jq <(assay contract diff is.yaml was.yaml --json) '.changes | map([.name, .before, .now]) | @json' \
    "[[\"table.All\",\"none\",\"'In' + 'Out'\"]]"
schema was.yaml "$item" 'name: In, logicalType: integer' 'name: Out, logicalType: string' 'name: All, logicalType: integer'
schema is.yaml "$item" 'name: In, logicalType: integer, customProperties: [{property: atMost, value: [All]}]' \
    'name: Out, logicalType: string, logicalTypeOptions: {pattern: "^[0-9]"}' 'name: All, logicalType: integer'
differs "altered   table.In: atMost is 'All', was none
altered   table.Out: pattern is ^[0-9], was none"
