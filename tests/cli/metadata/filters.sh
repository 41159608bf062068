# Filters: what they take out is counted, told by name, and part of the version; changing them judges again only.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
run_pages
plain=$(jq_get .version run.json)

write_config 'fields: {year: integer}
filters:
  - {name: german-only, keep: {language: de}}
  - {name: no-drafts, drop: {status: [draft, void]}}'
judge_pages
assert_eq "$(outcomes)" 'c filtered, d accepted, a accepted, b filtered'
assert_jq run.json '[.units.run, .conserved, .samples.in, .samples.accepted, .samples.filtered, .queue.open] | @json' \
    '[0,true,4,2,2,0]'
filtered=$(jq_get .version run.json)
assert_ne "$filtered" "$plain" 'the version'
assay why 'inbox/letter/1913_b.png#page=1' >why
grep -qF "filter 'german-only' takes it out of the dataset" why || fail "no filter: $(cat why)"
assay why 'inbox/invoice/1999_c.png#page=1' --json >why.json
assert_jq why.json '[.verdict.filter, .verdict.failure, .verdict.before.outcome] | @json' '["no-drafts",null,"accepted"]'
assay show 'inbox/invoice/1999_c.png#page=1' --json | jq_get .filter | grep -qx no-drafts || fail 'show'
assert_eq "$(assay queue list --json | jq length)" 0 'tickets'
echo 'two filtered'

assay export latest --out delivery >/dev/null 2>err || fail "export: $(cat err)"
assert_eq "$(jq -r '"\(.key) \(.outcome) \(.stage) \(.filter)"' delivery/others.jsonl)" \
    'inbox/invoice/1999_c.png#page=1 filtered null no-drafts
inbox/letter/1913_b.png#page=1 filtered null german-only'
assay diff "$plain" --json >diff.json
assert_jq diff.json '[.samples[] | [.sample, .to.outcome, .to.stage, .to.filter, .from.filter]] | sort | @json' \
    '[["inbox/invoice/1999_c.png#page=1","filtered",null,"no-drafts",null],["inbox/letter/1913_b.png#page=1","filtered",null,"german-only",null]]'
grep -qxF "~ inbox/letter/1913_b.png#page=1  page filtered by 'german-only', was accepted" <(assay diff "$plain") || fail 'diff'
assay why inbox/letter/1913_b.png --json >why.json
assert_jq why.json '.samples | map([.outcome, .filter]) | @json' '[["filtered","german-only"]]'
assay verify delivery >out || fail "verify: $(cat out)"
assay check >out || fail "check: $(cat out)"
echo 'delivered'

# What format 1 had: the filter's name for a stage. In either format another name is another version.
resum() { (cd old && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS); }
cp -R delivery old
jq -c 'if .outcome == "filtered" then .stage = .filter else . end | del(.filter)' delivery/others.jsonl >old/others.jsonl
sed -i 's/^  "format": 3,$/  "format": 1,/' old/version.json
assert_jq old/version.json .format 1
resum
assay verify old >out || fail "verify of format 1: $(cat out)"
sed -i 's/^  "format": 1,$/  "format": 2,/' old/version.json
resum
assert_exit 80 assay verify old
grep -qxF 'others.jsonl: its lines are not those of the version that version.cbor names' out || fail "format 1 as 2: $(cat out)"
sed -i 's/^  "format": 2,$/  "format": 4,/' old/version.json
resum
assert_exit 80 assay verify old
grep -qxF 'version.json: is of a format that this release does not read' out || fail "format 4: $(cat out)"
cp delivery/version.json old
sed 's/german-only/german/' delivery/others.jsonl >old/others.jsonl
resum
assert_exit 80 assay verify old
echo 'deliveries of format 1'

# Another name is another reason, and so another version; another order of the same is not.
sed -i 's/no-drafts/finished/' assay.yaml
judge_pages
assert_ne "$(jq_get .version run.json)" "$filtered" 'the version'
sed -i 's/finished/no-drafts/; s/draft, void/void, draft/' assay.yaml
judge_pages
assert_eq "$(jq_get .version run.json)" "$filtered" 'the version'
write_config
judge_pages
assert_eq "$(jq_get .version run.json)" "$plain" 'the version without filters'
echo 'versions'

# Numbers; by kind; a broken value is for the fields.
write_config 'fields: {year: {type: integer, min: 1913}}
filters:
  - {name: old, keep: {year: {max: 1999}}, kind: page}
  - {name: shots, drop: {year: {min: 0}}, kind: shot}'
judge_pages
assert_eq "$(outcomes)" 'c accepted, d filtered, a quarantined, b accepted'
echo 'numbers'

# The duplicate of a filtered page is nobody's duplicate.
cp inbox/letter/1912_a.png inbox/letter/1913_z.png
printf 'letter/1913_z.png,nl,final\n' >>inbox/index.csv
settle
write_config 'filters: [{name: dutch, keep: {language: nl}}]'
run_pages
assert_jq run.json '[.samples.accepted, .samples.filtered, .samples.duplicate, .conserved] | @json' '[1,4,0,true]'
write_config 'filters: [{name: not-french, drop: {language: fr}}]'
judge_pages
assert_jq run.json '[.samples.accepted, .samples.filtered, .samples.duplicate] | @json' '[3,1,1]'
echo 'duplicates'
