# `queue show`: a ticket by number, sample or path, with its source, stage, parameters, history and advice.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages
id=$(assay queue list --json --check cer | jq -r '.[0].id')

assay queue show "$id" >shown
for text in "ticket    $id open" "subject   $wrong (page)" 'contract pages 1.0.0' 'source    inbox/scans/mislabelled.png' \
    'ocr.recognize version' 'languages          [eng]' 'history   ' 'try       '; do
    grep -qF "$text" shown || fail "no '$text': $(cat shown)"
done
assay queue show "$wrong" | cmp - shown || fail 'by sample it is another text'
assay queue show inbox/scans/mislabelled.png | cmp - shown || fail 'by path it is another text'
echo 'a ticket by number, sample and path'

assay queue show "$id" --json >shown.json
assert_jq shown.json 'length' 1
assert_jq shown.json '.[0].steps | map(.stage) | @json' '["ocr.recognize","page.quality"]'
assert_jq shown.json '.[0].steps[0].params.languages' '[eng]'
assert_jq shown.json '.[0].history | length' 1
assert_jq shown.json '.[0] | .source_digest' "sha256:$(sha256sum <inbox/scans/mislabelled.png | cut -d' ' -f1)"
assert_jq shown.json '.[0].try | length > 1' true

write_contract 99
judge_pages
write_contract 0.02
judge_pages
assay queue show "$id" --json >shown.json
assert_jq shown.json '.[0].history | map(.state) | @json' '["open","passed","open"]'
assert_jq shown.json '.[0].history[1].reason' 'no check of severity error fails now: page.width is 1241, must be > 90000 (warning)'
echo 'history tells how it went'

assert_exit 66 assay queue show T99
assert_match "$(cat err)" "assay: there is no ticket 'T99'*" 'unknown number'
assert_exit 66 assay queue show "$letter"
assert_match "$(cat err)" "*never had a ticket*" 'accepted sample'
assert_exit 66 assay queue show mislabelled.png
assert_match "$(cat err)" "*did you mean 'inbox/scans/mislabelled.png'?" 'base name'
assert_exit 64 assay queue show
