# A correction of a sample that is made of a file which stands in place of its source is of that file: when yet another
# takes its place, or the file is taken back, it is delivered no more, is told as ended with the reason, and holds again
# with the same file.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -1}]
YAML
sed -i 's/, remedy: less//' values.odcs.yaml
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 10}}
YAML
printf 'value: 30\npages: 2\ntables: 1\nfail: decode\n' >docs/a.txt
printf 'value: 20\npages: 2\ntables: 1\n' >first.txt
printf 'value: 21\npages: 2\ntables: 1\n' >second.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=1'
table='docs/a.txt#page=2&table=1'
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
judge() { assay judge --json >run.json 2>err || fail "judge: $(cat err)"; }
stands() { for n in "$page" "$table"; do assay why "$n" --json | jq -r '.verdict | "\(.outcome) \(.way)"'; done | paste -sd';'; }
states() { assay queue list --all --json "$page" "$table" | jq -r '.[].state' | paste -sd' '; }
last() { assay queue show "$1" --json | jq -r '.[0].history[-1].reason'; }
digest() { printf 'sha256:%s' "$(sha256sum "$1" | cut -d' ' -f1)"; }
test_run_into store
whole=$(assay queue list --json docs/a.txt | jq -r '.[0].id')
did resolve "$whole" --file first.txt
assert_eq "$(stands)" 'quarantined replaced;quarantined replaced' 'of the first file'
assert_match "$(assay why docs/a.txt)" "*replaced by * with first.txt*ticket *$whole replaced: *quarantined *" 'what became of the source'
assert_eq "$(assay why docs/a.txt --json | jq -c '[.ticket.id, .ticket.state, .decisions.content.file]')" "[\"$whole\",\"replaced\",\"first.txt\"]" 'why'
printf 'value: 3\n' >text
printf '4,x\n5,y\n' >cells.csv
assay queue export --format csv --out tasks.csv --kind page --force >/dev/null
grep -q "$page.*$(digest first.txt)" tasks.csv || fail "handed out as something else: $(cat tasks.csv)"
did resolve "$page" --text text --reason 'read from the first' --actor Anna
did resolve "$table" --text cells.csv --reason 'read from the first' --actor Anna
assert_eq "$(stands)" 'accepted corrected;accepted corrected' 'corrected'
assert_eq "$(assay show "$page" --json | jq -c '[.source.digest, .source.replaced_by]')" \
    "[\"$(digest docs/a.txt)\",\"$(digest first.txt)\"]" 'what the correction is made of'
assert_exit 64 assay queue retry "$page" --remedy less
# What a file was decided upon is told as what it is: here the file that stands in the source's place.
printf 'value: 4\n' >third.txt
did resolve 'docs/a.txt#page=2' --file third.txt
assay lineage 'docs/a.txt#page=2' >lines
assert_eq "$(grep -c '^source    docs/a.txt: in its place ' lines)" 2 'both files'
grep -q '^source    docs/a.txt: in its place first.txt$' lines || fail "lineage: $(cat lines)"
did retry 'docs/a.txt#page=2'

did resolve "$whole" --file second.txt --reason 'a better scan'
assert_eq "$(stands)" 'quarantined replaced;quarantined replaced' 'the second file is not what was corrected'
assert_eq "$(states)" 'open open' 'their tickets'
ended='no longer holds: another file stands in place of what it was found in; test.value is 2'
for of in "$page" "$table"; do
    assert_match "$(last "$of")" "the correction by Anna $ended*" "why $of is open again"
    assert_match "$(assay why "$of")" '*not in force: another file stands in place of the one that it was made on*' "why $of"
    assert_match "$(assay why "$of")" "*another file stands in its place: $(digest second.txt | cut -c1-19), before it $(digest first.txt | cut -c1-19)*" "why $of"
done
assert_eq "$(assay queue list --ended --json | jq -r '.[].subject' | sort | paste -sd' ')" "$page $table" 'listed as ended'
judge
assert_jq run.json '[.conserved, .samples.in, .samples.quarantined] | @json' '[true,4,4]'
assert_exit 64 assay queue retry "$page" --remedy less
assert_match "$(cat err)" "*is part of a file that stands in its source's place*" 'no remedy'

# A text for what was handed out of the first is not one for the second.
python3 - <<'PY'
import csv
rows = list(csv.DictReader(open('tasks.csv')))
with open('back.csv', 'w', newline='') as f:
    w = csv.DictWriter(f, rows[0].keys())
    w.writeheader()
    for r in rows:
        w.writerow(r | {'text': 'value: 5\n', 'annotator': 'Ben'})
PY
assay queue import back.csv --json >did.json 2>err || fail "import: $(cat err)"
assert_jq did.json '.tickets | length' 0
assert_match "$(cat err)" '*is about a file that has changed since it was handed out, or that another stands for*' 'import'

# The same file again: what was said of it holds.
did resolve "$whole" --file first.txt
assert_eq "$(stands)" 'accepted corrected;accepted corrected' 'the first file again'
assert_eq "$(assay queue list --ended --json | jq length)" 0 'holds again'

# Taken back, while the source itself gives samples by now.
sed -i 's/page: \[test.read\]/page: [test.read: {obey: 0}]/' assay.yaml
test_run_into store
assert_eq "$(stands)" 'accepted corrected;accepted corrected' 'the file stands, and so do its corrections'
did retry "$whole"
assert_eq "$(stands)" 'quarantined plain;quarantined plain' 'the source itself'
for of in "$page" "$table"; do
    assert_match "$(last "$of")" "the correction by Anna no longer holds: the file itself stands again*" "why $of is open again"
    assert_match "$(assay why "$of")" '*not in force: the file that it was made on does not stand there any more*' "why $of"
    assert_match "$(assay why "$of")" "*the file itself stands again: $(digest docs/a.txt | cut -c1-19), in its place stood $(digest first.txt | cut -c1-19)*" "why $of"
done
# A text of the source's own page, and a file again: the text is of the page that it was read from.
did resolve "$page" --text text --reason 'read from the source' --actor Carl
assert_eq "$(stands)" 'accepted corrected;quarantined plain' 'a text of its own'

# The same file for a page of the source as it was, and for all of the source as it is: a text is of the file for all of it.
printf 'value: 30\npages: 2\n' >docs/b.txt
printf 'value: 20\npages: 2\n' >both.txt
settle docs
test_run_into store
did resolve 'docs/b.txt#page=1' --file both.txt
printf 'value: 31\npages: 2\nfail: decode\n' >docs/b.txt
sed -i 's/page: \[test.read: {obey: 0}\]/page: [test.read]/' assay.yaml
settle docs
test_run_into store
did resolve "$(assay queue list --json docs/b.txt | jq -r '.[] | select(.subject == "docs/b.txt").id')" --file both.txt
did resolve 'docs/b.txt#page=1' --text text --reason 'read from it' --actor Dora
assert_eq "$(assay why 'docs/b.txt#page=1' --json | jq -r '.verdict | "\(.outcome) \(.way)"')" 'accepted corrected' 'a text of the file for all'
# What stands by another file is not to be rejected as the source once failed.
assert_exit 64 assay queue waive "$(assay queue list --all --json docs/b.txt | jq -r '.[] | select(.subject == "docs/b.txt").id')" --owner Anna --reason no
assert_match "$(cat err 2>/dev/null; assay queue waive docs/b.txt --owner Anna --reason no 2>&1 || true)" '*is replaced: there is nothing to waive*' 'no advice to reject it'

# Where a filter takes the page out, its file is no decision in force, whether or not it was read before.
printf 'value: 40\n' >docs/c.txt
settle docs
test_run_into store
did resolve 'docs/c.txt#page=1' --file text
replacing() { assay show latest --json | jq '[.decisions[] | select(.subject == "docs/c.txt#page=1" and .kind == "replace")] | length'; }
assert_eq "$(replacing)" 1 'in force'
printf 'filters: [{name: no-drafts, drop: {state: draft}}]\nfields: {state: {}}\n' >>assay.yaml
did resolve 'docs/c.txt#page=1' --metadata state=draft
test_run_into store
assert_eq "$(replacing)" 0 'filtered'

# The handed-in file copied over its source: what was said of it holds, and when the source is another again it has other
# bytes, as it has where a file of such bytes once stood for something else.
printf 'value: 50\npages: 2\nfail: decode\n' >docs/d.txt
printf 'value: 51\npages: 2\n' >docs/e.txt
cp docs/e.txt kept.txt
printf 'fail: decode\n# f\n' >docs/f.txt
cp docs/f.txt failing.txt
printf 'value: 54\npages: 2\n' >docs/g.txt
settle docs
test_run_into store
did resolve "$(assay queue list --json docs/d.txt | jq -r '.[0].id')" --file first.txt
did resolve 'docs/d.txt#page=1' --text text --actor Emil
did resolve 'docs/e.txt#page=1' --text text --actor Emil
did resolve 'docs/e.txt#page=2' --text text --actor Emil
did resolve "$(assay queue list --json docs/f.txt | jq -r '.[0].id')" --file first.txt --actor Emil
did resolve 'docs/g.txt#page=1' --file kept.txt
did resolve 'docs/g.txt#page=2' --file failing.txt
of() { assay why "docs/$1" --json | jq -r '.verdict | "\(.outcome) \(.way)"'; }
cp first.txt docs/d.txt
settle docs
test_run_into store
assert_eq "$(of 'd.txt#page=1')" 'accepted corrected' 'the file over its source'
printf 'value: 52\npages: 2\n' >docs/d.txt
printf 'value: 53\n' >docs/e.txt
printf 'fail: decode\n# other\n' >docs/f.txt
settle docs
test_run_into store
for of in 'docs/d.txt#page=1' 'docs/e.txt#page=1'; do
    assert_match "$(last "$of")" 'the correction by Emil no longer holds: the source has other bytes;*' "why $of is open again"
    assert_match "$(assay why "$of")" '*not in force: the source has other bytes now*' "why $of"
done
assert_match "$(assay why 'docs/e.txt#page=2')" '*not in force: what it is about is not there,*it waits*' 'a page that there is no more'
assert_match "$(assay queue show docs/f.txt)" '*not in force: the source has other bytes now*' 'all of a source'

# A source moves away from the file that stood in its place: what was said of its samples is named with that.
printf 'value: 60\npages: 2\nfail: decode\n' >docs/h.txt
settle docs
test_run_into store
did resolve "$(assay queue list --json docs/h.txt | jq -r '.[0].id')" --file first.txt --actor Fay
did resolve 'docs/h.txt#page=1' --text text --actor Fay
did waive 'docs/h.txt#page=2' --owner Fay --reason 'good enough' --actor Fay
mv docs/h.txt docs/i.txt
assay run -j1 --progress none >told 2>err || fail "run: $(cat err)"
moved='its file is gone; the same bytes are now at docs/i.txt'
assert_match "$(grep 'docs/h.txt, ' told)" "*replaced by Fay*: $moved, about which nothing is decided*" 'the file'
assert_match "$(grep 'docs/h.txt#page=1, ' told)" "*corrected by Fay*: $moved, which has no such sample (T*" 'the text'
assert_match "$(grep 'docs/h.txt#page=2, ' told)" "*waived by Fay*: $moved, which has no such sample (T*" 'the waiver'
ended() { assay queue list --ended --json | jq -r '.[].subject | select(startswith("docs/h.txt"))' | sort | paste -sd' '; }
assert_eq "$(ended)" 'docs/h.txt docs/h.txt#page=1 docs/h.txt#page=2' 'listed'
assert_match "$(assay why 'docs/h.txt#page=1')" '*not in force: its file is gone, and the same bytes are now under another path*' 'why'
did resolve "$(assay queue list --json docs/i.txt | jq -r '.[0].id')" --file first.txt --actor Fay
assert_eq "$(of 'i.txt#page=1')" 'quarantined replaced' 'the file once more'
assert_eq "$(ended)" 'docs/h.txt#page=1 docs/h.txt#page=2' 'the file is decided upon, its samples are not'
assert_match "$(assay why 'docs/i.txt#page=1')" '*corrected by Fay*not in force: on docs/h.txt#page=1, whose file is gone*' 'why of the page there'
assay check --read-data >out || fail "check: $(cat out)"
echo 'corrections are of the file that they were made on'
