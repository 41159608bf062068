# Another file in the place of one page of a document, which is not its first: told, delivered, verified, and open to
# feedback under the number that the page has in the document.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
text_dataset
sed -i 's/mustBe[A-Za-z]*: [-0-9]*/mustBeLessThan: 10/' values.odcs.yaml
printf 'value: 50\npages: 3\n' >docs/a.txt
printf 'value: 3\n' >rescan.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=2'
test_run_into store
before=$(version_of)
assay queue resolve "$page" --file rescan.txt --reason 'scanned again' >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(assay queue list --all --json "$page" | jq -r '.[0] | "\(.state) \(.kind)"')" 'replaced page' state
assay why "$page" --json | jq -c '[.verdict.outcome, .verdict.way]' >told
assert_eq "$(cat told)" '["accepted","replaced"]' verdict
assay diff "$before" latest | grep -qF "$page" || fail 'diff does not tell of it'
echo 'told'

assert_exit 0 assay export latest --out delivery
[ ! -s err ] || fail "$(cat err)"
assay verify delivery >/dev/null || fail 'verify finds a difference'
jq -c --arg key "$page" 'select(.key == $key) | [.part, .treatment, .text, .metadata != null]' delivery/manifest.jsonl >line
assert_eq "$(cat line)" '["page=2","replaced","value: 3\n",true]' 'line of the manifest'
echo 'delivered'

text=$(jq -r --arg key "$page" 'select(.key == $key) | .artifacts[0].path' delivery/manifest.jsonl)
printf '{"member": "%s", "label": "fail"}\n' "$text" >eval.jsonl
assay feedback import eval.jsonl >/dev/null
assert_exit 0 assay feedback report
assert_eq "$(assay feedback open --json | jq -r '.tickets[0].subject')" "$page" 'ticket of feedback'
echo 'found again by what was delivered'

# Judged without being made: contracts that are tried, and drift from the very version.
test_run_into store
version=$(version_of)
sed '$a\
      - {id: shifted, type: custom, engine: assay, implementation: {drift: ks, metric: test.value, against: VERSION, mustBeLessOrEqualTo: 0}}' \
    values.odcs.yaml | sed "s/VERSION/\"${version:7:12}\"/" >tried.yaml
assay contract test tried.yaml --json >test.json 2>err || fail "contract test: $(cat err)"
assert_jq test.json '[.differ, (.dataset_checks.checks | map([.check, .verdict, .value]))] | @json' \
    '[false,[["shifted","passed",0]]]'
echo 'tried out, and compared with'
