# What may take a decision back, and what must not: attempts still to be made, remedies named on what is settled,
# metadata, and texts and files that stand in each other's way.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
mkdir docs
cat >assay.yaml <<'YAML'
dataset: texts
sources:
  - {path: "docs/**", modality: page, metadata: {batch: one}}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
remedies:
  less:
    - test.read: {add: -20}
YAML
cat >values.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b12
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: value, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 10}}
YAML
for name in crashed replaced waived rejected metadata; do
    printf 'value: 15\n# %s\n' "$name" >docs/$name.txt
done
printf 'value: 2\n' >docs/good.txt
printf 'fail: decode\n' >docs/broken.txt
printf 'value: 3\nact: segfault\n' >crash.txt
printf 'value: 4\n' >better.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
ticket() { jq -r ".tickets[0].ticket | $1" did.json; }
state() { assay queue list --json --all "$1" | jq -r '.[0].state'; }
# What people did to it, by its history: each before what came of it.
acts() { assay queue show "$1" --json | jq -r '.[0].history[] | select(.act) | "\(.state) \(.actor): \(.reason)"'; }
page() { printf 'docs/%s.txt#page=1' "$1"; }
test_run_into store

# ---- an attempt that a crash left undone is made again: the file stays
decide resolve "$(page crashed)" --file crash.txt --reason 'scanned again'
assert_eq "$(ticket '[.state, .attempts[0].way, .attempts[0].outcome] | @json')" '["retrying","replaced","undone"]' 'undone'
decide retry "$(page crashed)" --actor Carl --reason 'once more'
assert_eq "$(acts "$(page crashed)" | tail -n 1)" 'retrying Carl: attempts that are still to be made; once more' 'who tried again'
assert_jq did.json '.tickets[0].did' 'attempts that are still to be made'
assert_eq "$(ticket '[.state, .attempts[0].way, .attempts[0].outcome] | @json')" '["retrying","replaced","undone"]' 'made again'
assert_eq "$(assay why "$(page crashed)" --json | jq -r '[.. | objects | select(.kind? == "replace") | .standing] | unique | @json')" '["stands"]' \
    'the decision stands'
assert_exit 64 assay queue retry "$(page crashed)" --remedy less
assert_match "$(cat err)" "*has another file in its place that is still to be tried: 'assay queue retry T*" 'a remedy in its stead'
echo 'undone attempts'

# ---- a remedy by name
decide resolve "$(page replaced)" --file better.txt --actor Anna --reason 'scanned again'
assert_eq "$(ticket .state)" replaced 'replaced'
assert_exit 64 assay queue retry "$(page replaced)" --remedy less
assert_match "$(cat err)" "*T* (docs/replaced.txt#page=1) has another file in its place, which a remedy would take back: 'assay queue retry T*" \
    'a remedy on what is replaced'
assert_eq "$(state "$(page replaced)")" replaced 'replaced still'
decide retry "$(page replaced)" --actor Carl --reason 'the wrong page'
assert_eq "$(ticket .state)" open 'taken back'
decide retry "$(page replaced)" --remedy less --actor Dora
assert_eq "$(ticket .state)" repaired 'then the remedy'
assert_eq "$(acts "$(page replaced)")" "open Anna: replaced by Anna with better.txt; scanned again
replaced Carl: taken back: judged as if nothing had been decided; the wrong page
open Dora: retried by Dora with remedy less" 'who did what'
assert_eq "$(assay queue show "$(page replaced)" --json | jq -c '[.[0].history[] | select(.actor == "Carl") | .before == .after, .run, (.at | length)]')" \
    '[true,null,24]' 'what stood then'
assert_match "$(assay queue show "$(page replaced)" | grep -A1 'taken back')" '*the wrong page*by Carl' 'in words'
assert_match "$(assay why "$(page replaced)" | grep '^ticket')" '*repaired: remedy less, attempt 1*' 'why it is so'
decide waive "$(page waived)" --owner Anna --reason 'it will do'
decide retry "$(page waived)" --remedy less
assert_eq "$(ticket '[.state, .decision.kind] | @json')" '["repaired","remedy"]' 'a remedy on what is waived'
decide reject "$(page rejected)" --reason 'torn'
decide retry "$(page rejected)" --remedy less
assert_eq "$(ticket .state)" repaired 'a remedy on what is rejected'
printf '{"key": "%s", "label": false}\n' "$(page good)" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
assert_exit 64 assay queue retry "$(page good)" --remedy less
assert_match "$(cat err)" '*passes every check as the pipeline makes it: a remedy would not be tried; what the model got wrong is answered by *' 'a remedy on what passes'
decide reject "$(page good)" --reason 'cut'
assert_exit 64 assay queue retry "$(page good)" --remedy less
assert_eq "$(state "$(page good)")" rejected 'and stays rejected'
echo 'a remedy by name'

# ---- metadata: over what a rule says, until they are taken back; also where they are why a filter takes the sample out
cat >>assay.yaml <<'YAML'
filters:
  - {name: no-drafts, drop: {batch: draft}}
YAML
said() { assay show docs/metadata.txt --json | jq -c .metadata; }
test_run_into store
before=$(said)
decide resolve "$(page metadata)" --metadata batch=draft
assert_eq "$(assay why "$(page metadata)" --json | jq -r .verdict.outcome)" filtered 'filtered'
assert_eq "$(state "$(page metadata)")" passed 'its ticket'
decide resolve docs/metadata.txt --metadata batch=draft --metadata note=again --actor Ben --reason 'drafts'
assert_eq "$(acts "$(page metadata)" | tail -n 1)" 'passed Ben: metadata by Ben: batch=draft, note=again; drafts' 'who said so'
assert_eq "$(assay queue show "$(page metadata)" --json | jq -r '.[0].metadata_decision | .kind + " " + .actor')" 'metadata Ben' 'in force'
assert_eq "$(assay queue show "$(page metadata)" | grep -c '^decision  metadata by Ben: batch=draft, note=again')" 1 'in words'
assert_jq did.json '.tickets[0].did | sub("by [^:]*"; "by X")' 'metadata by X: batch=draft, note=again'
decide retry docs/metadata.txt
assert_jq did.json '.tickets[0].did' 'metadata taken back: what files and rules say stands again'
assert_eq "$(said)" "$before" 'as the rule says'
assert_eq "$(assay queue show "$(page metadata)" --json | jq -c '.[0].metadata_decision')" null 'in force no more'
assert_eq "$(state "$(page metadata)")" open 'judged again'
assert_exit 64 assay queue retry docs/metadata.txt
decide resolve "$(page metadata)" --metadata batch=two
decide reject "$(page metadata)" --reason 'torn'
decide retry "$(page metadata)"
assert_eq "$(ticket .state)" open 'all of it is taken back'
assert_eq "$(said)" "$before" 'as the rule says again'
# So it is where a filter took out what was rejected: it does not come back rejected.
decide reject "$(page metadata)" --reason 'torn'
decide resolve "$(page metadata)" --metadata batch=draft
assert_eq "$(ticket .state)" passed 'filtered'
decide retry "$(page metadata)"
assert_jq did.json '.tickets[0].did' 'taken back, metadata too: judged as if nothing had been decided'
assert_eq "$(ticket .state)" open 'the rejection too'
assay check >out || fail "check: $(cat out)"
echo 'metadata'

# ---- a text and another file: one does not take the other back unsaid
printf 'value: 5\n' >text.txt
decide resolve "$(page metadata)" --text text.txt
assert_eq "$(ticket '[.state, .attempts[0].way, .attempts[0].chosen] | @json')" '["corrected","corrected",true]' 'corrected'
assert_exit 64 assay queue retry "$(page metadata)" --remedy less
assert_match "$(cat err)" '*has a correction, which a remedy would take back*' 'a remedy on what is corrected'
decide resolve "$(page metadata)" --file better.txt
assert_eq "$(ticket .state)" replaced 'a file on what is corrected'
assert_match "$(jq -r '.tickets[0].did' did.json)" '*replaced by * better.txt; the correction no longer holds' 'it is told'
assert_exit 64 assay queue resolve "$(page metadata)" --text text.txt
assert_match "$(cat err)" '*has another file in its place, which a text would take back: the text must be part of a file*' 'a text on what is replaced'
assert_eq "$(state "$(page metadata)")" replaced 'replaced still'
decide retry "$(page metadata)"
decide resolve "$(page metadata)" --text text.txt
assert_eq "$(ticket .state)" corrected 'taken back first'
echo 'texts and files'

# ---- help in vain: the ticket is about what it was opened for, decisions on top of it about what stands
printf 'value: 12\n' >worse.txt
decide resolve "$(page metadata)" --text worse.txt
assert_eq "$(ticket '[.state, .checks[0].value, .attempts[-1].note] | @json')" '["needs-review",15,"value: test.value is 12"]' 'in vain'
decide waive "$(page metadata)" --owner Anna --reason 'it will do'
assert_eq "$(ticket '[.state, .checks[0].value] | @json')" '["waived",15]' 'waived as corrected'
assert_eq "$(assay why "$(page metadata)" --json | jq -c '.verdict | [.outcome, .way, .checks[0].value]')" '["waived","corrected",12]' 'why'
decide reject "$(page metadata)" --reason 'after all not'
assert_eq "$(ticket .state)" rejected 'rejected as corrected'
decide retry "$(page metadata)"
assert_eq "$(assay why "$(page metadata)" --json | jq -c '[.verdict.way] + [.verdict.decisions[] | select(. != null) | .standing]')" \
    '["plain","withdrawn","withdrawn","withdrawn"]' 'the rejection and the correction, both at once'
decide resolve "$(page metadata)" --text worse.txt
decide retry "$(page metadata)" --remedy less
assert_eq "$(ticket .state)" repaired 'a remedy in place of help in vain'
assay check >out || fail "check: $(cat out)"
echo 'in vain'

# ---- contents: what an event tells of before is what the one before it left
chain() { assay queue show "$1" --json | jq -c '[.[0].history[] | [.before, .after] | map(if . == null then "-" else .[7:] end)]'; }
decide retry "$(page waived)"
decide resolve "$(page waived)" --file better.txt
as_better=$(chain "$(page waived)" | jq -r '.[-1][1]')
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 4/; s/version: 1.0.0/version: 1.0.1/' values.odcs.yaml
printf 'value: 3\n' >new.txt
test_run_into store
assert_eq "$(chain "$(page waived)" | jq -c '.[-1]')" "[\"$as_better\",\"-\"]" 'a contract that fails it'
decide resolve "$(page waived)" --file new.txt
assert_eq "$(ticket .state)" replaced 'another file'
assert_eq "$(chain "$(page waived)" | jq -r '[.[-3:][][0]] | unique | @json')" "[\"$as_better\"]" 'what stood before it'
assert_eq "$(chain "$(page waived)" | jq -c '[range(1; length) as $i | select(.[$i - 1][1] != "-") | .[$i][0] == .[$i - 1][1]] | unique')" \
    '[true]' 'each goes on where the one before left it'
echo 'contents'
