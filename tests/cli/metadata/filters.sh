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
assert_eq "$(jq -r '"\(.key) \(.outcome) \(.stage)"' delivery/others.jsonl)" \
    'inbox/invoice/1999_c.png#page=1 filtered no-drafts
inbox/letter/1913_b.png#page=1 filtered german-only'
assay verify delivery >out || fail "verify: $(cat out)"
assay check >out || fail "check: $(cat out)"
echo 'delivered'

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
