# `queue export` hands out what `queue import` takes back, and what people decided in between holds: the rest of the file
# is taken. A waiver lifts nobody's rejection.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
for name in a b c d e f g; do printf 'value: 15\n# %s\n' $name >docs/$name.txt; done
printf 'value: 2\n' >docs/good.txt
printf 'value: 3\n' >better.txt
printf 'value: 12\n' >worse.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/%s.txt#page=1' "$1"; }
id() { assay queue list --json --all "$(page "$1")" | jq -r '.[0].id'; }
states() { assay queue list --json --all | jq -r 'map(.subject[5:6] + " " + .state) | sort | join(", ")'; }
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
# Write a text into every line of a table, by Cy.
fill() {
    python3 - "$1" <<'PY'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
with open(sys.argv[1], "w", newline="") as f:
    w = csv.DictWriter(f, rows[0].keys())
    w.writeheader()
    for row in rows:
        w.writerow(row | {"text": "value: 4", "annotator": "Cy"})
PY
}
test_run_into store

# ---- a waiver over a rejection, of what fails and of what passes by a person's text
assay queue reject "$(page a)" --actor Ann --reason 'personal data' >out
decide resolve "$(page b)" --text better.txt
decide reject "$(page b)" --actor Ann --reason 'personal data'
for name in a b; do
    assert_exit 64 assay queue waive "$(page $name)" --owner Ben --reason fine
    assert_match "$(cat err)" "*$(id $name) ($(page $name)) is rejected by Ann, decided on 2* (personal data): 'assay queue retry $(id $name)' takes that back" \
        "a waiver over the rejection of $name"
done
assert_exit 64 assay queue waive --state rejected --owner Ben --reason fine --dry-run
assert_eq "$(states)" 'a rejected, b rejected, c open, d open, e open, f open, g open' 'nothing is lifted'
decide retry "$(page a)" "$(page b)"
decide waive "$(page a)" --owner Ben --reason fine
assert_jq did.json '.tickets[0].ticket.state' waived 'taken back first'
decide retry "$(page a)"
echo 'a waiver over a rejection'

# ---- what import would not take is not handed out
decide resolve "$(page a)" --file worse.txt
decide reject "$(page b)" --actor Ann --reason torn
assay queue export --format csv --out out.csv --json --state open,needs-review,rejected >told
assert_jq told '[.rows, (.left_out | map(.ticket) | sort)] | @json' "[5,$(jq -nc --arg a "$(id a)" --arg b "$(id b)" '[$a, $b] | sort')]" 'left out'
assert_jq told ".left_out[] | select(.ticket == \"$(id a)\") | .why | startswith(\"has another file in its place\")" true
assert_jq told ".left_out[] | select(.ticket == \"$(id b)\") | .why | startswith(\"is rejected by Ann\")" true
fill out.csv
assay queue import out.csv --dry-run --json >told 2>err || fail "$(cat err)"
assert_jq told '[(.tickets | length), .skipped] | @json' '[5,[]]' 'all that was handed out is taken'
echo 'handed out'

# ---- what came between: passed, gone, another file, other bytes, rejected, waived. Two are left.
printf 'value: 15\n# 9\n' >docs/h.txt
settle docs
test_run_into store
decide retry "$(page a)" "$(page b)"
assay queue export --format csv --out back.csv >told
assert_eq "$(cat told)" '8 rows in back.csv' 'all of them'
fill back.csv
decide reject "$(page a)" --actor Ann --reason 'personal data'
decide waive "$(page b)" --owner Ben --reason fine
decide resolve "$(page c)" --file better.txt
mv docs/d.txt away.txt
printf 'value: 1\n# e\n' >docs/e.txt
printf 'value: 16\n# f\n' >docs/f.txt
settle docs
test_run_into store
before='a rejected, b waived, c replaced, d gone, e passed, f open, g open, h open'
assert_eq "$(states)" "$before" 'what came between'
assert_exit 0 assay queue import back.csv --dry-run
cp err dry.err
assert_eq "$(states)" "$before" 'a dry run'
assay queue import back.csv --json >did.json 2>err || fail "import: $(cat err)"
diff err dry.err >&2 || fail 'the dry run says something else'
assert_eq "$(states)" 'a rejected, b waived, c replaced, d gone, e passed, f open, g corrected, h corrected' 'the rest is taken'
assert_jq did.json '.skipped | map(.key[5:6] + " " + .annotator) | sort | join(", ")' 'a Cy, b Cy, c Cy, d Cy, e Cy, f Cy' 'skipped'
line() { grep -F "skipped: $(id "$1") ($(page "$1")) " err; }
assert_match "$(line a)" "back.csv:*:1: warning: *is rejected by Ann, decided on 2* (personal data)*" rejected
assert_match "$(line b)" "*is waived by Ben, decided on 2* (fine)*" waived
assert_match "$(line c)" '*has another file in its place*' replaced
assert_match "$(line d)" '*is gone: *' gone
assert_match "$(line e)" '*is passed: *' passed
assert_match "$(line f)" '*has changed since it was handed out*' 'other bytes'
assert_eq "$(tail -n 1 err)" 'assay: 6 skipped, for what came between; 2 taken' 'how many'
{ head -n 1 back.csv && grep -F docs/a.txt back.csv; } >one.csv
assay queue import one.csv --json >did.json 2>err || fail "nothing left to take: $(cat err)"
assert_jq did.json '[.tickets, (.skipped | length), .summary] | @json' '[[],1,null]' 'nothing is done'
sed '$s/^T[0-9]*/T99/; $s/docs[^,]*//' back.csv >fault.csv
assert_exit 65 assay queue import fault.csv
assert_match "$(tail -n 1 err)" "*has 1 faults: nothing was imported" 'a fault'
echo 'what came between'

# ---- who knows of the decisions says so
{ cat one.csv && grep -F docs/b.txt back.csv; } >both.csv
assay queue import both.csv --settled --json >did.json 2>err || fail "settled: $(cat err)"
assert_jq did.json '[(.tickets | map(.ticket.state)), .skipped] | @json' '[["corrected","corrected"],[]]' 'taken all the same'
assay check >out || fail "check: $(cat out)"
echo 'settled'

# ---- who wrote it is told in lists
for name in "$(printf '%0201d' 1)" $'a\nb' $'a\x1b[31m' $'a\xc2\x85b'; do
    printf 'key,text,annotator\n%s,value: 4,"%s"\n' "$(page g)" "$name" >named.csv
    assert_exit 65 assay queue import named.csv
    assert_match "$(head -n 1 err)" 'named.csv:2:1: error: the name of who wrote it *' 'a name'
    assert_exit 64 assay queue import one.csv --annotator "$name"
done
printf 'key,text,annotator\n%s,value: 4,"%s"\n' "$(page g)" "$(printf '%0200d' 1)" >named.csv
assert_exit 0 assay queue import named.csv --dry-run
echo 'names'
