# `lineage` names the file that stands, or stood, in place of what is traced, and not another with the same bytes that was put
# in the place of something else in the source.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'fail: decode\n' >docs/a.txt
printf 'value: 20\npages: 2\n' >first.txt
cp first.txt same.txt
cp first.txt later.txt
printf 'value: 4\n' >third.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
# What stands, or stood, in place of the source, of all that leads to it.
places() { assay lineage "$1" --json | jq -r '.nodes[] | select(.type == "source" and .in_place) | .in_place + (if .past then " (past)" else "" end)' | sort | paste -sd';'; }
one='docs/a.txt#page=1'
two='docs/a.txt#page=2'
test_run_into store
did resolve docs/a.txt --file first.txt
did resolve "$one" --file third.txt
did resolve "$two" --file same.txt
assert_eq "$(places "$one")" 'first.txt;third.txt' 'another page has the same bytes'
assert_eq "$(places "$two")" 'same.txt' 'its own file'
did retry "$two"
assert_eq "$(places "$one")" 'first.txt;third.txt' 'taken back there'
assert_eq "$(places "$two")" 'first.txt' 'that of the source stands'
assay lineage "$one" >lines
grep -qx 'source    docs/a.txt: in its place first.txt' lines || fail "text: $(cat lines)"

# The same bytes under another name: the name that they have now.
did resolve T1 --file later.txt
assert_eq "$(places "$one")" 'later.txt;third.txt' 'by another name'
did retry T1
# The page is not there any more: what was put in its place waits for it.
assert_eq "$(places "$one")" 'later.txt (past);third.txt' 'taken back'
