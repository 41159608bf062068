# A file that is only looked at once more takes nothing from what the store knows of its samples: a page that another file
# stands for, and one that a remedy made, are told as they were.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -5}]
YAML
printf 'value: 16\npages: 3\n' >docs/a.txt
printf 'value: 3\n' >docs/b.txt
printf 'value: 4\n' >second.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page='docs/a.txt#page=1'
test_run_into store
first=$(version_of)
printf 'value: 12\n' >docs/b.txt
settle docs
test_run_into store
repaired=$(version_of)
assay queue resolve "$page" --file second.txt >/dev/null 2>err || fail "$(cat err)"
told() { assay diff "$1" latest >diff.txt && sed -n '/^~/,/^samples/p' diff.txt; }
told "$first" >before.txt
grep -q 'test.value is 4, was 16' before.txt || fail "diff: $(cat before.txt)"
grep -q 'test.read.add is -5' before.txt || fail "diff: $(cat before.txt)"
told "$repaired" >page.txt
assay why docs/b.txt#page=1 >why.txt
touch -d '3 hours ago' docs/a.txt docs/b.txt
test_run_into store
told "$first" | cmp - before.txt || fail "of the first: $(cat diff.txt)"
told "$repaired" | cmp - page.txt || fail "of the second: $(cat diff.txt)"
grep '^judged\|^before' why.txt >history.txt
assay why docs/b.txt#page=1 | grep '^judged\|^before' | cmp - history.txt || fail "why: $(assay why docs/b.txt#page=1)"
echo 'as it was'
