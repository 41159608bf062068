# Nothing is overwritten, and nothing is written when something would be.
mkdir -p archive/scans archive/contracts
printf '\x89PNG\r\n\x1a\n' >archive/scans/a.png
echo mine >archive/contracts/page.odcs.yaml
assert_exit 73 assay init archive
assert_eq "$(cat err)" "assay: 'archive/contracts/page.odcs.yaml' is there already; --force overwrites it"
[ ! -e archive/assay.yaml ] || fail 'written all the same'
assert_exit 0 assay init archive --force --json
assert_jq out '.found.page' 1
assert_jq out .store archive/.assay
[ "$(cat archive/contracts/page.odcs.yaml)" != mine ] || fail 'not written'
assert_exit 73 assay init archive
assert_exit 66 assay init nowhere
