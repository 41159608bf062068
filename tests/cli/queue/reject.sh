# What nobody wants is rejected also where it passes: by the key of a sample, and all of a source by its path.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 4}}
YAML
printf 'value: 2\n' >docs/good.txt
printf 'value: 2\ntables: 3\n' >docs/tables.txt
printf 'value: 3\npages: 3\n' >docs/many.txt
printf 'value: 90\n' >docs/bad.txt
printf 'value: 4\n# copy\n' >docs/copied.txt
printf 'fail: decode\n' >docs/torn.txt
cp docs/copied.txt docs/zcopy.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() {
    assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"
    assert_jq did.json '.dry_run or .summary.conserved' true
}
outcome() { assay why "$1" --json | jq -r .verdict.outcome; }
state() { assay queue list --all --json "$1" 2>/dev/null | jq -r '.[0].state'; }
test_run_into store
first=$(version_of)
page='docs/good.txt#page=1'
assert_eq "$(outcome "$page")" accepted 'it passes'

# Nothing is written by a dry run, which names what has no ticket yet.
did reject "$page" --reason 'no consent' --dry-run
assert_jq did.json '.tickets | map([.subject, .ticket, .before]) | @json' "[[\"$page\",null,null]]"
assert_match "$(assay queue reject "$page" --reason 'no consent' -n)" "*no ticket*$page*dry run: not done*" 'told'
assert_eq "$(outcome "$page")" accepted 'not done'
did reject "$page" --actor Ann --reason 'no consent'
assert_jq did.json '.tickets | map([.ticket.subject, .ticket.state, .ticket.decision.actor]) | @json' "[[\"$page\",\"rejected\",\"Ann\"]]"
assert_eq "$(outcome "$page")" quarantined 'rejected'
assert_match "$(assay why "$page")" '*rejected by Ann*no consent*' 'why'
test_run_into store
assert_jq run.json '[.conserved, .ended] | @json' '[true,[]]'
assert_ne "$(version_of)" "$first" 'another version'
assert_eq "$(state "$page")" rejected 'it holds'

# Taken back it is delivered; its ticket, which is passed then, stands in no way of the next rejection.
did retry "$page"
assert_eq "$(outcome "$page") $(state "$page")" 'accepted passed' 'taken back'
assert_eq "$(jq -r .summary.version did.json)" "$first" 'the version as it was'
assert_exit 64 assay queue reject "$(assay queue list --all --json "$page" | jq -r '.[0].id')" --reason x
assert_match "$(cat err)" '*is passed: there is nothing to reject by its ticket; what is delivered all the same is rejected by its key or path*' 'by its ticket'
did reject docs/good.txt --reason 'no consent'
assert_eq "$(outcome "$page") $(state "$page")" 'quarantined rejected' 'once more, by its path'

# All of a source, tables with their page, and every page, though none of them has a ticket or only some.
did reject docs/tables.txt --actor Ann --reason private
for part in 'page=1' 'page=1&table=1' 'page=1&table=3'; do
    assert_eq "$(outcome "docs/tables.txt#$part") $(state "docs/tables.txt#$part")" 'quarantined rejected' "$part"
done
assert_jq did.json '.tickets | map(.ticket.subject) | @json' '["docs/tables.txt#page=1"]'
did retry 'docs/tables.txt#page=1'
assert_eq "$(outcome 'docs/tables.txt#page=1&table=1')" accepted 'taken back with it'
did reject 'docs/tables.txt#page=1&table=1' --reason 'this one alone'
assert_eq "$(outcome 'docs/tables.txt#page=1') $(outcome 'docs/tables.txt#page=1&table=1')" 'accepted quarantined' 'a table'
# With its page it goes, and what was decided on it alone is told to hold again.
did reject 'docs/tables.txt#page=1' --reason torn --actor Ben
did retry docs/tables.txt
assert_jq did.json '.tickets[] | select(.ticket.subject | endswith("table=1")) | .did' \
    "goes with what it was found in; what was decided on it alone stays: rejected by $(id -un)"
assert_jq did.json '.tickets[] | select(.ticket.subject | endswith("table=2")) | .did' 'goes with what it was found in'
assert_eq "$(outcome 'docs/tables.txt#page=1') $(outcome 'docs/tables.txt#page=1&table=1')" 'accepted quarantined' 'its own'
did reject docs/many.txt docs/bad.txt docs/torn.txt --reason gone
assert_eq "$(state docs/bad.txt) $(state docs/torn.txt)" 'rejected rejected' 'what has tickets as well'
assert_jq did.json '[.tickets[].ticket.subject] | sort | @json' \
    '["docs/bad.txt#page=1","docs/many.txt#page=1","docs/many.txt#page=2","docs/many.txt#page=3","docs/torn.txt"]'
assert_eq "$(outcome 'docs/many.txt#page=1') $(outcome 'docs/many.txt#page=3')" 'quarantined quarantined' 'its pages'

# A path is of what can still be rejected there; a name given twice is one.
did retry docs/many.txt
did reject 'docs/many.txt#page=2' --reason torn
assay queue reject docs/many.txt --reason gone -n >told
grep -q 'page=1 .*rejected by .*(dry run: not done)$' told || fail "dry run: $(cat told)"
grep -q 'page=2 .*stays as it was: rejected by .* (torn)$' told || fail "dry run: $(cat told)"
did reject docs/many.txt docs/many.txt 'docs/many.txt#page=1' --reason gone
assert_jq did.json '[.tickets[] | select(.did | startswith("rejected by")) | .ticket.subject] | sort | @json' '["docs/many.txt#page=1","docs/many.txt#page=3"]'
assert_jq did.json '[.tickets[] | select(.did | startswith("rejected by") | not) | "\(.ticket.subject): \(.did)"] | @json' \
    "[\"docs/many.txt#page=2: stays as it was: rejected by $(id -un) (torn)\"]"
assert_match "$(assay why 'docs/many.txt#page=2')" '*torn*' 'a page that was rejected before keeps its reason'
assay queue reject docs/many.txt --reason 'all of it again' --actor Zoe --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.summary, (.tickets[] | .did)] | @json' \
    "[null,\"stays as it was: rejected by $(id -un) (gone)\",\"stays as it was: rejected by $(id -un) (torn)\",\"stays as it was: rejected by $(id -un) (gone)\"]"
did retry docs/bad.txt
did reject docs/many.txt docs/torn.txt docs/bad.txt --reason 'all of it again' --actor Zoe
assert_jq did.json '[.tickets[] | select(.did == "rejected by Zoe") | .ticket.subject] | @json' '["docs/bad.txt#page=1"]'
assert_eq "$(jq -r '.tickets | length' did.json)" 5 'and what stays is told'
for of in 'docs/many.txt#page=1' 'docs/many.txt#page=2' docs/torn.txt; do
    assay queue show "$of" >told
    ! grep -q Zoe told || fail "$of was rejected before: $(cat told)"
done
did reject 'docs/many.txt#page=2' --reason 'torn in two' --actor Zoe
assert_match "$(assay why 'docs/many.txt#page=2')" '*rejected by Zoe*torn in two*' 'who names the sample itself says it anew'

# A filter asks for tickets; a duplicate is not what is delivered; nothing is done where one of them cannot be.
assert_exit 66 assay queue reject docs/copied.txt --state open --reason x
assert_exit 64 assay queue reject docs/copied.txt docs/zcopy.txt --reason x
assert_match "$(cat err)" "*'docs/zcopy.txt#page=1' is a duplicate of 'docs/copied.txt#page=1', which is what is delivered: reject that*" 'a duplicate'
assert_eq "$(outcome 'docs/copied.txt#page=1')" accepted 'nothing was done'
assert_exit 66 assay queue reject docs/none.txt --reason x
did reject docs/copied.txt --reason x
assert_eq "$(outcome 'docs/copied.txt#page=1') $(outcome 'docs/zcopy.txt#page=1')" 'quarantined duplicate' 'its copy neither'
assay why 'docs/zcopy.txt#page=1' >told
grep -qF 'the same bytes as docs/copied.txt#page=1, which is rejected' told || fail "what it duplicates: $(cat told)"
for why in "docs/zcopy.txt .samples[0]" "docs/zcopy.txt#page=1 .verdict"; do
    assert_eq "$(assay why "${why% *}" --json | jq -r "${why#* }.original_stands")" rejected "how that stands: $why"
done
assert_match "$(assay why docs/zcopy.txt)" '*of docs/copied.txt#page=1, which is rejected*' 'in short'
# By severity: what failed, then errors, then a rejected sample that has a warning, and one that has nothing.
cat >>values.odcs.yaml <<'YAML'
  - name: page
    quality:
      - {id: odd, type: custom, engine: assay, severity: warning, implementation: {metric: test.value, mustBeLessThan: 3}}
YAML
printf 'value: 91\n' >docs/late.txt
settle docs
test_run_into store
did reject 'docs/tables.txt#page=1' 'docs/bad.txt#page=1' --reason x
severities() { assay queue list --all --sort severity | awk '{print $3}' | uniq | paste -sd' '; }
assert_eq "$(severities)" 'failed error warning -' 'by severity'
did retry 'docs/tables.txt#page=1'
# Another file that makes a sample the duplicate of what is rejected: nobody gets either, which is said at once.
did retry docs/bad.txt
cp docs/copied.txt same.txt
assay queue resolve 'docs/bad.txt#page=1' --file same.txt >told 2>err || fail "resolve: $(cat err)"
grep -qF "; it is a duplicate of 'docs/copied.txt#page=1', which is rejected: nothing of either is delivered" told || fail "told: $(cat told)"
assay queue retry docs/bad.txt >/dev/null 2>err || fail "retry: $(cat err)"
# Of an original that has changed, and was not judged since (the run is stopped before), nobody can say how it stands.
assay queue retry docs/copied.txt >/dev/null 2>err || fail "retry: $(cat err)"
assert_eq "$(assay why docs/zcopy.txt --json | jq -r '.samples[0].original_stands')" kept 'delivered'
printf 'value: 5\n# another\n' >docs/copied.txt
for n in $(seq 1000); do printf 'value: 1\n# %s\n' "$n" >"docs/n$n.txt"; done
settle docs
"$ASSAY_TEST" run --store store -j1 --progress none >out 2>err &
pid=$!
for _ in $(seq 400); do
    ! assay why docs/copied.txt | grep -q 'content changed' || break
    sleep 0.05
done
kill -TERM "$pid"
wait "$pid" || true
assert_eq "$(assay why docs/zcopy.txt --json | jq -r '.samples[0].original_stands')" 'not judged yet' 'it has changed'
assert_match "$(assay why 'docs/zcopy.txt#page=1')" '*the same bytes as docs/copied.txt#page=1, which is not judged yet*' 'told'
assay check >out || fail "check: $(cat out)"
