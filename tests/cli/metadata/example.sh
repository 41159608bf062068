# The example with a catalogue: one page is delivered, one is filtered, one breaks a field.
use_example catalogue
use_media inbox/scans/letter.png inbox/scans/letter_copy.png inbox/scans/mislabelled.png
assert_exit 0 assay config lint
assert_eq "$(grep -v 'no contracts' out)" 'assay.yaml: no errors, 1 warning'
assay run --json --progress none >run.json 2>err || fail "run: $(cat err)"
assert_jq run.json '.samples | [.accepted, .quarantined, .filtered, .duplicate] | @json' '[1,1,1,0]'
assay queue list >queue
grep -qF "language is 'it', must be one of de, en, fr" queue || fail "queue: $(cat queue)"
echo 'run'

assert_eq "$(assay queue list --metadata shelfmark=mislabelled --json | jq length)" 1 'the ticket by metadata'
assert_exit 0 assay queue list --metadata shelfmark=letter
assert_match "$(cat err)" '*no ticket matches*' 'no ticket'
assert_exit 0 assay queue list --metadata shelf=mislabelled
assert_exit 64 assay queue list --metadata shelfmark
assert_match "$(assay queue show T1)" "*mend what the message names*" advice
echo 'queue'

assay export latest --out delivery >/dev/null 2>err || fail "export: $(cat err)"
assert_jq delivery/version.json '.metadata | [.collection, .year] | tostring' \
    '[{"samples":1,"values":{"scans":1}},{"samples":1,"values":{"1912":1}}]'
grep -qF '| language | 1 | en (1) |' delivery/README.md || fail "card: $(cat delivery/README.md)"
assay verify delivery >out || fail "verify: $(cat out)"
echo 'delivery'
