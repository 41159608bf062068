# `queue resolve --text` of a table: its cells as CSV stand in place of those that were read, are measured and judged; the page
# and its other tables stay as they are. It is told as corrected, holds on a page that a remedy stands for, is not in force
# where another file stands for the page, and is taken back.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
. "$(dirname "${BASH_SOURCE[0]}")/advised.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -45}]
  calm: {failures: [decode], attempts: [test.read: {obey: 0}]}
YAML
sed -i 's/, remedy: less//' values.odcs.yaml # until it is asked for below
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 8}}
YAML
printf 'value: 6\npages: 3\ntables: 3\n' >docs/a.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=2'
table="$page&table=2"
there() {
    local n
    for n in '' '&table=1' '&table=2' '&table=3'; do
        assay show "$page$n" --json 2>/dev/null | jq -c "select(.missing | not) | $1" || true
    done | paste -sd' '
}
valued='(.measurements[] | select(.metric == "test.value") | .value)'
judged="[$valued, .outcome[:3]]"
judge() { assay judge --json >run.json 2>err || fail "judge: $(cat err)"; }
test_run_into store
before=$(version_of)
assert_eq "$(there "$judged")" '[6,"acc"] [7,"acc"] [8,"qua"] [9,"qua"]' 'as the pipeline makes it'
all_advice_holds docs/a.txt less
grep -q -- '--text FILE' advised || fail "a table's text is not advised: $(cat advised)"

# What is no table.
refused() { # TEXT MESSAGE
    printf "$1" >bad.csv
    assert_exit 65 assay queue resolve "$table" --text bad.csv
    assert_match "$(cat err)" "*$2*" "$1"
    assert_exit 65 assay queue resolve "$table" --text bad.csv --dry-run
}
refused 'a,b\n1\n' "'bad.csv' line 2: 1 cells, and line 1 has 2"
refused 'a,b\n1,"2\n\n' "'bad.csv' line 2: a quote is not closed"
refused 'a,b\n1,"2"x\n' "'bad.csv' line 2: text after a closing quote*"
refused '\n\na,b\n\n1,2\n' "'bad.csv' line 4: it is empty, and rows follow"
refused 'a,\xe9\n' "'bad.csv' line 1: a cell is not UTF-8"
refused 'a,b\n1,\0\n' "'bad.csv' holds a NUL byte"
refused 'a\n1\a\n' "'bad.csv' line 2: a control character"
refused '\n,\n' "'bad.csv' has no cell with a text*"
refused 'a,b\r1,2\r' "'bad.csv' line 1: it ends with CR alone: save it with line ends LF or CR LF"
refused 'a,b\n' "'bad.csv' line 1: a table has heads and at least a row of values: this is the only row"
python3 -c "print('\n'.join(','.join('x' * 62 for _ in range(16)) for _ in range(4096)))" >edge.csv
assert_exit 65 assay queue resolve "$table" --text edge.csv
assert_match "$(cat err)" "*'edge.csv': the cells of a table have at most 4 MiB together*" 'too large once encoded'
refused 'sep=;\na;b\n1;2\n' "'bad.csv' line 1: cells are parted by commas, not by semicolons or tabs"
refused 'sep=,\na,b\n' "'bad.csv' line 2: a table has heads *"
refused '\xc2\xa0,\xe3\x80\x80\n \xe2\x80\x89,\n' "'bad.csv' has no cell with a text*"
refused 'a;b\n1;2\n' "'bad.csv' line 1: cells are parted by commas, not by semicolons or tabs"
refused "$(printf 'x,%.0s' $(seq 256))y\n" "'bad.csv' line 1: too many cells"
refused "$(printf '7\\n%.0s' $(seq 4097))" "'bad.csv' line 4097: a table has at most 4096 rows"
refused "a,$(head -c 4097 /dev/zero | tr '\0' x)\n" "'bad.csv' line 1: a cell is longer than 4096 bytes"
head -c $(((4 << 20) + 1)) /dev/zero | tr '\0' x >large.csv
assert_exit 65 assay queue resolve "$table" --text large.csv
assert_match "$(cat err)" "*'large.csv' has 4194305 bytes: the cells of a table have at most 4 MiB*" 'too large'
: >empty.csv
assert_exit 65 assay queue resolve "$table" --text empty.csv
assert_exit 64 assay queue resolve "$table" --file docs/a.txt
assert_exit 66 assay queue resolve "$table" --text nowhere.csv
judge
assert_eq "$(version_of)" "$before" 'nothing was decided'
echo 'what is refused'

# Cells that fail as well.
printf '12,x\n,\n' >worse.csv
assay queue resolve "$table" --text worse.csv --reason 'a guess' --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket | [.state, .attempts[0].way, .attempts[0].outcome] | @json' '["needs-review","corrected","checks"]'
assert_eq "$(there "$judged")" '[6,"acc"] [7,"acc"] [12,"qua"] [9,"qua"]' 'a correction that fails'
assay queue show "$table" >shown
grep -q '^stands *cells: test.value 12' shown || fail "what stands: $(cat shown)"

printf '\xef\xbb\xbf5, \t x \r\n"",""\r\n\r\n' >cells.csv
assay queue resolve "$table" --text cells.csv --reason 'columns were swapped' --actor eva --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket | [.state, .attempts[0].chosen, .decision.kind, .decision.actor, .decision.file] | @json' \
    '["corrected",true,"correct","eva","cells.csv"]'
assert_eq "$(there "$judged")" '[6,"acc"] [7,"acc"] [5,"acc"] [9,"qua"]' 'corrected'
assay why "$table" >told
for text in 'verdict   accepted' 'made by   the correction' 'decision  corrected by eva from cells.csv' 'columns were swapped'; do
    grep -qF "$text" told || fail "why says no '$text': $(cat told)"
done
assert_eq "$(assay why "$page" --json | jq -c '[.verdict.way, .verdict.decisions.content]') $(assay why "$page&table=3" --json | jq -c .verdict.way)" \
    '["plain",null] "plain"' 'the page and the other table'
assay lineage "$table" --format prov >prov.json
assert_jq prov.json '. as $p | [.wasGeneratedBy[] | select(."prov:activity" | startswith("assay:decision")) | $p.entity[."prov:entity"]."assay:role"] | @json' \
    '["corrected_table"]'
assay lineage "$table" >told
grep -q 'corrected_table' told || fail 'lineage names no corrected table'
assay diff "$before" latest --json >diff.json || [ $? -eq 80 ] || fail diff
assert_jq diff.json '[.samples[] | [.sample, .from.outcome, .to.outcome]] | @json' "[[\"$table\",\"quarantined\",\"accepted\"]]"
assert_jq diff.json '[.samples[0].changes[] | select(.what == "decision") | .text] | @json' '["corrected by eva from cells.csv: columns were swapped"]'
assay export latest --out d >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r 'select(.key | startswith("'"$page"'")) | "\(.part) \(.treatment)"' d/manifest.jsonl | paste -sd,)" \
    'page=2 plain,page=2&table=1 plain,page=2&table=2 corrected' 'in the delivery'
assay check --read-data >out || fail "check: $(cat out)"
version=$(assay show latest --json | jq -r .version)
test_run_into store
assert_jq run.json '[.units.run, .conserved] | @json' '[0,true]'
assert_eq "$(version_of)" "$version" 'run again'
judge
assert_eq "$(version_of)" "$version" 'judged again'
# Read from standard input by the ticket's number, the same cells are the same decision.
id=$(assay queue list --all --json "$table" | jq -r '.[0].id')
assay queue resolve "$id" --text - <cells.csv >/dev/null 2>err || fail "$(cat err)"
judge
assert_eq "$(version_of)" "$version" 'the same cells'
echo 'corrected, and told'

# A text of the page says nothing of its tables: what was said of one stays.
printf 'value: 4\npages: 3\n' >text.txt
assay queue reject "$page" --reason torn >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(there .outcome[:3] | tr -d '"')" 'qua qua qua qua' 'rejected with its page'
assert_eq "$(assay queue list --ended --json | jq length)" 0 'what waits has not ended'
assay queue retry "$page" >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(there "$judged")" '[6,"acc"] [7,"acc"] [5,"acc"] [9,"qua"]' 'the page is back'
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 5/' values.odcs.yaml
grep -q 'mustBeLessThan: 5' values.odcs.yaml || fail "the bound of pages: $(cat values.odcs.yaml)"
judge
assay queue resolve "$page" --text text.txt >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(there "$judged")" '[4,"acc"] [7,"acc"] [5,"acc"] [9,"qua"]' 'beside a text of the page'
assay queue retry "$page" >/dev/null 2>err || fail "$(cat err)"

# Another file for the page: its tables are others, and what was said of the old one is not in force.
printf 'value: 3\ntables: 2\n' >rescan.txt
assay queue resolve "$page" --file rescan.txt >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(there "$judged")" '[3,"acc"] [4,"acc"] [5,"acc"]' 'another file for the page'
assert_eq "$(assay why "$table" --json | jq -c '[.verdict.way, .verdict.decisions.content.not_in_force]')" \
    '["replaced","another file stands in place of the page that the table was found on"]' 'by what it stands'
assay why "$table" >told
grep -qF "on $page, where it was found" told || fail "the page's other file: $(cat told)"
assert_match "$(grep ^ticket told)" '*the correction by root no longer holds: another file stands in place of what it was found in; it passes*' 'its ticket'
assay queue list --ended --json >queue.json
assert_jq queue.json '[.[].subject] | @json' "[\"$table\"]"
assay queue show "$id" >shown
grep -q 'not in force: another file stands in place of the page that the table was found on' shown || fail "$(cat shown)"
printf 'value: 3\ntables: 2\n# worse\n' >worse.txt
sed -i 's/mustBeLessThan: 8}/mustBeLessThan: 4}/' values.odcs.yaml
judge
assert_exit 64 assay queue resolve "$table" --text cells.csv
assert_match "$(cat err)" '*lies on a page that another file stands in place of (T*): hand in a file on which the table is read right*' 'refused'
sed -i 's/mustBeLessThan: 4}/mustBeLessThan: 8}/' values.odcs.yaml
judge
assay queue retry "$page" >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(there "$valued")" '6 7 5 9' 'it holds again'
echo 'with the page'

# A remedy stands for the page: the table is corrected as it was found there, with what else was found.
sed -i 's/mustBeLessThan: 5/&, remedy: less/' values.odcs.yaml
test_run_into store
assert_eq "$(there "$valued")" '-39 -38 5 -36' 'on a page that a remedy stands for'
assert_eq "$(assay why "$page" --json | jq -c .verdict.way) $(assay why "$table" --json | jq -c '[.verdict.way, .verdict.decisions.content.file]')" \
    '"remedy" ["corrected","standard input"]' 'both are told'
assay lineage "$table" >told
grep -q 'add *-45' told || fail "it was made by the pipeline: $(cat told)"
assay export latest --out d --force >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r 'select(.key | startswith("'"$page"'")) | .treatment' d/manifest.jsonl | paste -sd,)" repaired,repaired,corrected,repaired
sed -i 's/, remedy: less//; s/mustBeLessThan: 5/mustBeLessThan: 10/' values.odcs.yaml
test_run_into store
assert_eq "$(version_of)" "$version" 'without the remedy'
echo 'by a remedy of the page'

# Annotations are of texts: a table is left out of what is handed out, and refused where it is handed in.
printf '12\n0\n' >worse.csv
assay queue resolve "$table" --text worse.csv >/dev/null 2>err || fail "$(cat err)"
assay queue export "$id" --format csv --out out.csv >told || true
assert_match "$(cat told)" "*$id * left out: is a table: its cells are handed in with 'assay queue resolve $id --text table.csv'*" 'left out'
assay queue resolve "$table" --text cells.csv >/dev/null 2>err || fail "$(cat err)"
# Other bytes end it.
printf 'value: 6\npages: 3\ntables: 3\n# other\n' >docs/a.txt
settle docs
test_run_into store
assert_eq "$(there "$valued")" '6 7 8 9' 'other bytes'
assert_jq <(assay why "$table" --json) .verdict.decisions.content.not_in_force 'the source has other bytes now'
printf 'value: 6\npages: 3\ntables: 3\n' >docs/a.txt
settle docs
test_run_into store
assert_eq "$(version_of)" "$version" 'the same bytes again'
assay queue retry "$table" --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '.tickets[0].ticket.state' open
judge
assert_eq "$(version_of)" "$before" 'taken back, the version is the first one'
echo 'taken back'

# What a model got wrong passes every check, here of a source that a remedy stands for: page and table are corrected all the same.
printf 'fail: decode\nvalue: 6\ntables: 1\n' >docs/b.txt
settle docs
test_run_into store
other='docs/b.txt#page=1'
assert_jq <(assay why "$other&table=1" --json) '[.verdict.outcome, .verdict.way] | @json' '["accepted","remedy"]'
printf '{"key": "%s", "label": false}\n' "$other" "$other&table=1" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
for n in '' '&table=1'; do
    printf 'value: 2\n' >text.txt
    [ -z "$n" ] || printf '2,3\n1,1\n' >text.txt
    assay queue resolve "$other$n" --text text.txt --json >did.json 2>err || fail "$(cat err)"
    assert_jq did.json '.tickets[0].ticket.state' corrected
    assert_eq "$(assay show "$other$n" --json | jq -c "[$valued, .outcome]")" '[2,"accepted"]' "corrected: $n"
done
judge
assay check --read-data >out || fail "check: $(cat out)"
assay export latest --out d --force >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r 'select(.key | startswith("'"$other"'")) | .treatment' d/manifest.jsonl | paste -sd,)" corrected,corrected 'delivered'
echo 'of a source that a remedy stands for'
