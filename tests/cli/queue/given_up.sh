# What was found on a page is rejected with it: it is not delivered, its ticket names the page's rejection, what was
# decided on it alone waits, and all of it comes back with the page.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 14}}
YAML
printf 'value: 12\ntables: 2\n' >docs/a.txt
printf 'value: 3\ntables: 1\n' >docs/b.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=1'
judge() { assay judge --json >run.json 2>err || fail "judge: $(cat err)"; }
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
stands() { for n in '' '&table=1' '&table=2'; do assay why "$page$n" --json | jq -r '.verdict.outcome'; done | paste -sd' '; }
counts() { jq -c '[.conserved, .samples.in, .samples.accepted, .samples.quarantined, .samples.waived]' run.json; }
test_run_into store
assert_eq "$(counts)" '[true,5,3,2,0]' 'as the pipeline makes it'
did waive "$page&table=2" --owner Anna --reason 'a sum is missing'
judge
before=$(version_of)
assert_eq "$(stands)" 'quarantined accepted waived' 'before'

did reject "$page" --reason torn --actor Bruno
judge
assert_eq "$(counts)" '[true,5,2,3,0]' 'rejected'
assert_eq "$(stands)" 'quarantined quarantined quarantined' 'rejected'
assert_jq run.json '.queue.states.rejected' 3
assert_jq run.json '.ended | length' 0
assay check --read-data >out || fail "check: $(cat out)"
assay queue list --all --json >queue.json
assert_jq queue.json "[.[] | select(.subject | startswith(\"$page\")) | .state] | join(\",\")" 'rejected,rejected,rejected'
decision=$(jq -r "[.[] | select(.subject | startswith(\"$page\")) | .decision.id] | unique | @json" queue.json)
assert_eq "$(jq length <<<"$decision")" 1 'all by one decision'
assert_eq "$(assay queue list --ended --json | jq length)" 0 'what waits has not ended'
assert_match "$(assay why "$page&table=1")" "*rejected by Bruno*on $page, where it was found*'$page', in which it was found, was rejected: torn*" why
assert_match "$(assay why "$page&table=2")" "*rejected by Bruno*" 'why of what was waived'
! assay why "$page&table=2" | grep -q 'not in force' || fail "$(assay why "$page&table=2")"
assay diff "$before" latest --json >diff.json || [ $? -eq 80 ] || fail 'diff'
grep -q 'table=1' diff.json || fail "diff: $(cat diff.json)"
assert_match "$(assay lineage "$page&table=1")" '*rejected by Bruno*' lineage
assert_exit 0 assay export latest --out delivery
assert_eq "$(jq -r '.part' delivery/manifest.jsonl | paste -sd' ')" 'page=1 page=1&table=1' 'what is delivered'
assert_jq <(assay contract test values.odcs.yaml --json) '.counts | [.to_quarantined, .to_accepted, .rejected_by_people] | @json' '[0,0,3]'
version=$(version_of)
touch -d '2 hours ago' docs/a.txt
test_run_into store
assert_eq "$(version_of)" "$version" 'a touch changes nothing'
echo 'with the page'

# It is decided upon with the page alone.
for verb in 'retry' 'waive --owner Anna --reason legible' 'reject --reason torn'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue ${verb%% *} "$page&table=1" ${verb#"${verb%% *}"}
    assert_match "$(cat err)" "*is rejected with T* ($page), in which it was found: 'assay queue retry T*' takes that back*" "$verb"
done
did retry --source docs/a.txt --state rejected
assert_jq did.json '[.tickets[].did] | sort | unique | join("; ")' \
    'goes with what it was found in; goes with what it was found in; what was decided on it alone stays: waived by Anna; taken back: judged as if nothing had been decided'
judge
assert_eq "$(version_of)" "$before" 'taken back'
assert_eq "$(stands)" 'quarantined accepted waived' 'taken back'
assert_eq "$(assay queue list --all "$page&table=1" --json | jq -r '.[0].state')" passed 'its ticket'
last() { assay queue show "$1" --json | jq -r '.[0].history[-1].reason'; }
assert_eq "$(last "$page&table=1")" \
    "the rejection of '$page', in which it was found, by Bruno was taken back; it passes every check now" 'why it is back'
assert_match "$(assay why "$page&table=1")" '*before    quarantined; *its ticket, see above, says what did*' 'why, in words'
echo 'taken back'

# A contract by which the rejection holds no more brings both back.
did reject "$page" --reason torn --actor Bruno
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 11/' values.odcs.yaml
judge
assert_eq "$(stands)" 'quarantined accepted waived' 'the rejection has ended'
assert_eq "$(last "$page&table=1")" \
    "the rejection of '$page', in which it was found, by Bruno no longer holds: the contract changed; it passes every check now" \
    'why it is back'
# A check that keeps nothing out any more is not passed for that.
sed -i 's/id: value, type: custom, engine: assay, severity: error/id: value, type: custom, engine: assay, severity: warning/' values.odcs.yaml
judge
assert_eq "$(stands)" 'accepted accepted waived' 'a warning'
assert_match "$(last "$page")" '*no check of severity error fails now: test.value is 12, must be < 11 (warning)' 'a warning'
sed -i 's/id: value, type: custom, engine: assay, severity: warning/id: value, type: custom, engine: assay, severity: error/' values.odcs.yaml
judge
echo 'another contract'

# Another file in its place, rejected: so are the tables of that.
printf 'value: 13\ntables: 1\n' >other.txt
did resolve "$page" --file other.txt
did reject "$page" --reason 'no better'
judge
assert_jq run.json '[.conserved, .samples.in, .samples.quarantined] | @json' '[true,4,2]'
assert_eq "$(assay why "$page&table=1" --json | jq -r '.verdict | .outcome + " " + .way')" 'quarantined replaced' 'its table'
assay check >out || fail "check: $(cat out)"
echo 'another file'
