# The selection of tickets: by name, by each filter, several values, sorted, paged and grouped.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
text_dataset
cat >assay.yaml <<'YAML'
dataset: texts
sources:
  - {path: "docs/a/**", modality: page, metadata: {batch: one, lang: de}}
  - {path: "docs/b/**", modality: page, metadata: {batch: two, lang: de}}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
YAML
cat >values.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b11
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: value, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 10}}
      - {id: huge, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 1000, whenMissing: skip}}
YAML
mkdir -p docs/a docs/b
printf 'value: 15\n' >docs/a/near.txt    # 0.5 off
printf 'value: 2000\n' >docs/a/far.txt   # 199 off, and 1 off under `huge`
printf 'no value\n' >docs/a/none.txt     # undefined
printf 'value: 3\n' >docs/a/good.txt
printf 'pages: 2\nvalue: 30\n' >docs/b/two.txt # 2 off, twice
printf 'fail: decode\n' >docs/b/broken.txt
settle docs
export ASSAY_STORE=store
test_run_into store

# subjects QUERY...: of the tickets, in the order listed.
subjects() {
    assay queue list --json "$@" 2>note | jq -r '[.[].subject | sub("docs/"; "") | sub("#page=1"; "")] | join(" ")'
}
id_of() {
    assay queue list --json --all "$1" | jq -r '.[0].id'
}
all=$(subjects)
assert_eq "$(wc -w <<<"$all")" 6 'open tickets'
near=$(id_of docs/a/near.txt)
assert_eq "$(subjects "$near")" a/near.txt 'by number'
assert_eq "$(subjects 'docs/b/two.txt#page=2')" 'b/two.txt#page=2' 'by key'
assert_eq "$(subjects docs/b/two.txt)" 'b/two.txt b/two.txt#page=2' 'by path: those of all its samples'
assert_eq "$(subjects docs/a/near.txt "$near" "${near/T/t}" docs/b/broken.txt | wc -w)" 2 'each once'
assert_eq "$(subjects "$near" docs/b/two.txt --metadata batch=two)" 'b/two.txt b/two.txt#page=2' 'names and a filter'
assert_eq "$(subjects T99 || true)" '' 'an unknown number'
assert_match "$(cat note)" "assay: there is no ticket 'T99'*" 'an unknown number'
assert_exit 66 assay queue list docs/a/good.txt
assert_match "$(cat err)" "*'docs/a/good.txt' never had a ticket; see 'assay why docs/a/good.txt'" 'no ticket'
echo 'names'

assert_eq "$(subjects --check huge)" a/far.txt 'of one check'
assert_eq "$(subjects --check huge --check value | wc -w)" 5 'of either check'
assert_eq "$(subjects --check huge,value | wc -w)" 5 'of either check, with a comma'
assert_eq "$(subjects --stage test.read | wc -w)" 6 'a stage that failed or measures'
assert_eq "$(subjects --stage ocr.recognize)" '' 'another stage'
assert_eq "$(subjects --failure decode,empty)" b/broken.txt 'of a failure'
assert_eq "$(subjects --modality page | wc -w)" 6 'of a modality'
assert_eq "$(subjects --modality audio,video)" '' 'of other modalities'
assert_eq "$(subjects --kind source)" b/broken.txt 'sources'
assert_eq "$(subjects --kind page | wc -w)" 5 'pages'
assert_eq "$(subjects --source docs/b | wc -w)" 3 'by the start of a path'
assert_eq "$(subjects --source 'docs/*/n*.txt' | wc -w)" 2 'by a pattern'
assert_eq "$(subjects --source docs/b --source docs/a/far | wc -w)" 4 'by either'
assert_eq "$(subjects --metadata batch=two --metadata lang=de | wc -w)" 3 'by two metadata'
assert_eq "$(subjects --metadata batch=two --metadata batch=one | wc -w)" 6 'by either value'
assert_eq "$(subjects --metadata batch=two --metadata lang=fr)" '' 'by a value that nothing has'
assert_eq "$(subjects --state open | wc -w)" 6 'open'
assert_eq "$(subjects --state passed,gone)" '' 'settled'
assert_eq "$(subjects --state retrying,needs-review,waived,rejected,corrected,replaced,repaired)" '' 'other states'
assert_eq "$(subjects --origin judged | wc -w)" 6 'opened by judging'
assert_eq "$(subjects --origin feedback)" '' 'of an evaluation'
assert_eq "$(subjects --remedy blurred)" '' 'of a remedy'
assert_eq "$(subjects --age 0s | wc -w)" 6 'of any age'
assert_eq "$(subjects --age 12h)" '' 'older than what was opened just now'
for bad in '--age 3' '--age d' '--age -3d' '--age 99999999999999w' '--state opn' '--kind pag' '--metadata batch' \
    '--modality pages' '--state open,' '--sort size' '--group size' '--group metadata:' '--after 12' \
    '--group check --limit 2'; do
    # shellcheck disable=SC2086 # words
    assert_exit 64 assay queue list $bad
done
assay queue list --state opn 2>err || true
assert_eq "$(cat err)" "assay: queue list: --state: 'opn' is no state of a ticket, did you mean 'open'?" 'hint'
assert_exit 64 assay queue list --group metadata:
assert_match "$(cat err)" "*'metadata:' is not *lane, source or metadata:NAME" 'a hint that helps nobody is none'
echo 'filters'

by_distance=$(subjects --sort distance)
assert_eq "$(cut -d' ' -f-4 <<<"$by_distance")" 'a/far.txt b/two.txt b/two.txt#page=2 a/near.txt' 'by distance'
assert_eq "$(cut -d' ' -f5- <<<"$by_distance" | tr ' ' '\n' | sort | xargs)" 'a/none.txt b/broken.txt' 'without a distance, last'
assert_eq "$(assay queue list --json --sort distance | jq -c '[.[].distance]')" '[199,2,2,0.5,null,null]' 'distances'
assert_eq "$(subjects --sort severity | cut -d' ' -f1)" b/broken.txt 'failures first'
assert_eq "$(subjects --sort subject)" 'a/far.txt a/near.txt a/none.txt b/broken.txt b/two.txt b/two.txt#page=2' 'by subject'
assert_eq "$(assay queue list --json --sort age | jq -c '[.[].opened.at] | . == sort')" true 'by age'
assert_eq "$(subjects --sort check | tr ' ' '\n' | tail -n 1)" b/broken.txt 'what has no check, last'
echo 'sorted'

for order in '' '--sort distance' '--sort subject'; do
    listed='' after=''
    while :; do
        # shellcheck disable=SC2086 # words
        page=$(assay queue list --json --limit 2 $order $after 2>note | jq -r '.[] | "\(.id) \(.subject)"')
        [ -n "$page" ] || break
        listed+=$page$'\n'
        after="--after $(tail -n 1 <<<"$page" | cut -d' ' -f1)"
        [ ! -s note ] || assert_eq "$(cat note)" "assay: there are more: go on with $after" 'where to go on'
    done
    # shellcheck disable=SC2086
    assert_eq "$listed" "$(assay queue list --json $order | jq -r '.[] | "\(.id) \(.subject)"')"$'\n' "pages '$order'"
done
assert_eq "$(cat note)" '' 'nothing after the last'
last=$(assay queue list --json | jq -r '.[-1].id')
assert_exit 0 assay queue list --after "$last"
assert_eq "$(cat out err)" 'assay: no ticket comes after that one' 'the end'
for order in '' '--sort distance'; do
    # shellcheck disable=SC2086 # words
    assert_exit 66 assay queue list --after T999 $order
    assert_match "$(cat err)" '*--after: there is no ticket T999; name the last one that was printed' "one that never was $order"
done
echo 'paged'

groups() {
    assay queue list --json --group "$@" | jq -r '[.[] | "\(.group) \(.tickets)"] | join(", ")'
}
assert_eq "$(groups check)" 'value 5, huge 1, null 1' 'by check'
assert_eq "$(groups stage)" 'test.read 6' 'by stage'
assert_eq "$(groups failure)" 'null 5, decode 1' 'by failure'
assert_eq "$(groups modality)" 'page 6' 'by modality'
assert_eq "$(groups kind)" 'page 5, source 1' 'by kind'
assert_eq "$(groups state --all)" 'open 6' 'by state'
assert_eq "$(groups origin)" 'judged 6' 'by origin'
assert_eq "$(groups remedy)" 'null 6' 'by remedy'
assert_eq "$(groups source --source docs/b)" 'docs/b/two.txt 2, docs/b/broken.txt 1' 'by source'
assert_eq "$(groups metadata:batch)" 'one 3, two 3' 'by metadata'
assert_eq "$(groups metadata:colour)" 'null 6' 'by what nobody said'
assay queue list --group check >out
assert_match "$(head -n 1 out)" '      5  value * oldest T* 20*Z' 'a line'
echo 'grouped'

printf 'value: 1\n' >docs/a/near.txt
test_run_into store
assert_eq "$(subjects | wc -w)" 5 'open now'
assert_eq "$(subjects --state passed)" a/near.txt 'settled now'
assert_eq "$(subjects --all | wc -w)" 6 'all'
assert_eq "$(groups state --all)" 'open 5, passed 1' 'states'
assert_eq "$(assay queue list --all | grep -c '^T[0-9]* *passed ')" 1 'the state is told'
assert_exit 64 assay queue show
assert_eq "$(assay queue show --json --check huge | jq -r '.[].subject')" 'docs/a/far.txt#page=1' 'show by a filter'
assert_eq "$(assay queue show --json "$near" docs/a/far.txt | jq -r '[.[].state] | sort | join(" ")')" 'open passed' 'show two'
echo 'settled'

printf 'value: 44\n' >'docs/a/100%#2.txt'
test_run_into store
for name in 'docs/a/100%#2.txt' 'docs/a/100%25%232.txt' 'docs/a/100%#*'; do
    assert_eq "$(subjects --source "$name")" 'a/100%25%232.txt' "by the name $name"
done
assert_eq "$(subjects --source 'docs/a/101%')" '' 'by another name'
echo 'names with what is escaped in keys'
