# An old version is delivered as it was, when the store has moved on. What the store no longer knows is null.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
make_version
first=$(jq_get .version run.json)
assay export latest --out before >/dev/null

rm inbox/audio/tone.flac
sed -i 's/doc_type: invoice/doc_type: letter/' assay.yaml
sed -i 's/metric: ocr.confidence, mustBeGreaterOrEqualTo: 75/metric: ocr.confidence, mustBeGreaterOrEqualTo: 74/' contracts/scan.odcs.yaml
assay run --json --progress none >run.json 2>/dev/null
assert_ne "$(jq_get .version run.json)" "$first" 'version id'
assert_exit 0 assay export "$first" --out after
assert_match "$(cat err)" 'assay: warning: metadata in assay.yaml were edited since *'
assert_delivery after

assert_eq "$(jq -r .key after/manifest.jsonl)" "$(jq -r .key before/manifest.jsonl)" keys
cmp before/version.cbor after/version.cbor
assert_eq "$(jq -c 'del(.metadata, .findings)' after/manifest.jsonl)" \
    "$(jq -c 'del(.metadata, .findings)' before/manifest.jsonl)" 'all but metadata'
assert_jq after/version.json '.without_metadata > 0' true

echo 'checks of samples that are not delivered: what they were, or null where the sample got another verdict since'
assert_jq before/others.jsonl 'select(.key == "inbox/scans/blank.png#page=1") | .checks | type' array
assert_jq after/others.jsonl 'select(.key == "inbox/scans/blank.png#page=1") | .checks' null
assert_eq "$(jq -s -c --slurpfile was before/others.jsonl '[.[] | select(.checks != null) | . as $n
    | $was[] | select(.key == $n.key and .checks != $n.checks)]' after/others.jsonl)" '[]'
assert_eq "$(jq -c 'del(.checks, .original)' after/others.jsonl)" "$(jq -c 'del(.checks, .original)' before/others.jsonl)" others
