# `why`: which term of the work key made a run do a source again, or that none did.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
path=inbox/scans/mislabelled.png

why() {
    assay why "$1" --json >why.json
}

# assert_work PATH CAUSES UNITS-RUN
assert_work() {
    why "$1"
    assert_jq why.json '.work.causes | join(" ")' "$2"
    assert_jq why.json '.work.units_run' "$3"
}

assert_work $path new 1
assert_jq why.json '.work.run.name' "$(jq_get .run run.json)"
first=$(jq_get .source.digest why.json)

run_pages
assert_work $path new 1
assert_jq why.json '.work.unchanged_since.name' "$(jq_get .run run.json)"
echo 'new, and not done again'

touch -d '30 minutes ago' $path
run_pages
assert_work $path touched 0
assay why $path | grep -qF 'its bytes are the same: it was not run again' || fail 'text of a touch'
echo 'touched but equal: not done again'

echo 'one more line' >>inbox/scans/mislabelled.gt.txt
settle
run_pages
assert_work $path sidecar 1
assert_jq why.json '.work.changes | map("\(.what) \(.name)") | join(",")' 'sidecar ground_truth'
assert_jq why.json '.work.changes[0].now' "sha256:$(sha256sum <inbox/scans/mislabelled.gt.txt | cut -d' ' -f1)"
mv inbox/scans/mislabelled.gt.txt kept.txt
run_pages
assert_work $path sidecar 1
assert_match "$(jq_get '.work.changes[0].text' why.json)" "sidecar ground_truth ('*mislabelled.gt.txt') vanished" text
mv kept.txt inbox/scans/mislabelled.gt.txt
run_pages
assert_work $path sidecar 0
assert_match "$(jq_get '.work.changes[0].text' why.json)" '*appeared' text
assay why $path | grep -qF 'in the store already' || fail 'text of a known result'
echo 'a sidecar changed, vanished, appeared; what was done before is not done again'

cp inbox/scans/letter.png $path
settle
run_pages
why $path
assert_jq why.json '.work.causes | index("content") != null' true
assert_jq why.json '.work.changes[0] | [.what, .before] | @json' "[\"content\",\"$first\"]"
echo 'content changed'

write_config 'dictionary: false'
run_pages
why $path
assert_jq why.json '.work.causes | index("recipe") != null' true
assert_match "$(jq_get '.work.changes[] | select(.what == "recipe").text' why.json)" \
    "the recipe changed: parameter ocr.recognize.dictionary is false, was true" 'text'
echo 'the recipe changed'

DOC_TYPE=invoice write_config 'dictionary: false'
run_pages
assert_work $path metadata 0
mkdir away && mv $path away
run_pages
assert_work $path gone 0
assert_jq why.json '.source.missing' true
mv away/mislabelled.png $path
run_pages
why $path
assert_jq why.json '.work.causes | index("returned") != null' true
echo 'metadata, gone, returned'
