# Metadata from the rule, the path, a table and a sidecar: the nearer one wins, and changes judge again without running.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
sleep 2.1 # stamps that are younger when files are hashed are not trusted
run_pages
assert_jq run.json '[.units.run, .samples.accepted, .metadata_rows.read, .metadata_rows.without_source] | @json' '[4,4,3,0]'
first=$(jq_get .version run.json)

assay show 'inbox/invoice/2001_d.png#page=1' --json >show.json
assert_jq show.json '.source.metadata | tostring' \
    '{"doc_type":"invoice","language":"de","licence":"CC0","owner":"archive","scan.dpi":"300.0","year":"2001"}'
assert_jq show.json '.source.metadata_origins | tostring' \
    '{"doc_type":"path","language":"sidecar","licence":"sidecar","owner":"assay.yaml","scan.dpi":"sidecar","year":"path"}'
assay show 'inbox/letter/1912_a.png#page=1' >show
grep -qF 'language: de (table)' show || fail "no origin: $(cat show)"
echo 'four origins'

# A second run looks at stamps only: neither a sidecar nor a source is opened.
run_pages
assert_jq run.json '[.units.run, .units.cached, .sources.unchanged, .version] | @json' "[0,0,4,\"$first\"]"
if command -v strace >/dev/null && ! grep -qE '__asan_init|__tsan_init' "$ASSAY"; then
    strace -f -o trace -e trace=openat "$ASSAY" run -j1 --progress none >out 2>err || fail "under strace: $(cat err)"
    ! grep -qE '\.png|2001_d\.json' trace || fail "opened: $(grep -E '\.png|\.json' trace | head -n 2)"
    assert_eq "$(grep -c 'inbox/index.csv' trace)" 1 'tables are read once'
fi
echo 'nothing done again'

# A sidecar that says something else: judged again, not run; and why names the field.
echo '{"language": "nl", "licence": "CC0"}' >inbox/invoice/2001_d.json
settle
run_pages
assert_jq run.json '[.units.run, .sources.unchanged] | @json' '[0,4]'
assert_ne "$(jq_get .version run.json)" "$first" 'version'
assay why inbox/invoice/2001_d.png --json >why.json
assert_jq why.json '.work.causes | join(" ")' metadata
assert_jq why.json '.work.metadata_changes | map("\(.name) \(.before) \(.now)") | join(", ")' \
    'language de nl, scan.dpi 300.0 null'
assay why inbox/invoice/2001_d.png >why
grep -qF "metadata language changed: it is 'nl', was 'de'" why || fail "no change: $(cat why)"
echo 'a sidecar changed'

# Other bytes that say the same are a touch.
echo '{"licence": "CC0",   "language": "nl"}' >inbox/invoice/2001_d.json
settle
version=$(jq_get .version run.json)
run_pages
assert_jq run.json '[.units.run, .sources.unchanged, .version] | @json' "[0,4,\"$version\"]"

# Without it the table and the rule are heard again.
rm inbox/invoice/2001_d.json
printf 'invoice/2001_d.png,it,\n' >>inbox/index.csv
run_pages
assert_jq run.json .units.run 0
assay show 'inbox/invoice/2001_d.png#page=1' --json >show.json
assert_jq show.json '.source.metadata | [.language, .licence] | join(" ")' 'it CC-BY-4.0'
echo 'a sidecar vanished'

assay export latest --out delivery >/dev/null 2>err || fail "export: $(cat err)"
assert_eq "$(jq -r 'select(.key | test("1912_a")) | .metadata | tostring' delivery/manifest.jsonl)" \
    '{"doc_type":"letter","language":"de","licence":"CC-BY-4.0","owner":"archive","status":"final","year":"1912"}'
assay verify delivery >out || fail "verify: $(cat out)"
echo 'delivered'
