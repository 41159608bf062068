# Of what a sample of an old version was a duplicate: told while the version stands, null where it got another original
# since. Samples that a filter took out fail no check: a warning does not count them.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

# told DIR: "KEY ORIGINAL" of the duplicates in a delivery of the first version.
told() {
    assert_exit 0 assay export --store store "$first" --out "$1" --json
    assay verify "$1" >/dev/null || fail "verify finds a difference in $1"
    jq -r 'select(.outcome == "duplicate") | "\(.key[5:6]) \(.original)"' "$1/others.jsonl" | tr '\n' ' '
}

text_dataset
for name in a b c; do
    echo 'value: 5' >docs/$name.txt
done
echo 'value: 6' >docs/d.txt
sed -i 's|^  - {path: .*|  - {path: "docs/d.txt", modality: page, metadata: {status: draft}}\n&|' assay.yaml
echo 'filters: [{name: no-drafts, drop: {status: draft}}]' >>assay.yaml
settle docs
test_run_into store
first=$(version_of)
assert_eq "$(told first)" 'b docs/a.txt#page=1 c docs/a.txt#page=1 ' 'duplicates'
assert_jq out .without_checks 0
echo 'the original, while the version stands'

rm docs/a.txt
test_run_into store
assert_eq "$(told gone)" 'b null c null ' 'duplicates of what is gone'
assert_jq out .without_checks 2
assert_match "$(cat err)" '*of 2 that are not delivered it is not known any more which checks they failed, or of what they are duplicates*'
echo 'null, where it is another now'

# judged anew, the filter is another, and the row of d says so
sed -i 's/no-drafts/no-more-drafts/' assay.yaml
test_run_into store
assert_eq "$(told other)" 'b null c null ' 'duplicates'
assert_jq other/others.jsonl 'select(.outcome == "filtered").filter' no-drafts
assert_jq out .without_checks 2
echo 'what a filter took out is not counted'

# a stage rejected both: the one that is kept has the ticket, and that the other is its duplicate is known all the same
printf 'value: 7\nreject: empty\n' | tee docs/x.txt >docs/y.txt
test_run_into store
assert_exit 0 assay export --store store latest --out rejected --json
assert_jq out .without_checks 0
assert_jq rejected/others.jsonl 'select(.key == "docs/y.txt#page=1") | .original' 'docs/x.txt#page=1'
echo 'of what a stage rejected'
