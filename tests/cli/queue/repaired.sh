# A sample that a remedy repairs: what the queue, why, lineage, diff and the delivery tell of it, losers included.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt
config() { # REMEDIES
    cat >assay.yaml <<YAML
dataset: pages
sources:
  - {path: "inbox/**", modality: page, sidecars: {ground_truth: "{stem}.gt.txt"}}
pipelines:
  page: [page.quality: {blank_ratio: 0.5}]
contracts: [pages.odcs.yaml]
$1
YAML
}
cat >pages.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 5d0f5e0e-5a3a-4f0c-8b65-0a1d0c1f2e02
name: pages
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: inked, type: custom, engine: assay, severity: error, implementation: {metric: page.blank, mustBe: 0, remedy: faint}}
YAML
config 'remedies: {faint: [page.quality: {blank_ratio: 0.4}, page.quality: {blank_ratio: 0.0001}], other: [page.quality: {blank_ratio: 0.3}]}'
settle
run_pages
assert_jq run.json '[.samples.accepted, .queue.open] | @json' '[1,0]'
assert_eq "$(assay queue list)" '' 'nothing is open'
assay queue list --json --state repaired >list.json
assert_jq list.json '.[0] | [.state, .subject, .origin, .decision] | @json' "[\"repaired\",\"$letter\",\"judged\",null]"
assert_jq list.json '[.[0].attempts[] | [.way, .remedy, .rung, .outcome, .chosen, .failed_checks]] | @json' \
    '[["remedy","faint",1,"checks",false,1],["remedy","faint",2,"passed",true,0]]'
assert_eq "$(assay queue list --json --all --remedy faint | jq length)" 1 'by its remedy'
assert_eq "$(assay queue list --json --all --group remedy | jq -c '[.[] | [.group, .tickets]]')" '[["faint",1]]' 'by remedies'
assay queue show "$letter" >shown
grep -qF 'attempt   faint, rung 1: fails 1 check' shown || fail "first attempt: $(cat shown)"
grep -qF 'attempt   faint, rung 2: passes; taken' shown || fail "second attempt: $(cat shown)"
grep -qF 'parameter page.quality.blank_ratio is 0.0001, was 0.5' shown || fail "what changed: $(cat shown)"
assert_exit 64 assay queue retry "$letter"
assert_match "$(cat err)" '*T1 (*) is repaired by faint, rung 2, so what else its checks name is not tried: name a remedy with --remedy, which is tried first' 'nothing to retry'
echo 'the queue'

assay why "$letter" >why.txt
for text in 'verdict   accepted' 'repaired  faint, rung 2' 'because without it inked: page.blank 1, must be = 0'; do
    grep -qF "$text" why.txt || fail "why says no '$text': $(cat why.txt)"
done
assert_eq "$(assay why "$letter" --json | jq -c '.verdict | [.way, .remedy, .rung, .ticket.state, .ticket.checks[0].check]')" \
    '["remedy","faint",2,"repaired","inked"]' 'why in JSON'
assay why inbox/scans/letter.png | grep -qF 'by faint, rung 2' || fail 'why of the path'
echo 'why'

assay lineage "$letter" --json >lineage.json
assert_jq lineage.json '[.nodes[] | select(.type == "unit")] | length' 3
assert_jq lineage.json '[.nodes[] | select(.type == "recipe")] | length' 3
assert_jq lineage.json '[.edges[] | select(.relation == "wasInformedBy")] | length' 2
assay lineage "$letter" --upstream --json >lineage.json
assert_jq lineage.json '[.nodes[] | select(.type == "unit")] | length' 2
assert_jq lineage.json '[.edges[] | select(.relation == "wasInformedBy")] | length' 1
echo 'lineage'

assay export latest --out d >/dev/null
assay verify d >/dev/null || fail "verify: $(assay verify d)"
assert_eq "$(jq -r '[.treatment, .waiver] | @json' d/manifest.jsonl)" '["repaired",null]' 'in the delivery'
assert_eq "$(find d/recipes -name '*.cbor' | wc -l)" "$(jq '1 + (.remedies | length)' d/version.json)" 'recipes'
[ -f "d/recipes/$(jq -r '.recipe | sub("sha256:"; "")' d/manifest.jsonl).json" ] || fail 'the recipe that was taken is not there'
sed 's/"repaired"/"plain"/' d/manifest.jsonl >forged
cp forged d/manifest.jsonl
(cd d && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS)
assert_exit 80 assay verify d
grep -qF 'it is plain by the recipe of a remedy, or repaired by one that is none' out || fail "forged: $(cat out)"
assert_eq "$(jq -c .treatments d/version.json)" '{"plain":0,"repaired":1,"corrected":0,"replaced":0}' 'counted'
echo 'delivery'

version=$(jq_get .version run.json)
config 'remedies: {faint: [page.quality: {blank_ratio: 0.4}], other: [page.quality: {blank_ratio: 0.3}, page.quality: {blank_ratio: 0.00001}]}'
run_pages
assert_eq "$(assay queue list --json | jq -r '.[].state')" needs-review 'every attempt in vain'
assert_exit 64 assay queue retry "$letter"
assert_match "$(cat err)" '*has seen every remedy that its checks name*' 'nothing left to try'
assay queue show "$letter" | grep -qF "queue retry T1 --remedy NAME" || fail 'advice'
! assay queue show "$letter" | grep -qF 'resolve T1 --text' || fail 'advice of a text that no stage takes'
assert_exit 64 assay queue resolve "$letter" --text inbox/scans/letter.gt.txt
assert_match "$(cat err)" '*has no text: its pipeline has no stage that takes one' 'no stage takes a text'
assay queue retry "$letter" --remedy other --reason 'the scan is faint' --actor ada --json >did.json 2>did.err || fail "retry: $(cat did.err)"
assert_jq did.json '.tickets[0].ticket | [.state, .decision.kind, .decision.remedy, (.attempts | map(.current))] | @json' \
    '["repaired","remedy","other",[false,false,true,true]]'
assert_eq "$(assay diff "$version" latest --json | jq -c '[.samples[].changes[] | select(.what == "decision" or .what == "recipe") | .what] | sort')" \
    '["decision","recipe"]' 'diff'
assay lineage "$letter" --format prov >prov.json
assert_jq prov.json '[.wasInformedBy[] | select(."prov:informant" | startswith("assay:decision"))] | length' 1
assay check >out || fail "check: $(cat out)"
echo 'a remedy by name'
