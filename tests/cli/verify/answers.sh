# Exit codes, and the answer for programs.
. "$(dirname "${BASH_SOURCE[0]}")/../export/delivery.bash"
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt
use_example mixed
assay run --progress none >/dev/null 2>&1
assay export latest --out d >/dev/null

assert_exit 64 assay verify
assert_exit 66 assay verify nowhere
assert_eq "$(cat err)" "assay: there is no folder 'nowhere'"
assert_exit 66 assay verify inbox
assert_match "$(cat err)" "assay: 'inbox' is no delivery: *"

assert_exit 0 assay verify d --json
assert_jq out '"\(.differences) \(.samples) \(.exit)"' '0 1 0'
assert_eq "$(jq -r .version out)" "sha256:$(sha256sum <d/version.cbor | cut -d' ' -f1)" 'version id'
rm d/README.md
assert_exit 80 assay verify d --json
assert_jq out '.findings[0] | "\(.file) \(.message)"' 'README.md is missing'
rm d/SHA256SUMS
assert_exit 80 assay verify d
grep -qx 'SHA256SUMS: is missing' out || fail "$(cat out)"
