# A folder that is not there must not make an empty version silently.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test

text_dataset
echo 'value: 1' >docs/a
mkdir more && echo 'value: 2' >more/b
sed -i 's|^pipelines:|  - {path: "more/*", modality: page}\n&|' assay.yaml
place=$(awk '/more/ { print NR ":" index($0, "\"more") }' assay.yaml)
settle docs more
test_run_into store
version=$(version_of)
assert_eq "$(cat run.err)" '' 'warnings of a run that finds all'

# One pattern of two: told with its place, and no version under --strict.
mv more elsewhere
assert_exit 0 assay_test run --store store --dry-run --json
assert_match "$(cat err)" "*warning: assay.yaml:$place: no source matches 'more/\*'*" 'dry run'
assert_jq out '[.patterns_unmatched, .sources.missing] | @csv' '1,1'
assert_exit 80 assay_test run --store store --strict --progress none
assert_match "$(cat err)" "*warning: assay.yaml:$place: no source matches 'more/\*'*" 'strict run'
assert_match "$(cat out)" '*version * none committed: a pattern of sources matches nothing*' 'strict run'
assert_eq "$(assay log --store store --json | jq length)" 1 'versions after a strict run'
test_run_into store
assert_jq run.json '[.patterns_unmatched, .samples.in, .sources.missing] | @csv' '1,1,0'
echo 'a pattern without a source is told; strict makes no version of it'

# Nothing at all: nothing is done, and the message says what to do.
mv docs nowhere
for option in --dry-run --progress=none; do
    assert_exit 66 assay_test run --store store "$option"
    assert_match "$(cat err)" '*no source at all*1 samples*--allow-empty*' "$option"
done
assert_eq "$(assay log --store store --json | jq length)" 2 'versions after a run of nothing'
mv nowhere docs
test_run_into store
assert_jq run.json '[.sources.unchanged, .sources.missing] | @csv' '1,0'
mv docs nowhere
test_run_into store --allow-empty
assert_jq run.json '[.samples.in, .sources.missing, .patterns_unmatched] | @csv' '0,1,2'
[ "$(version_of)" != "$version" ] || fail 'the empty version is the first one'
# Told once: it has left the dataset.
test_run_into store
assert_jq run.json .sources.missing 0
echo 'nothing at all: only if it is said'

# The first run of nothing: both lines end the text.
assert_exit 0 assay_test run --store new --progress none
assert_match "$(cat out)" '*sources   0 seen = 0 processed + 0 unchanged + 0 failed*samples   0 in = *' 'text'

# A run that takes some sources looks for none that are missing, and a dry run says the same.
mv nowhere docs
echo 'value: 3' >docs/c
echo 'value: 4' >docs/d
settle docs
test_run_into store
rm docs/a
for option in '' --dry-run; do
    test_run_into store --limit 1 $option
    assert_jq run.json .sources.missing 0
done
test_run_into store --dry-run
assert_jq run.json .sources.missing 1
test_run_into store
assert_jq run.json .sources.missing 1
test_run_into store --dry-run
assert_jq run.json .sources.missing 0
echo 'missing sources are counted by the run that misses them'

# A table of metadata in the folder of the sources is none.
printf 'path,licence\nc,CC0\n' >docs/index.csv
printf 'metadata_files: [docs/index.csv]\n' >>assay.yaml
settle docs
test_run_into store
assert_jq run.json '[.sources.seen, .sources.failed, .metadata_rows.without_source] | @csv' '2,0,0'
echo 'a table is no source'
