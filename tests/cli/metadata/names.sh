# A bad sidecar in a folder whose name is not UTF-8 is told by its escaped name, and the store stays readable.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
odd=inbox/$'caf\xe9'
mkdir "$odd" && cp inbox/invoice/1999_c.png "$odd/2002_e.png"
echo '{"language": ' >"$odd/2002_e.json"
settle
run_pages
assert_jq run.json '[.sources.failed, .samples.accepted] | @json' '[1,4]'
assay why 'inbox/caf%E9/2002_e.png' --json >why.json
assert_match "$(jq_get .source.failure.message why.json)" 'inbox/caf%E9/2002_e.json: line 2, *' message
assay check >out || fail "check: $(cat out)"
run_pages
echo '{"language": "de", "licence": "CC0"}' >"$odd/2002_e.json"
settle
run_pages
assert_jq run.json '[.sources.failed, .samples.in] | @json' '[0,5]'
