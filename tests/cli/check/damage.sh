# `check`: nothing to say of a whole store; damage is named with the samples and versions that it affects.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
version=$(jq_get .version run.json)

assert_exit 0 assay check
assert_match "$(cat out)" 'all is as it was stored: * rows, * objects, * bytes read, 1 version looked at' summary
assert_exit 0 assay check --read-data --json
assert_jq out '[.findings, .complete, .versions] | @json' '[[],true,1]'
assert_eq "$(cat err)" '' 'standard error'
echo 'a whole store'

# flip FILE OFFSET: one bit of one byte.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\x$(printf %02x $((byte ^ 64)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

assay show "$letter" --artifact text >text
cp -R .assay damaged
at=$(grep -obaF "$(head -n 1 text)" damaged/packs/*.pack | head -n 1 | cut -d: -f1)
flip damaged/packs/*.pack "$at"
assert_exit 80 assay check --store damaged --read-data --json
assert_jq out '.findings | length' 1
assert_jq out '.findings[0] | [.what, .name] | @json' "[\"object\",\"sha256:$(sha256sum <text | cut -d' ' -f1)\"]"
assert_jq out ".findings[0].samples | index(\"$letter\") != null" true
assert_jq out '.findings[0].versions | @json' "[\"$version\"]"
assert_exit 80 assay check --store damaged --read-data
assert_match "$(head -n 1 out)" 'object sha256:*' 'text'
assert_match "$(tail -n 1 out)" '1 finding: *' 'last line'
assert_exit 65 assay show --store damaged "$letter" --artifact text
echo 'a flipped bit of an artifact'

rm -rf damaged
cp -R .assay damaged
truncate -s 8192 damaged/catalog/data.mdb
assert_exit 80 assay check --store damaged --json
assert_match "$(jq_get '.findings[0] | "\(.what): \(.detail)"' out)" 'catalog: reader crashed with signal *' 'finding'
assert_jq out .complete false
truncate -s 100 damaged/catalog/data.mdb
assert_exit 80 assay check --store damaged
echo 'a catalog that lost its pages'

assert_exit 66 assay check --store nowhere
assert_exit 64 assay check store
