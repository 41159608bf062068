# A version that was come to again with another filter: diff tells that which was asked last.
. "$(dirname "${BASH_SOURCE[0]}")/../metadata/pages.bash"
metadata_dataset
run_pages
plain=$(jq_get .version run.json)
write_config 'filters: [{name: no-cc0, drop: {licence: CC-BY-4.0}}]'
judge_pages
filtered=$(jq_get .version run.json)
write_config 'filters: [{name: no-cc0, drop: {licence: XYZ}}]'
judge_pages
assert_eq "$(jq_get .version run.json)" "$plain" 'version that came back'

assay diff "$filtered" latest --json >diff.json
assert_jq diff.json '.filters | map([.what, .name, .before, .now]) | @json' \
    '[["filter","no-cc0","drop licence: CC-BY-4.0","drop licence: XYZ"]]'
a='inbox/letter/1912_a.png#page=1'
assert_jq diff.json ".samples[] | select(.sample == \"$a\") | .changes | map([.what, .now]) | @json" '[["filter","drop licence: XYZ"]]'
echo 'the filter of the last judging'
