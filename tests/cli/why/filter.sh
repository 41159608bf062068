# What a filter did to a sample, and why it does so since the verdict before: the filter is new, says something else or
# is gone, or the metadata changed. diff tells the same of two versions.
. "$(dirname "${BASH_SOURCE[0]}")/../metadata/pages.bash"
metadata_dataset
run_pages
plain=$(jq_get .version run.json)
a='inbox/letter/1912_a.png#page=1' b='inbox/letter/1913_b.png#page=1' c='inbox/invoice/1999_c.png#page=1'

# since SAMPLE: what changed since its verdict before.
since() {
    assay why "$1" --json | jq -c '.verdict.before.changes | map([.what, .name, .before, .now])'
}

two_filters() {
    write_config "filters:
  - {name: german-only, keep: {language: $1}}
  - {name: no-drafts, drop: {status: [draft, 'it''s void']}, modality: page}"
}

two_filters de
judge_pages
filtered=$(jq_get .version run.json)
assert_eq "$(since "$b")" '[["filter","german-only",null,"keep language: de"]]' 'of b'
assert_eq "$(since "$c")" "[[\"filter\",\"no-drafts\",null,\"drop status: [draft, 'it''s void']; modality page\"]]" 'of c'
assay why "$b" >why
assert_eq "$(grep -A 1 '^before' why)" 'before    accepted; since then
          filter german-only is new: keep language: de' 'text'
assay diff "$plain" >diff
grep -qxF 'filters   filter german-only is new: keep language: de' diff || fail "diff: $(cat diff)"
assert_eq "$(grep -A 1 "^~ $b" diff)" "~ $b  page filtered by 'german-only', was accepted
    filter german-only is new: keep language: de" 'sample of a diff'
echo 'a new filter'

two_filters '[de, fr]'
judge_pages
assert_eq "$(since "$b")" '[["filter","german-only","keep language: de","keep language: [de, fr]"]]' 'of b'
assert_match "$(assay why "$b")" '*before    filtered; since then*filter german-only is: keep language: \[de, fr\], was: keep language: de*' 'text'
assert_eq "$(since "$c")" "[[\"filter\",\"no-drafts\",null,\"drop status: [draft, 'it''s void']; modality page\"]]" 'of c, as before'
assay diff "$filtered" --json >diff.json
assert_jq diff.json '.filters | map([.what, .name, .before, .now]) | @json' \
    '[["filter","german-only","keep language: de","keep language: [de, fr]"]]'
assert_jq diff.json '.samples | map([.sample, .from.filter, .changes[0].what, .changes[0].name]) | @json' \
    "[[\"$b\",\"german-only\",\"filter\",\"german-only\"]]"
echo 'an edited filter'

# the filters stand: only what is said of the source has changed
sed -i 's/^letter\/1912_a.png,de,final/letter\/1912_a.png,nl,final/' inbox/index.csv
before=$(jq_get .version run.json)
run_pages
assert_eq "$(since "$a")" '[["metadata","language","de","nl"]]' 'of a'
assay diff "$before" --json >diff.json
assert_jq diff.json '[.filters, (.samples | map([.sample, .to.filter, .changes[0].what]))] | @json' "[[],[[\"$a\",\"german-only\",\"metadata\"]]]"
echo 'metadata, not the filter'

before=$(jq_get .version run.json)
write_config "filters:
  - {name: german-only, keep: {language: [de, fr]}}"
judge_pages
assert_eq "$(since "$c")" "[[\"filter\",\"no-drafts\",\"drop status: [draft, 'it''s void']; modality page\",null]]" 'of c'
assert_match "$(assay why "$c")" "*filter no-drafts was taken out (it was: drop status: \[draft, 'it''s void'\]; modality page)*" 'text'
assay diff "$before" >diff
grep -qF 'filters   filter no-drafts was taken out' diff || fail "diff: $(cat diff)"

# another name, and then a field's type
sed -i 's/german-only/german/' assay.yaml
judge_pages
assert_eq "$(since "$a")" \
    '[["filter","german",null,"keep language: [de, fr]"],["filter","german-only","keep language: [de, fr]",null]]' 'of a'
write_config "filters: [{name: new-ones, drop: {year: {min: 1913, max: 1999}}}]
fields: {year: integer}"
judge_pages
assert_eq "$(since "$c")" '[["filter","new-ones",null,"drop year: {min: 1913, max: 1999} as integer"]]' 'of c'
assert_exit 0 assay check
echo 'a filter that is gone, and numbers'

# away while the filter was added: the judging before is not the one that accepted it
write_config
run_pages
assert_match "$(assay why "$b")" '*verdict   accepted*' 'b'
mv inbox/letter/1913_b.png away.png
write_config 'filters: [{name: german-only, keep: {language: de}}]'
run_pages
mv away.png inbox/letter/1913_b.png
run_pages
assert_jq <(assay why "$b" --json) '.verdict | [.outcome, .filter, .before.outcome, .before.changes] | @json' '["filtered","german-only","accepted",null]'
assert_match "$(assay why "$b")" '*before    accepted; a filter, or the metadata that it looks at*' 'text'
touch -d '2 hours ago' inbox/letter/1913_b.png
run_pages
assert_match "$(assay why "$b")" '*touched*' 'cause'
assert_jq <(assay why "$b" --json) '.verdict.before.changes' null
write_config 'filters: [{name: german-only, keep: {language: [de, fr]}}]'
judge_pages
assert_eq "$(since "$b")" '[["filter","german-only","keep language: de","keep language: [de, fr]"]]' 'of b, judged again since it is back'
echo 'a sample that was away'
