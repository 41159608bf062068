# `contract test`: contracts tried out on what a store measured; nothing is written, nobody is waited for.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
write_contract
cp pages.odcs.yaml files.yaml

assert_exit 66 assay contract test files.yaml
mkdir -p empty/inbox
cp assay.yaml pages.odcs.yaml empty
(cd empty && assay run --no-commit --progress none >/dev/null)
assert_exit 66 assay contract test files.yaml --store empty/.assay
assert_match "$(cat err)" '*no version*' 'an empty store'
echo 'no store, no version'

run_pages
version=$(jq_get .version run.json)
# two pages of notice.pdf and letter.png are accepted, mislabelled.png is quarantined, letter_copy.png a duplicate
assert_jq run.json '.samples | [.in, .accepted, .quarantined, .duplicate] | @json' '[5,3,1,1]'
find .assay -type f ! -name lock.mdb -exec sha256sum {} + | sort >before
chmod -R a-w .assay
exec 9<.assay/lock
flock 9

test_json() {
    assay contract test --json "$@" >test.json || fail "contract test $*: $?"
}
test_json files.yaml
assert_jq test.json .version "$version"
assert_jq test.json '.contracts | map([.file, .replaces, .version]) | @json' '[["files.yaml",true,"1.0.0"]]'
assert_jq test.json '.checks | map([.check, .kind, .severity, .samples, .passed, .failed, .undefined, .skipped]) | @json' \
    '[["cer","page","error",4,1,1,0,2],["wide","page","warning",4,0,4,0,0]]'
assert_jq test.json '.counts | [.samples, .judged, .to_accepted, .to_quarantined, .left, .unknown] | @json' '[5,4,0,0,1,0]'
assert_jq test.json '[.differ, .samples, .kept] | @json' '[false,[],[]]'
assert_exit 0 assay contract test files.yaml --exit-code
echo 'the same contract: the same verdicts'

write_contract 99
cp pages.odcs.yaml looser.yaml
test_json looser.yaml --list
assert_jq test.json '[.counts.to_accepted, .counts.to_quarantined, .differ] | @json' '[1,0,true]'
assert_jq test.json '.samples | map([.sample, .kind, .from, .to, (.checks | map(.check))]) | @json' \
    "[[\"$wrong\",\"page\",\"quarantined\",\"accepted\",[\"wide\"]]]"
assert_exit 80 assay contract test looser.yaml --exit-code
assay contract test looser.yaml --list >text
grep -qxF "~ $wrong  page would be accepted, is quarantined" text || fail "list: $(cat text)"
grep -qxF 'samples   4 judged: 1 would be accepted that are quarantined, 0 quarantined that are accepted' text || fail "counts: $(cat text)"
grep -qxF 'check     cer (error) on 4 pages: 2 passed, 2 skipped' text || fail "check: $(cat text)"
echo 'looser: accepted'

sed 's/whenMissing: skip/whenMissing: fail/' files.yaml >missing.yaml
test_json missing.yaml
assert_jq test.json '[.samples, .counts.to_quarantined, (.checks[0] | .failed, .undefined)] | @json' '[[],2,1,2]'
sed 's/mustBeGreaterThan: 90000/mustBeGreaterThan: 90001/; s/severity: warning/severity: error/' files.yaml >strict.yaml
test_json strict.yaml --list --limit 2
assert_jq test.json '.samples | map([.sample, .from, .to]) | @json' \
    "[[\"inbox/scans/letter.png#page=1\",\"accepted\",\"quarantined\"],[\"inbox/scans/notice.pdf#page=1\",\"accepted\",\"quarantined\"]]"
assert_jq test.json .counts.to_quarantined 3
assay contract test strict.yaml --list --limit 2 >text
grep -qF '1 more were not listed' text || fail "limit: $(cat text)"
assert_match "$(grep -A 1 letter.png text | tail -n 1)" '    error wide: page.width * px, must be > 90001' 'why'
echo 'stricter: quarantined'

# A contract of another id stands beside the version's, which keeps out what it kept out.
sed 's/^id: 5d0f/id: 6e0f/; s/mustBeLessThan: 0.02/mustBeLessThan: 99/' files.yaml >other.yaml
test_json other.yaml
assert_jq test.json '[.contracts[0].replaces, (.kept | map(.name)), .counts.to_accepted] | @json' '[false,["pages"],0]'
test_json other.yaml looser.yaml
assert_jq test.json '[(.kept | length), .counts.to_accepted, (.checks | length)] | @json' '[0,1,4]'
assert_exit 78 assay contract test files.yaml looser.yaml
assert_match "$(cat err)" "*'looser.yaml' has the id * of contract 'files.yaml'*" 'two of one id'
echo 'beside the others'

with_dataset() {
    cat "$1"
    cat <<YAML
  - name: dataset
    quality:
      - {id: accepted, type: custom, engine: assay, implementation: {aggregate: count, mustBeGreaterThan: $2}}
      - {id: copies, type: custom, engine: assay, implementation: {aggregate: share, outcome: duplicate, population: all, mustBe: 0.2}}
YAML
}
with_dataset looser.yaml 3 >four.yaml
test_json four.yaml
assert_jq test.json '.dataset_checks.checks | map([.check, .verdict, .value, .samples]) | @json' '[["accepted","passed",4,4],["copies","passed",0.2,5]]'
with_dataset files.yaml 3 >three.yaml
test_json three.yaml
assert_jq test.json '[.dataset_checks.failed, .counts.to_accepted, .differ] | @json' '[1,0,true]'
assert_exit 80 assay contract test three.yaml --exit-code
sed '/^status/a slaProperties:\n  - {id: fresh, property: freshness, value: 2, unit: h, element: page}' files.yaml >fresh.yaml
test_json fresh.yaml
assert_jq test.json '.dataset_checks.checks | map([.check, .verdict]) | @json' '[["fresh","passed"]]'
test_json fresh.yaml --as-of 2200-01-01T00:00:00Z
assert_jq test.json '.dataset_checks.checks | map([.check, .verdict]) | @json' '[["fresh","failed"]]'
drift() {
    cat files.yaml
    cat <<YAML
  - name: page
    quality:
      - {id: shifted, type: custom, engine: assay, implementation: {drift: ks, metric: page.width, against: "$1", mustBeLessOrEqualTo: 0}}
YAML
}
drift "${version:7:12}" >shifted.yaml
test_json shifted.yaml
assert_jq test.json '.dataset_checks.checks | map([.check, .verdict, .value]) | @json' '[["shifted","passed",0]]'
drift v0 >shifted.yaml
assert_exit 78 assay contract test shifted.yaml
assert_match "$(cat err)" "*shifted.yaml:*check 'shifted' has no baseline*" 'no baseline'
echo 'checks of the dataset are judged with the outcomes that would be'

sed 's/ocr.cer/ocr.cerr/' files.yaml >wrong.yaml
assert_exit 78 assay contract test wrong.yaml
assert_match "$(cat out)" "wrong.yaml:*did you mean 'ocr.cer'*" 'finding'
assert_exit 78 assay contract test wrong.yaml --json
assert_jq out .errors 1
sed 's/ocr.cer/audio.loudness/; s/mustBeLessThan: 0.02/mustBeLessThan: 2/' files.yaml >unmade.yaml
assert_exit 78 assay contract test unmade.yaml
assert_exit 66 assay contract test none.yaml
assert_match "$(cat err)" "*no contract 'none.yaml'*" 'no file'
assert_exit 66 assay contract test files.yaml --against v9
assert_match "$(cat err)" "*'v9'*" 'unknown version'
assert_exit 64 assay contract test
assert_exit 64 assay contract test files.yaml --limit x
echo 'what is wrong'

exec 9<&-
chmod -R u+w .assay
find .assay -type f ! -name lock.mdb -exec sha256sum {} + | sort | diff before - || fail 'it wrote'
echo 'nothing was written'

# What is foretold is what comes; the first version is judged by what it had.
cp looser.yaml pages.odcs.yaml
judge_pages
assert_jq run.json '[.samples.accepted, .samples.quarantined] | @json' '[4,0]'
test_json looser.yaml --exit-code
assert_jq test.json '[.differ, .counts.judged] | @json' '[false,4]'
test_json looser.yaml --against "${version:7:12}" --list
assert_jq test.json '.samples | map([.sample, .to]) | @json' "[[\"$wrong\",\"accepted\"]]"
test_json files.yaml
assert_jq test.json .counts.to_quarantined 1
# twice judged anew, its row keeps no more than the last two verdicts
write_contract 98 && judge_pages
write_contract 0.001 && judge_pages
write_contract 97 && judge_pages
test_json looser.yaml --against "${version:7:12}"
assert_jq test.json '[.counts.judged, .counts.unknown, .counts.to_accepted] | @json' '[3,1,0]'
assay contract test looser.yaml --against "${version:7:12}" >text
grep -qF '1 unknown: the store no longer has what they were judged by' text || fail "unknown: $(cat text)"
echo 'older versions'

# Waivers and rejections by people: told as the judging that follows finds them.
write_contract 0.02 && judge_pages
decide() { assay queue "$@" >out 2>err || fail "queue $*: $(tail -n 2 err)"; }
counts() { jq -c '.counts | [.to_accepted, .to_quarantined, .waived_to_quarantined, .waived_to_accepted, .rejected_by_people]' test.json; }
decide waive "$wrong" --owner Anna --reason legible --expires 2190-01-01
cp pages.odcs.yaml same.yaml
test_json same.yaml --exit-code
assert_eq "$(counts)" '[0,0,0,0,0]' 'the same contract'
test_json same.yaml --as-of 2191-01-01T00:00:00Z --list
assert_eq "$(counts)" '[0,0,1,0,0]' 'the waiver is over'
assert_jq test.json '.samples | map([.sample, .from, .to]) | @json' "[[\"$wrong\",\"waived\",\"quarantined\"]]"
assert_exit 80 assay contract test same.yaml --as-of 2191-01-01T00:00:00Z --exit-code
assert_match "$(cat out)" '*of those waived 1 would be quarantined, since the waiver ends, and 0 accepted*' 'in words'
test_json looser.yaml
assert_eq "$(counts)" '[0,0,0,1,0]' 'it would pass without'
write_contract 0.03 && cp pages.odcs.yaml other_bound.yaml
test_json other_bound.yaml
assert_eq "$(counts)" '[0,0,1,0,0]' 'another bound is another failure'
judge_pages
assert_jq run.json '[.samples.waived, .samples.quarantined] | @json' '[0,1]'
decide reject "$wrong" --reason 'the wrong page'
test_json other_bound.yaml
assert_eq "$(counts)" '[0,0,0,0,1]' 'rejected'
test_json looser.yaml
assert_eq "$(counts)" '[1,0,0,0,0]' 'what it was rejected for is gone'
decide retry "$wrong"
one='inbox/scans/letter.png#page=1'
echo "{\"key\": \"$one\", \"label\": \"fail\"}" >eval.jsonl
assay feedback import eval.jsonl >out && assay feedback open >out
decide reject "$one" --reason 'the model is right'
write_contract 99 && cp pages.odcs.yaml looser.yaml
test_json looser.yaml --list
assert_eq "$(counts)" '[1,0,0,0,1]' 'one that passes every check stays out'
assert_jq test.json '.samples | map(.sample) | @json' "[\"$wrong\"]"
judge_pages
assert_jq run.json '[.samples.accepted, .samples.quarantined] | @json' '[3,1]'
echo 'what people decided'
