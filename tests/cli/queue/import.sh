# `queue import`: what annotation tools hand back becomes corrections; of a file with a fault nothing is taken.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages
id=$(assay queue list --json --check cer | jq -r '.[0].id')
cp inbox/scans/mislabelled.gt.txt right.txt
versions() {
    assay log --json | jq length
}

# What Label Studio exports: the tasks as they were, ids, and annotations with who completed them.
annotate() {
    jq --rawfile one right.txt "[.[] | . + {id: 7, project: 3, annotations: [
        {id: 1, completed_by: {id: 4, email: \"ann@x\"}, was_cancelled: false, ground_truth: false, lead_time: 9.5,
         result: [{id: \"a\", from_name: \"text\", to_name: \"image\", type: \"textarea\", origin: \"manual\",
                   value: {text: [\$one]}}]},
        {id: 2, completed_by: 5, result: [{id: \"b\", from_name: \"text\", to_name: \"image\", type: \"textarea\",
                   value: {text: [\$one | sub(\"e\"; \"c\")]}}]},
        {id: 3, completed_by: 6, was_cancelled: true, result: []}]}]" desk/page/tasks.json
}
assay queue export --format labelstudio --check cer --out desk >/dev/null
annotate >export.json
before=$(versions)
assay queue import export.json --dry-run >told 2>err
grep -qF "(dry run: not done)" told || fail "dry run: $(cat told)"
grep -q "^$id .*corrected by" told || fail "dry run: $(cat told)"
assert_eq "$(cat err)" 'assay: 0 of nobody, 1 cancelled and 0 without a text are left out' 'what is left out'
assert_eq "$(versions)" "$before" 'versions after a dry run'
assay queue import export.json --json >told 2>err
assert_jq told '.tickets | map(.ticket.state) | @json' '["corrected"]'
assert_eq "$(assay queue show "$id" --json | jq -r '.[0].decision | .file + " " + .reason')" 'export.json ann@x; 5' decision
assert_eq "$(assay show "$wrong" --json | jq -r .outcome)" accepted outcome
# The text in the middle of two is the smaller one: "c" comes before "e".
assay show "$wrong" --artifact text >text
assert_eq "$(tr -s ' \n' ' ' <text)" "$(sed '0,/e/s//c/' right.txt | tr -s ' \n' ' ')" 'text of the middle'
agreement=$(assay show "$wrong" --json | jq '.measurements[] | select(.metric == "ocr.agreement") | .value')
awk -v a="$agreement" 'BEGIN { exit !(a > 0.9 && a < 1) }' || fail "agreement $agreement"
echo 'Label Studio'

# The same by a table, and text that a spreadsheet would calculate comes back as it was.
printf '=1+1 "so", he said\n+49\n' >odd.txt
python3 - "$id" <<'PY'
import csv, sys
with open("odd.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["ticket", "text", "annotator"])
    w.writerow([sys.argv[1], "'" + open("odd.txt").read(), "cy"])
PY
# A text that stood is named, with who wrote it; the same one again is not.
replaced="takes the place of what was corrected by $(id -un) from export.json on *Z (ann@x; 5)"
assay queue import odd.csv --dry-run >told
assert_match "$(grep "^$id " told)" "$id *corrected by $(id -un) from odd.csv; $replaced (dry run: not done)" 'what it would replace'
assay queue import odd.csv --json >told
assert_match "$(jq -r '.tickets[0].did' told)" "corrected by $(id -un) from odd.csv; $replaced" 'what it replaces'
assay queue show "$id" --json | jq -r '.[0].history[] | select(.act).reason' >acts
grep -q "from odd.csv; takes the place of what was corrected by .* from export.json" acts || fail "history: $(cat acts)"
cp odd.csv again.csv
assay queue import again.csv --json >told
assert_eq "$(jq -r '.tickets[0].did' told)" "stays as it was: corrected by $(id -un) from odd.csv (cy)" 'the same text'
assay queue export --format csv --out back.csv "$id" >/dev/null
python3 - <<'PY' || fail 'another text came back'
import csv
rows = list(csv.DictReader(open("back.csv", newline="")))
assert rows[0]["text"] == "'" + open("odd.txt").read(), rows[0]["text"]
PY
echo 'a table'

# Every fault is told, and nothing is imported.
before=$(versions)
decision=$(assay queue show "$id" --json | jq -c '.[0].decision')
cat >bad.csv <<CSV
ticket,key,text,annotator,source_digest
$id,,fine,ann,
T99,,x,ann,
$id,other.png#page=1,x,ben,
$id,,x,ann,
$id,,x,cy,sha256:$(printf '%064d' 0)
T1,,x,ann,
CSV
assert_exit 65 assay queue import bad.csv
for fault in "bad.csv:3:1: error: there is no ticket 'T99'" \
    "bad.csv:4:1: error: $id is about '$wrong', not 'other.png#page=1'" \
    'bad.csv:5:1: error: the same person wrote another text for this ticket above' \
    "bad.csv:6:1: warning: skipped: $id ($wrong) is about a file that has changed since it was handed out, or that another stands for: export it again" \
    'bad.csv:7:1: error: T1 (inbox/scans/cut.tif) is a source: only pages and audio have a text that can be corrected' \
    "assay: 'bad.csv' has 4 faults: nothing was imported"; do
    grep -qxF "$fault" err || fail "no '$fault': $(cat err)"
done
assert_eq "$(versions)" "$before" 'versions after faults'
assert_eq "$(assay queue show "$id" --json | jq -c '.[0].decision')" "$decision" 'decision after faults'
jq '.[0].data.ticket = "T77"' export.json >bad.json
assert_exit 65 assay queue import bad.json
grep -q "^bad.json: error: task 1: there is no ticket 'T77'$" err || fail "$(cat err)"
jq '.[0].annotations[0].result |= [.[0], (.[0] | .id = "r2" | .value.text = ["BBB second"])]' export.json >bad.json
assert_exit 65 assay queue import bad.json
grep -q "^bad.json: error: task 1: an annotation has several texts named 'text'.*: put all of it into one, and export it again$" err ||
    fail "texts of regions: $(cat err)"
assert_eq "$(assay queue show "$id" --json | jq -c '.[0].decision')" "$decision" 'decision after texts of regions'
assert_exit 66 assay queue import none.csv
assay queue export --format csv --out untouched.csv "$id" >/dev/null
assert_exit 65 assay queue import untouched.csv
assert_match "$(cat err)" '*holds no text that somebody wrote*' 'a table that nobody touched'
echo 'faults'
