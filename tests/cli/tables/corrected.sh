# A table whose columns were swapped, read off a page: `queue show --work` writes its cells as CSV, and `queue resolve --text` takes
# them corrected. All that its cells say is measured and judged anew; what Tesseract said of them is not, nor is the page.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
mkdir in
pdf() {
    "$(dirname "${BASH_SOURCE[0]}")/make_pdf" "${@:2}" >"in/$1.pdf"
}
pdf swapped 'Item|Quantity|Amount|Date' 'Anchor|12|2024-03-01|340.50' 'Chain|31|2024-03-04|99.00' 'Rope|40|2024-03-09|75.25' \
    'Lantern|75|2024-03-12|61.80' 'Total|158|2024-03-20|576.55' '' '' '' '' '' '' '' '' '' '' '' '' 'Counted by the keeper of the stores'
cat >in/swapped.gt.csv <<'CSV'
Item,Quantity,Amount,Date
Anchor,12,2024-03-01,340.50
Chain,31,2024-03-04,99.00
Rope,40,2024-03-09,75.25
Lantern,75,2024-03-12,61.80
Total,158,2024-03-20,576.55
CSV
cat >assay.yaml <<'YAML'
dataset: stores
sources: [{path: "in/*.pdf", modality: page, sidecars: {table_truth: "{stem}.gt.csv"}}]
pipelines: {page: [page.read: {dpi: 150}, ocr.recognize, ocr.tables]}
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
  - {id: cells, type: custom, engine: assay, implementation: {metric: table.cells_right, mustBeGreaterThan: 0.95}}
- name: table
  quality:
  - {id: sure, type: custom, engine: assay, implementation: {metric: table.confidence, mustBeGreaterThan: 99.9}}
  - {id: totals, type: custom, engine: assay, implementation: {metric: table.totals_right, mustBe: 1}}
  properties:
  - {name: Item, logicalType: string, required: true}
  - {name: Quantity, logicalType: integer}
  - {name: Amount, logicalType: number}
  - {name: Date, logicalType: date}
YAML
table='in/swapped.pdf#page=1&table=1'
assert_exit 0 assay run --progress none
before=$(assay show latest --json | jq -r .version)
id=$(assay queue list --json "$table" | jq -r '.[0].id')
assay queue show "$id" --json >shown.json
assert_jq shown.json '[.[0].checks[].check] | sort | join(" ")' 'sure table.Amount table.Date'
assay queue show "$id" --work desk >told
assert_match "$(cat told)" "desk/$id  $table: * files, table.csv to correct" 'what was done'
assert_jq "desk/$id/task.json" '[.text, .hand_in[0]] | @json' "[\"table.csv\",\"assay queue resolve $id --text desk/$id/table.csv\"]"
cmp "desk/$id/table.csv" <(assay show "$table" --artifact csv) || fail 'not the cells that were read'
cmp "desk/$id/table.csv" in/swapped.gt.csv || fail "read otherwise: $(cat "desk/$id/table.csv")"

# Handed back as it is: Tesseract's own belief is of no account, the schema still refuses it.
assay queue resolve "$id" --text "desk/$id/table.csv" --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket | [.state, ([.standing_checks[].check] | sort | join(" "))] | @json' '["needs-review","table.Amount table.Date"]'
# By whatever the correction fails: what the machine read fails as it did.
sed '1s/.*/Größenangabe der Ankerketten,Anzahl,Preis je Stück in Talern,Tag der Übergabe/' "desk/$id/table.csv" >heads.csv
assay queue resolve "$id" --text heads.csv --json >did.json 2>err || fail "$(cat err)"
assert_eq "$(jq -c '.tickets[0].ticket.checks' did.json)" "$(jq -c '.[0].checks' shown.json)" 'what it fails without help'
assert_jq did.json '[.tickets[0].ticket.standing_checks[].reason] | unique | @json' '["missing: no column has this head"]'
# A total that is none.
awk -F, 'BEGIN { OFS = "," } NR > 1 { t = $3; $3 = $4; $4 = t } 1' "desk/$id/table.csv" >"desk/$id/mine.csv"
# Excel's first line, which is none of the table.
{ printf 'sep=,\r\n' && sed 's/576.55/577.55/' "desk/$id/mine.csv"; } >wrong.csv
assay queue resolve "$id" --text wrong.csv --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket | [.state, ([.standing_checks[].check] | join(" "))] | @json' '["needs-review","totals"]'
assay queue resolve "$id" --text "desk/$id/mine.csv" --actor eva --reason 'amounts and dates were swapped' --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket | [.state, .decision.actor] | @json' '["corrected","eva"]'

# What stands: the three forms of the table, its measures, its place.
assay show "$table" --artifact csv >now.csv
cmp now.csv "desk/$id/mine.csv" || fail "csv: $(cat now.csv)"
assay show "$table" --artifact html >now.html
grep -qF '<tr><td>Anchor</td><td>12</td><td>340.50</td><td>2024-03-01</td></tr>' now.html || fail "html: $(cat now.html)"
grep -qF '<thead>' now.html || fail 'no head'
assay show "$table" --artifact cells >now.json
assert_jq now.json '[.by_hand, .head, (.box | length), ([.cells[] | select(.confidence or .box)] | length)] | @json' '[true,1,4,0]'
assert_jq now.json '[.cells[] | select(.row == 1) | .type] | @json' '["text","integer","number","date"]'
assert_eq "$(assay queue list --all --json "$id" | jq -c '.[0].region')" "$(jq -c '.[0].region' shown.json)" 'where it lies'
assay show "$table" >shown
for name in confidence low_confidence_ratio alignment readings_agreement; do
    grep -qE "table.$name += undefined \(corrected by hand\)" shown || fail "$name: $(cat shown)"
done
grep -qE 'table.totals_right += 1$' shown || fail "totals: $(grep totals shown)"
assert_eq "$(assay why 'in/swapped.pdf#page=1' --json | jq -c '[.verdict.outcome, .verdict.way]')" '["accepted","plain"]' 'the page'
assay export latest --out d >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r '"\(.part) \(.treatment)"' d/manifest.jsonl | paste -sd,)" 'page=1 plain,page=1&table=1 corrected' 'delivered'
assay check --read-data >out || fail "check: $(cat out)"
after=$(assay show latest --json | jq -r .version)
assert_exit 0 assay run --progress none
assert_eq "$(assay show latest --json | jq -r .version)" "$after" 'run again'
# Made again with a corrected cell in a picture of it: nothing is drawn where no words have places.
assay queue show "$id" --work again >/dev/null
cmp "again/$id/table.csv" "desk/$id/mine.csv" || fail 'another table to correct'
echo 'corrected'

# Read at another resolution it lies where it lay; what lies elsewhere is another table, and waits for a person.
sed -i 's/dpi: 150/dpi: 200/' assay.yaml
assert_exit 0 assay run --progress none
assay why "$table" --json >why.json
assert_jq why.json '[.verdict.outcome, .verdict.way] | @json' '["accepted","corrected"]'
sed -i "s/ocr.tables\]/ocr.tables: {region: page}]/" assay.yaml
assay run --progress none >out 2>err || [ $? -eq 1 ] || fail "$(cat out err)"
assay queue show "$id" --json >shown.json
assert_jq shown.json '.[0] | [.state, .attempts[-1].outcome] | @json' '["needs-review","rejected"]'
assert_jq shown.json '.[0].attempts[-1].note' \
    'stage: table 1 of the page does not lie where the one lay that was corrected: look at it again, and hand in its cells'
sed -i "s/: {region: page}//; s/dpi: 200/dpi: 150/" assay.yaml
assert_exit 0 assay run --progress none
assert_eq "$(assay show latest --json | jq -r .version)" "$after" 'as it was'
echo 'by where it lies'

assay queue retry "$id" --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.tickets[0].ticket.state, .summary.version] | @json' "[\"open\",\"$before\"]"
echo 'taken back'
