# Tables of a contract's columns, through the recogniser: a clean one passes, others fail by the names of their columns.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
mkdir in
pdf() {
    "$(dirname "${BASH_SOURCE[0]}")/make_pdf" "${@:2}" >"in/$1.pdf"
}
pdf clean 'Item|Quantity|Amount|Date' 'Anchor|12|340.50|2024-03-01' 'Chain|31|99.00|2024-03-04' 'Rope|40|75.25|2024-03-09' \
    'Lantern|75|61.80|2024-03-12' 'Compass|26|158.00|2024-03-20'
pdf merged 'Item|Quantity Amount||Date' 'Anchor|12 340.50||2024-03-01' 'Chain|31 99.00||2024-03-04' \
    'Rope|40 75.25||2024-03-09' 'Lantern|75 61.80||2024-03-12' 'Compass|26 158.00||2024-03-20'
pdf moved 'Item|Quantity|Date|Amount' 'Anchor|12|2024-03-01|340.50' 'Chain|31|2024-03-04|99.00' 'Rope|40|2024-03-09|75.25' \
    'Lantern|75|2024-03-12|61.80' 'Compass|26|2024-03-20|158.00'
pdf swapped 'Item|Quantity|Amount|Date' 'Anchor|12|2024-03-01|340.50' 'Chain|31|2024-03-04|99.00' 'Rope|40|2024-03-09|75.25' \
    'Lantern|75|2024-03-12|61.80' 'Compass|26|2024-03-20|158.00'
pdf total 'Item|Quantity|Amount|Date' 'Anchor|12|340.50|2024-03-01' 'Chain|31|99.00|2024-03-04' 'Rope|40|75.25|2024-03-09' \
    'Lantern|75|61.80|2024-03-12' 'Compass|26|158.00|2024-03-20' '|Total|734.55'
cat >in/clean.gt.csv <<'CSV'
Item,Quantity,Amount,Date
Anchor,12,340.50,2024-03-01
Chain,31,99.00,2024-03-04
Rope,40,75.25,2024-03-09
Lantern,75,61.80,2024-03-12
Compass,26,158.00,2024-03-20
CSV
sed 's/,Amount,Date/,Date,Amount/' in/clean.gt.csv >in/moved.gt.csv # the cells stand in another order than its truth has them
cat >assay.yaml <<'YAML'
dataset: stores
sources: [{path: "in/*.pdf", modality: page, sidecars: {table_truth: "{stem}.gt.csv"}}]
pipelines: {page: [page.read: {dpi: 200}, ocr.recognize, ocr.tables]}
contracts: [stores.odcs.yaml]
YAML
cat >stores.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: stores
version: 1.0.0
status: active
schema:
- name: page
  quality:
  - {id: cells, type: custom, engine: assay, implementation: {metric: table.cells_right, mustBeGreaterThan: 0.95, whenMissing: skip}}
  - {id: parted, type: custom, engine: assay, implementation: {metric: table.columns_right, mustBe: 1, whenMissing: skip}}
- name: table
  properties:
  - {name: Item, logicalType: string, required: true}
  - {name: Quantity, logicalType: integer}
  - {name: Amount, logicalType: number}
  - {name: Date, logicalType: date}
YAML
assert_exit 0 assay run --progress none
assay show 'in/clean.pdf#page=1&table=1' --artifact csv >clean.csv
assert_eq "$(sed -n 2p clean.csv)" 'Anchor,12,340.50,2024-03-01'
assay show 'in/clean.pdf#page=1&table=1' --json >clean.json
assert_jq clean.json .outcome accepted

# why NAME: the findings about its table
why() {
    assay why "in/$1.pdf#page=1&table=1" | sed -n 's/^error *//p'
}
assert_eq "$(why total)" '' 'no item beside the total'
assert_eq "$(why moved)" "table.Amount: column 'Amount' stands as column 4, after 'Date'
table.Date: column 'Date' stands as column 3, before 'Amount'"
assert_eq "$(why swapped)" "table.Amount: column 'Amount' holds what 'Date' should: the two are swapped
table.Date: column 'Date' holds what 'Amount' should: the two are swapped"
why merged | grep -q "^table.Quantity: column 'Quantity' is merged with others into column 2 'Quantity Amount'" || fail "$(why merged)"

# The queue says of each what is wanted and what is there.
assay queue show 'in/swapped.pdf#page=1&table=1' >shown
assert_eq "$(grep -A2 '^error *table.Date' shown)" "error     table.Date: column 'Date' holds what 'Amount' should: the two are swapped
          expected column 4 of 4, 'Date', of dates
          found    column 4 of 4, 'Date', of 5 numbers" 'in words'
assay queue show 'in/merged.pdf#page=1&table=1' >shown
assert_eq "$(grep -A2 '^error *table.Quantity' shown)" "error     table.Quantity: column 'Quantity' is merged with others into column 2 'Quantity Amount'
          expected column 2 of 4, 'Quantity', of whole numbers
          found    no such column: the table has 3, 'Item' 'Quantity Amount' 'Date'" 'a column that is not there'
assay queue list 'in/swapped.pdf#page=1&table=1' --json >queue.json
assert_jq queue.json '[.[0].columns[] | [.check, .head, .place, .type, .found.place, .found.cells]] | @json' \
    '[["table.Amount","Amount",3,"number",3,{"date":5}],["table.Date","Date",4,"date",4,{"number":5}]]'

# Against ground truth: 6 rows of 4 cells; two columns that changed places leave the cells of one of them right: 17 of 24.
assert_eq "$(assay why 'in/clean.pdf#page=1' | grep -c ^error || true)" 0
assert_eq "$(assay why 'in/moved.pdf#page=1' | sed -n 's/^error *//p')" 'cells: table.cells_right 0.7083, must be > 0.95'

# Another contract is judged without reading a page; the version that stands is delivered by the same findings.
assay export latest --out delivery >/dev/null
assay verify delivery >/dev/null
assert_eq "$(jq -r 'select(.key == "in/clean.pdf#page=1&table=1") | .outcome' delivery/manifest.jsonl)" accepted
sed -i 's/name: Amount, logicalType: number/name: Amount, logicalType: date/' stores.odcs.yaml
assert_exit 0 assay judge
assert_eq "$(why clean)" "table.Amount: column 'Amount': only 0 of its 5 cells are of type date"

# The ticket of a table tells where it lies, and its folder of work has the page and the table cut out of it.
id=$(assay queue list --json --kind table | jq -r '[.[] | select(.subject | startswith("in/merged.pdf"))][0].id')
assay queue show "$id" --json --work desk >shown.json
assay queue show "$id" --json >shown.json
assay queue show "$id" >shown
assert_jq shown.json '.[0].region | .page' 1
read -r left top right bottom <<<"$(jq -r '.[0].region.box | map(tostring) | join(" ")' shown.json)"
assert_eq "$(assay show 'in/merged.pdf#page=1&table=1' --artifact cells | jq -r '.box | map(tostring) | join(" ")')" "$left $top $right $bottom" 'as its cells have it'
assert_jq shown.json '.[0].region.size | @json' '[1653,2339]'
assert_eq "$(assay queue list --json "$id" | jq -c '.[0].region')" "$(jq -c '.[0].region' shown.json)" 'as the list has it'
grep -qxF "region    page 1 of 1, 1653 x 2339 px, $left to $right px from the left, $top to $bottom px from the top" shown || fail "region: $(grep region shown)"
size_of() { od -An -tu1 -j16 -N8 "$1" | awk '{ print ($3 * 256 + $4) " " ($7 * 256 + $8) }'; }
assert_jq "desk/$id/task.json" '[.picture, .missing] | @json' '["table.png",null]'
assert_eq "$(size_of "desk/$id/page.png")" '1653 2339' 'the page'
assert_eq "$(size_of "desk/$id/table.png")" "$((right - left + 32)) $((bottom - top + 32))" 'the table with 16 pixels around it'
assert_eq "$(size_of "desk/$id/cells.png")" "$(size_of "desk/$id/table.png")" 'the same place, drawn on'
! cmp -s "desk/$id/cells.png" "desk/$id/table.png" || fail 'nothing is drawn'
assert_jq "desk/$id/task.json" '[.files[].name | select(. == "cells.png")] | length' 1
cp "desk/$id/cells.png" cells.png
assay queue show "$id" --work desk --force >/dev/null
cmp "desk/$id/cells.png" cells.png || fail 'drawn otherwise'
echo 'where a table lies'
# Ranges and sums of what was stored: columns of numbers that changed places.
sed -i 's/name: Quantity, logicalType: integer/&, logicalTypeOptions: {minimum: 100}/; s/name: Amount, logicalType: date/name: Amount, logicalType: number/' stores.odcs.yaml
assert_exit 0 assay judge
assert_eq "$(why clean)" "table.Quantity: column 'Quantity': only 0 of its 5 numbers are 100 or more"
# Texts and which column is at most which, of what was stored too.
sed -i 's/name: Item, logicalType: string, required: true/name: Item, logicalType: string, logicalTypeOptions: {pattern: "^[0-9]"}/
s/, logicalTypeOptions: {minimum: 100}/, customProperties: [{property: atMost, value: [Amount]}]/' stores.odcs.yaml
assert_exit 0 assay judge
assert_eq "$(why clean)" "table.Item: column 'Item': only 0 of its 5 texts are like ^[0-9]" 'a pattern; 4 of 5 amounts are at least the quantity'
sed -i 's/name: Amount, logicalType: number/&, customProperties: [{property: atMost, value: [Quantity]}]/; s/"^\[0-9\]"/"^[A-Z]"/' stores.odcs.yaml
assert_exit 0 assay judge
assert_eq "$(why clean)" "table.Amount: column 'Amount' is at most 'Quantity' in only 1 of 5 rows"
assay queue show 'in/clean.pdf#page=1&table=1' >shown
assert_eq "$(sed -n 's/^ *expected *//p' shown)" "column 3 of 4, 'Amount', of numbers (amounts and percentages too), at most 'Quantity'"
