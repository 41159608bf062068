# A delivery says of every sample and source what became of it, and what it says can be read with plain tools.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
make_version
assay export latest --format jsonl --out d --json >export.json
assert_eq "$(jq_get .version export.json)" "$(jq_get .version run.json)" 'version id'
assert_delivery d

assert_eq "$(jq -s length d/manifest.jsonl)" "$(jq '.samples | .accepted + .waived' run.json)" samples
assert_eq "$(jq -s length d/others.jsonl)" \
    "$(jq '(.samples | .quarantined + .duplicate + .filtered) + .sources.failed' run.json)" others
assert_eq "$(jq -r .key d/manifest.jsonl | LC_ALL=C sort)" "$(jq -r .key d/manifest.jsonl)" 'order of keys'
assert_eq "$(jq -r .counts.delivered d/version.json)" "$(jq -s length d/manifest.jsonl)" delivered

echo 'a page, its text inline and as an artifact'
jq -c 'select(.key == "inbox/scans/letter.png#page=1")' d/manifest.jsonl >page.json
assert_jq page.json .source.sha256 "$(sha256sum inbox/scans/letter.png | cut -d' ' -f1)"
text=$(jq -r '.artifacts[] | select(.role == "text") | .path' page.json)
assert_eq "$(jq -j .text page.json | sha256sum)" "$(sha256sum <"d/$text")" 'inline text'
assert_jq page.json '.metadata | "\(.licence) \(.doc_type)"' 'CC-BY-4.0 invoice'
assert_jq page.json '.measurements | has("ocr.cer") and has("page.skew")' true

echo 'what is not delivered, and why'
why() { jq -r --arg k "$1" 'select(.key == $k) | "\(.outcome) \(.stage) \(.failure)"' d/others.jsonl; }
assert_eq "$(why inbox/scans/cut.tif)" 'failed page.read short'
assert_eq "$(why 'inbox/scans/blank.png#page=1')" 'quarantined ocr.recognize empty'
assert_jq d/others.jsonl 'select(.outcome == "duplicate").original' 'inbox/scans/letter.png#page=1'
[ "$(jq -s '[.[] | select(.outcome == "quarantined" and .failure == null and (.checks | length) == 0)] | length' d/others.jsonl)" = 0 ] ||
    fail 'a quarantined sample without a failed check'

echo 'the data card'
grep -q '^# harbour-archive$' d/README.md || fail 'no title'
grep -q '^All samples: CC-BY-4.0\.$' d/README.md || fail 'no licence'
