# `show SAMPLE`: measurements, artifacts, verdict; --artifact writes its bytes.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages

assay show "$letter" --json >show.json
assert_jq show.json '[.sample, .kind, .part, .outcome, .source.path] | @json' \
    "[\"$letter\",\"page\",\"page=1\",\"accepted\",\"inbox/scans/letter.png\"]"
assert_jq show.json .source.digest "sha256:$(sha256sum <inbox/scans/letter.png | cut -d' ' -f1)"
assert_jq show.json .source.metadata.doc_type letter
assert_jq show.json '.measurements[] | select(.metric == "ocr.cer") | [.value, .reason, .stage] | @json' '[0,null,"ocr.recognize"]'
assert_jq show.json '.artifacts | map(.role) | join(" ")' 'text headings words alto evidence'
assay show 'inbox/scans/notice.pdf#page=1' --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "ocr.cer") | .value' null
assert_ne "$(jq_get '.measurements[] | select(.metric == "ocr.cer") | .reason' show.json)" '' 'reason'
assay show "$letter" | grep -qE '^ +ocr.confidence += [0-9.]+ %$' || fail 'no value with its unit'
echo 'measurements with units, undefined ones with a reason'

assay show inbox/scans/letter.png --artifact text >text
assay show "$letter" --json >show.json
assert_jq show.json '.artifacts[0].digest' "sha256:$(sha256sum <text | cut -d' ' -f1)"
assert_jq show.json '.artifacts[0].size' "$(wc -c <text)"
assay show "$letter" --artifact ocr.recognize/words | jq -e . >words || fail 'words are no JSON'
echo 'an artifact byte for byte; a path that is one sample stands for it'

assert_exit 66 assay show "$letter" --artifact txt
assert_match "$(cat err)" "*has no artifact 'txt'; it has text, headings, words, alto, evidence" 'unknown role'
assert_exit 64 assay show "$letter" --artifact text --json
assert_exit 66 assay show inbox/scans/notice.pdf
assert_match "$(cat err)" "*has 2 samples: add '#' and one of 'page=1', 'page=2'" 'several samples'
assert_exit 66 assay show inbox/scans/cut.tif
assert_match "$(cat err)" '*gave no samples*' 'failed source'
