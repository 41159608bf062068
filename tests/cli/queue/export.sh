# `queue export`: tickets as tasks of Label Studio and as a table.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
cat >>assay.yaml <<'YAML'
lanes:
  - {name: readers, checks: [cer]}
YAML
run_pages
id=$(assay queue list --json --check cer | jq -r '.[0].id')
text=$(assay queue show "$id" --work desk >/dev/null && cat "desk/$id/text.txt" && echo x)

assay queue export --format labelstudio --lane readers --out desk2 >told
n=$(assay queue list --json | jq '[.[] | select(.lane == "readers")] | length')
reader=$(assay queue list --json | jq -r '[.[] | select(.lane == "readers")][0].id')
assert_jq <(assay queue reject "$reader" --reason torn --dry-run --json) '.tickets[0].ticket.lane' readers 'who decides is told the lane too'
assert_eq "$(cat told)" "$n tasks in desk2/page" 'what was done'
assert_eq "$(python3 "$(dirname "${BASH_SOURCE[0]}")/labelstudio-check.py" desk2/page)" "$n" 'tasks that are valid'
jq ".[] | select(.data.ticket == \"$id\")" desk2/page/tasks.json >task.json
assert_jq task.json .data.key "$wrong"
assert_jq task.json .data.lane readers
assert_jq task.json .data.image "/data/local-files/?d=media/$id/page.png"
assert_jq task.json .meta.checks[0].check cer
assert_eq "$(jq -r '.predictions[0].result[0].value.text[0]' task.json && echo x)" "$(printf '%s' "${text%x}" && echo && echo x)" 'text'
cmp "desk2/media/$id/page.png" "desk/$id/page.png" || fail 'another picture'
assert_jq task.json .data.source_digest "sha256:$(sha256sum <inbox/scans/mislabelled.png | cut -d' ' -f1)"
assert_exit 64 assay queue export --format labelstudio --lane readers --out desk2
assert_match "$(cat err)" "*'page/tasks.json' is there already; --force writes over it" 'not over it'
assay queue export --format labelstudio --lane readers --out desk2 --force --media https://host/ --json >told
assert_jq told '.page' "$n"
assert_jq desk2/page/tasks.json '.[0].data.image | startswith("https://host/media/T")' true
echo 'tasks'

assay queue export --format csv --out all.csv >told
source=$(assay queue list --json --kind source | jq -r '.[0].id')
assert_eq "$(cat told)" "$source     left out: is a source: only pages and audio have a text that can be corrected
$(($(assay queue list --json | jq length) - 1)) rows in all.csv" 'what was done'
python3 - all.csv "$id" "${text%x}" <<'PY' || fail 'the table'
import csv, sys
with open(sys.argv[1], newline="", encoding="utf-8") as f:
    rows = {r["ticket"]: r for r in csv.DictReader(f)}
row = rows[sys.argv[2]]
assert row["text"] == sys.argv[3] and row["lane"] == "readers" and row["failed"].startswith("cer: "), row
PY
assert_exit 64 assay queue export --format csv --out all.csv
assay queue export --format csv --out all.csv --force "$id" >/dev/null
assert_eq "$(tr -d '\r' <all.csv | head -n 1)" ticket,key,kind,lane,failed,source_digest,text,annotator,reason header
echo 'a table'

assert_exit 64 assay queue export --format csv
assert_exit 64 assay queue export --out x
assert_exit 64 assay queue export --format csv --out -
assert_exit 66 assay queue export --format csv --out nowhere/all.csv
assert_match "$(cat err)" "*'nowhere/all.csv'*make it first" 'no folder'
assert_exit 64 assay queue export --format xml --out x
assert_exit 64 assay queue export --format csv --out x --lane experts
assert_match "$(cat err)" "*has no lane 'experts'" 'unknown lane'
assay queue export --format labelstudio --lane general --kind source --out none >told 2>&1
[ ! -e none ] || fail 'a folder of nothing'
echo 'what it refuses'
