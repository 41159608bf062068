# `diff`: what differs between two versions, down to the term of the recipe, the bound and the measurement.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
assay tag one latest >out
write_contract 99
judge_pages
assay tag two latest >out

assay diff one one --json >diff.json
assert_jq diff.json '[.differ, (.samples | length), .counts.unchanged] | @json' '[false,0,6]'
assert_exit 0 assay diff one one --exit-code
echo 'a version and itself'

assay diff one two --json >diff.json
assert_jq diff.json '.recipes.page.changes | length' 0
assert_jq diff.json '.contracts | map([.what, .name, .before, .now, .effect]) | @json' \
    '[["check","cer","< 0.02","< 99","loosened"]]'
assert_jq diff.json '.samples | map([.change, .sample, .from.outcome, .to.outcome]) | @json' \
    "[[\"outcome\",\"$wrong\",\"quarantined\",\"accepted\"]]"
assert_jq diff.json '.samples[0].changes | @json' '[]'
assert_jq diff.json '[.counts[]] | @json' '[0,0,1,0,0,5,1]'
assert_jq <(assay diff two one --json) '.contracts[0].effect' tightened
assert_jq <(assay diff two one --json) '.samples[0].checks | map(.check) | @json' '[]' # 'one' is not the latest
assert_exit 80 assay diff one two --exit-code
assert_match "$(cat out)" "*cer: bound is < 99, was < 0.02 (loosened)*~ $wrong  page accepted, was quarantined*1 with another outcome*" 'text'
echo 'a bound'

write_contract
write_config 'segmentation: single_block'
printf 'quite another text' >inbox/scans/letter.gt.txt
rm inbox/scans/notice.pdf
use_media inbox/scans/tilted.png
settle
run_pages
assay diff two --json >diff.json
assert_jq diff.json '.recipes.page.changes | map([.what, .name, .before, .now]) | @json' \
    '[["parameter","ocr.recognize.segmentation","auto","single_block"]]'
assert_jq diff.json '.samples | map(select(.change == "removed").sample) | sort | @json' \
    '["inbox/scans/notice.pdf#page=1","inbox/scans/notice.pdf#page=2"]'
assert_jq diff.json '.counts | [.added, .removed] | @json' '[1,2]'
filter=".samples[] | select((.sample == \"$letter\") and .change == \"outcome\")"
assert_jq diff.json "$filter | [.from.outcome, .to.outcome, .checks[0].check] | @json" '["accepted","quarantined","cer"]'
assert_jq diff.json "$filter | .changes | map(.what) | unique - [\"artifact\"] | @json" '["measurement","recipe","sidecar"]'
assert_jq diff.json "$filter | .changes[] | select(.what == \"sidecar\") | [.name, .text[0:30]] | @json" \
    '["ground_truth","sidecar ground_truth changed: "]'
assert_jq diff.json "$filter | .changes[] | select(.name == \"ocr.cer\") | .before != .now" true
assay diff two latest >diff
grep -qF 'recipe    page: parameter ocr.recognize.segmentation is single_block, was auto' diff || fail "recipe: $(cat diff)"
grep -qxF -- '- inbox/scans/notice.pdf#page=2  page accepted' diff || fail "removed: $(cat diff)"
echo 'a parameter, a sidecar, files that came and went'

assert_jq <(assay diff two --change removed --limit 1 --json) '[(.samples | length), .counts.matched] | @json' '[1,2]'
assert_eq "$(assay diff two --change removed --path inbox/scans/notice.pdf | grep -c '^-')" 2 'by path'
assert_eq "$(assay diff two --kind source --json | jq '.samples | length')" 0 'by kind'
assert_exit 0 assay diff two --kind source --exit-code
assert_jq <(assay diff two --outcome quarantined --json) 'all(.samples[]; .from.outcome == "quarantined" or .to.outcome == "quarantined") and (.samples | length > 0)' true
assay diff two --summary >summary
! grep -q '^[-+~=] ' summary || fail 'a summary that lists'
assert_eq "$(tail -n 1 summary)" "$(tail -n 1 diff)" 'counts'
assert_exit 64 assay diff two --change remade2
assert_match "$(cat err)" "*none of added, removed, outcome, content, remade, did you mean 'remade'*" 'hint'
assert_exit 66 assay diff three
assert_exit 64 assay diff
echo 'filters'

DOC_TYPE=invoice write_config 'segmentation: single_block'
run_pages
assay tag three latest >out
assay diff three three >/dev/null
previous=$(assay log --json | jq -r '.[1].version')
assay diff "${previous:7:12}" --json >diff.json
assert_jq diff.json '[.counts.content, .counts.added, .counts.outcome] | map(. > 0) | @json' '[true,false,false]'
assert_jq diff.json '.samples | map(.changes | map(.what)) | unique | @json' '[["metadata"]]'
echo 'metadata alone'
