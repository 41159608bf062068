# Feedback on a sample that a remedy made: the report names the remedy, and judging leaves the ticket open.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
page=$letter
cat >>assay.yaml <<'YAML'
remedies:
  ink: [page.binarize: {}]
YAML
# write_bound NUMBER VERSION: on what the remedy raises.
write_bound() {
    write_contract 99 info "$2"
    sed -i "s/^      - {id: wide.*/      - {id: sure, type: custom, engine: assay, severity: error, implementation: {metric: ocr.confidence, mustBeGreaterThan: $1, remedy: ink}}/" pages.odcs.yaml
}
write_bound 99.9 1.0.0
run_pages
assay queue show "$page" --json >show.json
plain=$(jq_get '.[0].checks[] | select(.check == "sure") | .value' show.json)
helped=$(jq_get '.[0].attempts[0].note' show.json | sed 's/.* is \([0-9.]*\).*/\1/')
awk -v a="$plain" -v b="$helped" 'BEGIN {exit !(b > a)}' || skip "the remedy does not help here: $plain, $helped"
write_bound "$plain" 1.0.1
judge_pages
assert_jq <(assay queue show "$page" --json) '.[0].state' repaired
echo 'repaired'

echo "{\"key\": \"$page\", \"label\": \"fail\", \"note\": \"strokes are gone\"}" >eval.jsonl
assay feedback import eval.jsonl >out
assay feedback open --json >open.json
assert_jq open.json '[.opened, .added, .left] | @json' '[1,0,0]'
assay queue show "$page" --json >show.json
assert_jq show.json '.[0] | [.state, .origin, [.checks[].check], .feedback, (.attempts | map(select(.current)) | length)] | @json' \
    '["open","feedback",["sure"],"evaluation E1 eval: label fail: strokes are gone",1]'
assert_exit 64 assay queue retry "$page"
assert_match "$(cat err)" "*is repaired by ink, rung 1, so what else its checks name is not tried: *; what the model got wrong is answered by 'assay queue resolve *" 'retry'
write_bound "$plain" 1.0.2
judge_pages
assert_jq run.json .conserved true
assert_jq <(assay queue show "$page" --json) '.[0] | [.state, .origin] | @json' '["open","feedback"]'
assert_match "$(assay queue list --origin feedback)" "*$page *evaluation E1 eval: label fail: strokes are gone" 'the queue'
assay check >out || fail "check: $(cat out)"
echo 'judged, and still open'

# Once it fails whatever is tried, it is a ticket of the judging; once it is gone, of nobody.
write_bound 99.9 1.0.3
judge_pages
assert_jq <(assay queue show "$page" --json) '.[0] | [.state, .origin] | @json' '["needs-review","judged"]'
assay feedback open >out
assert_match "$(tail -n 1 out)" '0 opened; 1 told before' 'told before'
assert_jq run.json .conserved true
echo 'failing'
