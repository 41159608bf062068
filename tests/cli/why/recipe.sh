# A recipe that changed in many terms: all of them are named, first those of what the verdict is about.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/mislabelled.png inbox/scans/mislabelled.gt.txt
# write_steps READ QUALITY RECOGNIZE: parameters of each
write_steps() {
    write_config
    sed -i "s/  page: .*/  page: [page.read: {$1}, page.quality: {$2}, ocr.recognize: {$3}]/" assay.yaml
}
write_steps 'dpi: 300' 'max_skew: 5' 'languages: [eng]'
write_contract
sed -i '/id: wide/d' pages.odcs.yaml
settle
run_pages
first=$(jq_get .version run.json)
write_steps 'dpi: 200, max_pixels: 100000000' 'max_skew: 6, blank_ratio: 0.001' 'languages: [eng], dictionary: false, segmentation: single_block'
run_pages

all='ocr.recognize.segmentation ocr.recognize.dictionary page.read.dpi page.read.max_pixels page.quality.max_skew page.quality.blank_ratio'
assay why "$wrong" --json >why.json
recipe='.work.changes[] | select(.what == "recipe")'
assert_jq why.json "$recipe | .text" 'the recipe changed in 6 terms'
assert_jq why.json "$recipe | [.terms[] | .name] | join(\" \")" "$all"
assert_jq why.json "$recipe | .terms[0] | [.what, .stage, .before, .now] | @json" '["parameter","ocr.recognize","auto","single_block"]'
assert_jq why.json '.verdict.outcome' quarantined
assay diff "$first" --json >diff.json
assert_jq diff.json '.samples | map(.sample) | @json' "[\"$letter\"]"
assert_jq diff.json '.samples[0].changes[] | select(.what == "recipe") | .terms | length' 6
assert_jq diff.json '.recipes.page.changes[0] | [.name, .stage] | @json' '["page.read.dpi","page.read"]'
assay why "$wrong" >why
assert_eq "$(grep -A 6 'because the recipe changed' why | tail -n +2)" '            parameter ocr.recognize.segmentation is single_block, was auto
            parameter ocr.recognize.dictionary is false, was true
            parameter page.read.dpi is 200, was 300
            parameter page.read.max_pixels is 100000000, was 200000000
            parameter page.quality.max_skew is 6, was 5
            parameter page.quality.blank_ratio is 0.001, was 0.00005' 'text'
echo 'every term, those of the failed check first'

sed -i 's/page.quality: /page.deskew, page.quality: /' assay.yaml
sed -i 's/max_skew: 6/max_skew: 7/; s/dpi: 200/dpi: 250/' assay.yaml
run_pages
assay why "$wrong" >why
assert_eq "$(grep -c 'more term' why)" 0 'lines about more'
assert_eq "$(grep -A 3 'because the recipe changed in 3 terms' why | sed -n 3p)" '            stage page.deskew is new (version 1, exact-per-build)' 'a new stage'
write_steps 'dpi: 300' 'max_skew: 5' 'languages: [eng]'
run_pages
assay why "$wrong" >why
grep -qxF '          because the recipe changed in 7 terms' why || fail "7 terms: $(cat why)"
grep -qxF '            and 1 more term (--json lists all)' why || fail "one more: $(cat why)"
echo 'a list for people is short'
