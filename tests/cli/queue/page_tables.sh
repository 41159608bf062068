# What lies on a page goes with it: where another file or a remedy stands in the place of the page, its tables are those
# that were found there, under the number of the page in the document, and those of the old page are gone. A text says
# nothing of tables: they stay.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -45}]
YAML
# tables have a bound of their own, and a remedy that is none for them
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 8}}
YAML
printf 'value: 90\npages: 3\ntables: 3\n' >docs/a.txt
printf 'value: 3\ntables: 2\n' >rescan.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=2'
# FILTER: of the samples of page 2 that are there
there() {
    local n
    for n in '' '&table=1' '&table=2' '&table=3'; do
        assay show "$page$n" --json 2>/dev/null | jq -c "select(.missing | not) | $1" || true
    done | paste -sd' '
}
valued='(.measurements[] | select(.metric == "test.value") | .value)'
whole() {
    assert_jq run.json '[.conserved, .samples.in, .samples.accepted] | @json' "[true,$1]"
    assay check --read-data >out || fail "check: $(cat out)"
}
judge() { assay judge --json >run.json 2>err || fail "judge: $(cat err)"; }
test_run_into store
assert_eq "$(there "$valued")" '90 91 92 93' 'as the pipeline makes it'
before=$(version_of)

assay queue resolve "$page" --file rescan.txt >/dev/null 2>err || fail "$(cat err)"
judge
whole 11,3
assert_eq "$(there "[$valued, .outcome]")" '[3,"accepted"] [4,"accepted"] [5,"accepted"]' 'another file'
assay queue list --all --json >queue.json
assert_jq queue.json "[.[] | select(.subject | startswith(\"$page\")) | \"\\(.subject[17:]) \\(.state)\"] | sort | join(\",\")" \
    ' replaced,&table=1 passed,&table=2 passed,&table=3 gone'
assay why "$page&table=2" --json | jq -c .verdict.outcome >told
assert_eq "$(cat told)" '"accepted"' why
assert_exit 0 assay export latest --out delivery
assay verify delivery >/dev/null || fail 'verify finds a difference'
assert_eq "$(jq -r .part delivery/manifest.jsonl | paste -sd' ')" 'page=2 page=2&table=1 page=2&table=2' 'what is delivered'
# How they came to be is told as of the page itself.
decided=$(assay why "$page" --json | jq .verdict.decisions.content.id)
for n in '' '&table=1' '&table=2'; do
    assert_eq "$(assay why "$page$n" --json | jq -c '[.verdict.way, .verdict.decisions.content.id]')" "[\"replaced\",$decided]" "way of $page$n"
    assay lineage "$page$n" >told
    grep -q 'replaced by .* with rescan.txt' told || fail "lineage: $(cat told)"
done
assert_match "$(assay why "$page&table=1")" "*made by   the other file*on $page, where it was found*" 'in words'
assert_eq "$(jq -r '[.treatment, .source.original != null] | @json' delivery/manifest.jsonl | sort -u)" '["replaced",true]' 'in the manifest'
# A table that fails in its turn lies on page 2, though the file has one.
printf 'value: 7\ntables: 2\n' >worse.txt
assay queue resolve "$page" --file worse.txt >/dev/null 2>err || fail "$(cat err)"
assay queue list "$page&table=1" --json >queue.json
assert_jq queue.json '.[0] | [.state, .part, .region.page] | @json' '["open","pages=1-1",2]'
echo 'another file'

assay queue retry "$page" >/dev/null 2>err || fail "$(cat err)"
judge
assert_eq "$(there "$valued")" '90 91 92 93' 'taken back'
assert_eq "$(version_of)" "$before" 'version after the decision was taken back'
printf 'value: 4\npages: 3\n' >text.txt
assay queue list --all --json | jq -S '[.[] | select(.subject | contains("table=")) | {subject, state, checks, changed_ns}]' >tables
assay queue resolve "$page" --text text.txt >/dev/null 2>err || fail "$(cat err)"
judge
whole 12,1
assert_eq "$(there "[$valued, .outcome]")" \
    '[4,"accepted"] [91,"quarantined"] [92,"quarantined"] [93,"quarantined"]' 'a text is of the page alone'
assay queue list --all --json | jq -S '[.[] | select(.subject | contains("table=")) | {subject, state, checks, changed_ns}]' >after
cmp tables after || fail "a text changes what is known of tables: $(diff tables after)"
assert_eq "$(assay why "$page" --json | jq -c .verdict.way) $(assay why "$page&table=1" --json | jq -c .verdict.way)" \
    '"corrected" "plain"' 'ways'
assay diff "$before" "$(version_of)" --json >diff.json || [ $? -eq 80 ] || fail diff
assert_jq diff.json '[.samples[].sample] | join(" ")' "$page"
# That loosens the bound of tables: they are delivered beside the text, as the pipeline found them.
sed -i 's/mustBeLessThan: 8}/mustBeLessThan: 93}/' values.odcs.yaml
judge
whole 12,7
assert_exit 0 assay export latest --out delivery --force
assay verify delivery >/dev/null || fail 'verify finds a difference'
assert_eq "$(jq -r 'select(.key | startswith("'"$page"'")) | "\(.part) \(.treatment)"' delivery/manifest.jsonl | paste -sd,)" \
    'page=2 corrected,page=2&table=1 plain,page=2&table=2 plain' 'what is delivered with a text'
sed -i 's/mustBeLessThan: 93}/mustBeLessThan: 8}/' values.odcs.yaml
echo 'a text: its tables stay'

assay queue retry "$page" >/dev/null 2>err || fail "$(cat err)"
sed -i 's/add: -45/add: -87/' assay.yaml
# A judging makes no attempts, and so nothing waits for them.
judge
whole 12,0
assay queue list --all --json >queue.json
assert_jq queue.json "[.[] | select(.subject | startswith(\"$page\")) | \"\\(.subject[17:]) \\(.state)\"] | sort | join(\",\")" \
    ' retrying,&table=1 open,&table=2 open,&table=3 open'
test_run_into store
assert_jq run.json .queue.states.repaired 3
whole 12,12
assert_eq "$(there "[$valued, .outcome]")" '[3,"accepted"] [4,"accepted"] [5,"accepted"] [6,"accepted"]' 'a remedy'
assert_eq "$(assay why "$page&table=3" --json | jq -c '[.verdict.way, .verdict.remedy, .verdict.rung]')" '["remedy","less",1]' 'its tables'
# decided upon as they stand
printf '{"key": "%s", "label": false}\n' "$page&table=3" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
assert_exit 64 assay queue retry "$page&table=3" --remedy less
assay queue reject "$page&table=3" --reason torn >out 2>err || fail "reject: $(cat err)"
assay queue list "$page&table=3" --json >queue.json
assert_jq queue.json '.[0].state' rejected
echo 'a remedy'
