# What people decide: waivers and their expiry, rejections, other files, metadata, retries; and how each shows up in the
# queue, in why, lineage, diff, and the next version and delivery.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
text_dataset
cat >assay.yaml <<'YAML'
dataset: texts
sources:
  - {path: "docs/**", modality: page, metadata: {batch: one}}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
YAML
write_values() { # BOUND [VERSION]
    cat >values.odcs.yaml <<YAML
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b11
version: ${2-1.0.0}
status: active
schema:
  - name: page
    quality:
      - {id: value, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: $1}}
YAML
}
write_values 10
mkdir -p docs
printf 'value: 15\n' >docs/waived.txt
printf 'value: 16\n' >docs/rejected.txt
printf 'value: 17\n' >docs/replaced.txt
printf 'value: 1\n' >docs/good.txt
printf 'value: 3\nreject: empty\n' >docs/empty.txt
printf 'fail: decode\n' >docs/broken.txt
printf 'value: 4\nanother file\n' >rescan.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
now=2026-06-01T00:00:00Z
test_run_into store --as-of $now
first=$(version_of)
waived='docs/waived.txt#page=1' rejected='docs/rejected.txt#page=1' replaced='docs/replaced.txt#page=1'

state() { assay queue list --json --all "$1" | jq -r '.[0].state'; }
outcome() { assay why "$1" --json | jq -r .verdict.outcome; }
# decide WANT VERB...: the command ends well, its report is in did.json.
decide() {
    assay queue "$@" --as-of $now --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"
}
changed() { assay diff "$1" latest --json | jq -r ".samples[] | select(.sample == \"$2\") | .changes[] | select(.what == \"decision\") | .text"; }

# ---- a dry run writes nothing
find store -type f ! -name lock.mdb -exec sha256sum {} + | sort >before
decide waive "$waived" --owner Anna --reason 'smudged' --dry-run
assert_jq did.json '[.dry_run, .summary, (.tickets | length), .tickets[0].ticket.state] | @json' '[true,null,1,"open"]'
decide resolve "$replaced" --file rescan.txt -n
find store -type f ! -name lock.mdb -exec sha256sum {} + | sort | diff before - || fail 'a dry run wrote'
echo 'dry run'

# ---- a waiver
decide waive "$waived" --owner Anna --reason 'smudged, but legible' --expires 2026-07-01 --actor ben
assert_jq did.json '.tickets | length' 1
assert_jq did.json '.tickets[0] | [.did, .before, .ticket.state] | @json' '["waived by Anna until 2026-07-01 00:00:00Z","open","waived"]'
assert_jq did.json '.tickets[0].ticket.decision | [.kind, .standing, .actor, .owner, .reason, .expires] | @json' \
    '["waive","stands","ben","Anna","smudged, but legible","2026-07-01T00:00:00.000Z"]'
assert_jq did.json '.summary.samples | [.accepted, .quarantined, .waived] | @json' '[1,3,1]'
assert_eq "$(outcome "$waived")" waived 'outcome'
assay why "$waived" >why.txt
for text in 'verdict   waived' 'error     value: test.value 15, must be < 10' 'decision  waived by Anna until 2026-07-01 00:00:00Z' \
    'smudged, but legible' 'told by ben' 'before    quarantined; what people decided, see above'; do
    grep -qF "$text" why.txt || fail "why says no '$text': $(cat why.txt)"
done
assert_eq "$(changed "$first" "$waived")" 'waived by Anna until 2026-07-01 00:00:00Z: smudged, but legible' 'diff'
assay lineage "$waived" --format prov >prov.json
assert_jq prov.json '[.activity[] | select(."assay:kind" == "waive") | ."assay:text"] | @json' '["waived by Anna until 2026-07-01 00:00:00Z"]'
assert_jq prov.json '[.agent[] | select(."prov:type"."$" == "prov:Person") | ."prov:label"] | sort | @json' '["Anna","ben"]'
assert_jq prov.json '.wasInfluencedBy | length' 2 # the sample, and its ticket
assay queue show "$waived" >shown
grep -qE '^history   .*  waived +owner Anna, until 2026-07-01T00:00:00.000Z: smudged, but legible$' shown || fail "history: $(cat shown)"
grep -qF '          after sha256:' shown || fail "no content after: $(cat shown)"
echo 'waived'

# ---- the same decisions, the same version, whoever made them
second=$(jq_get .summary.version did.json)
cp -R store other
decide waive "$waived" --owner Carl --reason 'another reason' --expires 2026-07-01 --actor dora
assert_jq did.json '.summary.version' "$second"
decide waive "$waived" --owner Carl --reason 'longer' --expires 2026-08-01
assert_eq "$(assay diff "$second" latest --json | jq -r '.decisions[].text')" \
    'docs/waived.txt#page=1: waived by Carl until 2026-08-01 00:00:00Z: longer; was waived until 2026-07-01 00:00:00Z' 'diff of a renewed waiver'
echo 'who and why are beside the version'
rm -rf store && mv other store

# ---- delivered as waived
assay export latest --out d >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -c "select(.key == \"$waived\") | [.outcome, .treatment, .waiver.expires, .findings[0].check, .findings[0].severity]" d/manifest.jsonl)" \
    '["waived","plain","2026-07-01T00:00:00.000Z","value","error"]' 'the line of a waived sample'
! grep -rqE 'Anna|ben|smudged' d || fail 'who and why are in the delivery'
cp -R d forged
sed -i 's/2026-07-01T00/2027-07-01T00/' forged/manifest.jsonl
(cd forged && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS)
assert_exit 80 assay verify forged
grep -qF 'its waiver expires at another time than the decision says' out || fail "forged: $(cat out)"
echo 'delivered'

# ---- it expires
run_judge() { assay judge --as-of "$1" --json >run.json 2>run.err || fail "judge: $(cat run.err)"; }
run_judge 2026-06-30T23:59:59Z
assert_eq "$(state "$waived")" waived 'a second before'
run_judge 2026-07-01T00:00:00Z
assert_eq "$(state "$waived")" open 'expired'
assert_eq "$(outcome "$waived")" quarantined 'expired'
assay why "$waived" >why.txt
grep -qF 'not in force: it expired on 2026-07-01' why.txt || fail "why: $(cat why.txt)"
grep -qF 'before    waived; its waiver is no longer in force' why.txt || fail "why: $(cat why.txt)"
assert_match "$(changed "$second" "$waived")" 'no longer waived by Anna until *' 'diff of an expired waiver'
test_run_into store --as-of 2026-07-02T00:00:00Z
assert_eq "$(state "$waived")" open 'a run after it expired'
test_run_into store --as-of $now
assert_eq "$(state "$waived")" waived 'judged as of then, it holds'
assert_eq "$(version_of)" "$second" 'and the version is the same'
echo 'expired'

# ---- a rejection
decide reject "$rejected" docs/broken.txt --reason 'torn'
assert_jq did.json '[.tickets[].ticket.state] | unique | @json' '["rejected"]'
assert_eq "$(outcome "$rejected")" quarantined 'a rejected sample stays out'
assert_eq "$(assay queue list --json | jq length)" 2 'the replaced and the empty one are open still'
assay why "$rejected" >why.txt
grep -qF 'decision  rejected by' why.txt || fail "why: $(cat why.txt)"
assert_eq "$(assay show latest --json | jq -r '[.decisions[] | "\(.kind) \(.subject)"] | sort | join(", ")')" \
    "reject docs/broken.txt, reject $rejected, waive $waived" 'decisions of the version'
echo 'rejected'

# ---- another file
third=$(jq_get .summary.version did.json)
decide resolve "$replaced" --file rescan.txt --reason 'scanned again'
assert_jq did.json '.tickets[0] | [.ticket.state, .ticket.decision.file, .ticket.attempts[0].way, .ticket.attempts[0].chosen] | @json' \
    '["replaced","rescan.txt","replaced",true]'
assert_eq "$(outcome "$replaced")" accepted 'replaced'
# Its ticket says what it was opened for, and in whose place the file stands.
assert_jq did.json '.tickets[0].ticket.checks | map([.check, .value]) | @json' '[["value",17]]'
assert_eq "$(assay queue list --all --check value --state replaced --json | jq -r '.[].subject')" "$replaced" 'found by its check'
assay queue list --all --state replaced | grep -q 'value: test.value 17' || fail "its reason: $(assay queue list --all --state replaced)"
assert_eq "$(cat docs/replaced.txt)" 'value: 17' 'the source is left alone'
assay lineage "$replaced" --json >lineage.json
payload=sha256:$(sha256sum <rescan.txt | cut -d' ' -f1) original=sha256:$(sha256sum <docs/replaced.txt | cut -d' ' -f1)
assert_jq lineage.json ".nodes[] | select(.type == \"source\" and .digest == \"$payload\") | .in_place" rescan.txt
assert_jq lineage.json "[.nodes[] | select(.type == \"source\" and .digest == \"$original\")] | length" 1
assert_jq lineage.json '[.nodes[] | select(.type == "unit")] | length' 2
assert_jq lineage.json '[.edges[] | select(.relation == "wasInformedBy") | .to | sub(":.*"; "")] | sort | @json' '["decision","unit"]'
assert_eq "$(assay diff "$third" latest --json | jq -c ".samples[] | select(.sample == \"$replaced\") | [.from.outcome, .to.outcome, ([.changes[].what] | unique)]")" \
    '["quarantined","accepted",["artifact","content","decision","measurement"]]' 'diff of a replaced sample'
assay why "$replaced" >why.txt
grep -qF 'made by   the other file' why.txt || fail "why: $(cat why.txt)"
assay export latest --out d --force >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
jq -c "select(.key == \"$replaced\")" d/manifest.jsonl >line.json
assert_jq line.json '[.treatment, .source.sha256, .source.original] | @json' "[\"replaced\",\"${payload#*:}\",\"${original#*:}\"]"
cmp rescan.txt "d/$(jq_get .source.file line.json)" || fail 'the other file is not delivered'
rm "d/$(jq_get .source.file line.json)"
assert_exit 80 assay verify d
# It holds for any number of runs, and nothing is done again.
test_run_into store --as-of $now
assert_eq "$(jq -r '.units.run' run.json)" 0 'units that a run after it does'
assert_eq "$(state "$replaced")" replaced 'after a run'
echo 'replaced'

# ---- what was decided upon changes: opened again
write_values 9 1.1.0
run_judge $now
assert_eq "$(state "$waived")" open 'waived under another bound'
assert_eq "$(state "$rejected")" open 'rejected under another bound'
assert_eq "$(state "$replaced")" replaced 'another file stands by the bytes of the source'
write_values 10 1.2.0
run_judge $now
assert_eq "$(state "$waived")" waived 'another version of the contract that says the same'
printf 'value: 19\n' >docs/waived.txt
printf 'value: 20\n' >docs/replaced.txt
settle docs
test_run_into store --as-of $now
assert_eq "$(state "$waived")" open 'waived, and the file changed'
assert_eq "$(state "$replaced")" open 'replaced, and the file changed'
echo 'opened again'

# ---- taken back
decide retry "$rejected" docs/broken.txt
assert_eq "$(state "$rejected")" open 'a rejection that is taken back'
assert_eq "$(state docs/broken.txt)" open 'of a source too'
assay why "$rejected" >why.txt
grep -qE 'decision  rejected by .* \(withdrawn since\)' why.txt || fail "why: $(cat why.txt)"
echo 'taken back'

# ---- metadata
decide resolve --source docs/waived --metadata batch=two --metadata note='a b'
assert_jq did.json '.tickets[0].did | sub("by [^:]*"; "by X")' 'metadata by X: batch=two, note=a b'
assert_eq "$(assay why docs/waived.txt --json | jq -r '.subject')" docs/waived.txt 'why'
assert_eq "$(assay queue list --json --metadata batch=two | jq -r '.[].subject')" "$waived" 'a filter finds it'
decide resolve "$waived" --metadata batch=three
assert_jq did.json '.tickets[0].did | sub("by [^:]*"; "by X")' 'metadata by X: batch=three, note=a b'
echo 'metadata'

# ---- selections, all or nothing
assert_exit 64 assay queue waive --owner Anna --reason x
assert_match "$(cat err)" "*queue waive: name tickets, or give a filter*" 'no selection'
assert_exit 64 assay queue waive --state open --owner Anna --reason x
assert_match "$(cat err)" "*T* (docs/*" 'one of them cannot be waived'
assert_eq "$(assay queue list --json --all --state waived | jq length)" 0 'none is'
decide waive --kind page --check value --owner Anna --reason 'all of them'
assert_jq did.json '[.tickets[].ticket.state] | unique | @json' '["waived"]'
assert_jq did.json '.tickets | length' 3
echo 'a selection'

for bad in 'waive T1 --reason x' 'waive T1 --owner A' 'waive T1 --owner A --reason x --expires tomorrow' \
    'waive T1 --owner A --reason x --expires 2001-01-01' 'reject T1' 'resolve T1' 'resolve T1 --text a --file b' \
    'resolve T1 --metadata batch' 'resolve T1 --metadata batch=a --metadata batch=b' 'resolve T1 --file docs' 'resolve T1 --file /dev/null' 'resolve --file rescan.txt --state waived' \
    'retry docs/empty.txt' 'retry docs/broken.txt'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue $bad
done
assert_exit 64 assay queue waive T1 --owner A --reason x --expires 9999-12-31
assert_match "$(cat err)" "*'9999-12-31' is no date*up to the end of 2261*" 'an expiry that no clock reaches'
assert_exit 66 assay queue waive T99 --owner A --reason x
assert_exit 66 assay queue resolve T1 --file nowhere.txt
assert_exit 66 assay queue retry T1 --remedy nothing
assert_match "$(cat err)" "*has no remedy 'nothing'" 'unknown remedy'
assert_exit 66 assay queue reject --state passed --reason x
assert_match "$(cat err)" '*no ticket matches' 'nothing to do'
assert_exit 64 assay queue waive docs/broken.txt --owner A --reason x
assert_match "$(cat err)" '*T* (docs/broken.txt) gave no samples*' 'nothing to deliver'
assert_exit 64 assay queue waive docs/empty.txt --owner A --reason x
assert_match "$(cat err)" '*T* (docs/empty.txt#page=1) has nothing that could be delivered (empty)*' 'rejected by a stage'
# A source that a crash stopped: the next run does it again.
printf 'act: segfault\n' >docs/crash.txt
test_run_into store --as-of $now
decide retry docs/crash.txt
assert_jq did.json '[.summary, .tickets[0].did] | @json' '[null,"the next '"'assay run'"' does it again"]'
printf 'act: none\n' >docs/crash.txt
test_run_into store --as-of $now
assert_eq "$(state docs/crash.txt)" passed 'done again'
assert_eq "$(assay log --json | jq '.[0].decisions // .versions[0].decisions')" 4 'decisions of the newest version'
assay status | grep -q '^queue    [0-9]* open.*settled: .*3 waived' || fail "status: $(assay status)"
assay check >out || fail "check: $(cat out)"
