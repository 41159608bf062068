# Fields: what breaks them is quarantined with a ticket that names field, value and rule, and comes back when mended.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
write_config 'fields:
  doc_type: {values: [invoice, letter]}
  year: {type: integer, min: 1900, max: 2000}
  language: {required: true, values: [de, fr]}
  status: {required: true}'
run_pages
assert_eq "$(outcomes)" 'c accepted, d quarantined, a accepted, b accepted'
assay queue show T1 >ticket
grep -qF "status is absent, it is required; year is '2001', must be between 1900 and 2000" ticket ||
    fail "no reason: $(cat ticket)"
assay why 'inbox/invoice/2001_d.png#page=1' --json >why.json
assert_jq why.json '[.verdict.failure.stage, .verdict.failure.class, .verdict.failure.deterministic] | @json' \
    '["fields","metadata",true]'
assert_match "$(jq_get .verdict.failure.message why.json)" "status is absent*" message
assert_jq run.json '[.units.run, .conserved, .samples.quarantined] | @json' '[4,true,1]'
echo 'quarantined by name'

# A wider field judges again without running; the ticket follows.
write_config 'fields: {year: {type: integer, min: 1900, max: 2001}, status: {required: true}}'
judge_pages
assay queue show T1 >ticket
grep -qF 'status is absent, it is required' ticket || fail "the ticket did not follow: $(cat ticket)"
! grep -qF "fields metadata: status is absent, it is required; year" ticket || fail 'the ticket is stale'
echo '{"status": "final"}' >inbox/invoice/2001_d.json
settle
run_pages
assert_jq run.json '[.units.run, .samples.accepted, .queue.open, .queue.settled] | @json' '[0,4,0,1]'
echo 'mended'

# What only a closed list of fields refuses.
write_config 'fields: {doc_type: text, year: integer, licence: text, owner: text, status: text}
fields_closed: true'
judge_pages
assert_eq "$(outcomes)" 'c quarantined, d accepted, a quarantined, b quarantined'
assert_match "$(assay why 'inbox/letter/1912_a.png#page=1')" "*language is 'de', it is none of the fields*" 'closed'
echo 'closed'

# What can be known before anything runs is an error with its place.
sed -i 's/owner: archive/onwer: archive/' assay.yaml
assert_exit 78 assay config lint
assert_match "$(cat out)" "*assay.yaml:5:36: error: metadata 'onwer' is none of the fields, did you mean 'owner'?*" lint
assert_exit 78 assay run --progress none
echo 'linted'
