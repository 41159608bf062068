# A trie of the last version that is damaged is not built upon: the next version is built anew, and is the right one.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
run_pages
for key in $(grep -obaF 'inbox/letter/1912_a.png#page=1' .assay/packs/* | sed 's|:inbox/.*||'); do
    at=${key##*:}
    pack=$(find .assay/packs -type f)
    printf 'X' | dd of="$pack" bs=1 seek="$at" conv=notrunc status=none
done
[ -n "${at-}" ] || fail 'no leaf of a trie is in the pack'
echo '{"language": "fr", "licence": "CC0"}' >inbox/invoice/2001_d.json
settle
run_pages
grep -q 'a trie of the last judgement is damaged' run.err || fail "run: $(cat run.err)"
assert_jq run.json '[.samples.in, .samples.accepted, .conserved] | @json' '[4,4,true]'
version=$(jq_get .version run.json)
assay run -j1 --json --progress none --store fresh >fresh.json
assert_jq fresh.json .version "$version"
