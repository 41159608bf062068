# `diff` tells every decision by which two versions differ: on a source that failed, which has no sample, and on a sample that
# is in both the same, it is told before the samples, with what it is about.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 3\n' >docs/a.txt
printf 'value: 30\n' >docs/b.txt
printf 'fail: decode\n' >docs/c.txt
printf 'value: 4\n' >f.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
mark() { assay tag "$1" latest >/dev/null; }
told() { jq -c '.decisions | map([.name, .subject, .before, .now])' diff.json; }
test_run_into store
mark v0

did reject docs/c.txt --reason broken --actor Ed
assay diff v0 --json >diff.json
assert_eq "$(told)" '[["reject","docs/c.txt",null,"rejected by Ed: broken"]]' 'on a source that failed'
assert_jq diff.json '[.differ, (.samples | length)] | @json' '[true,0]'
assay diff v0 >diff
grep -qx 'decision  docs/c.txt: rejected by Ed: broken' diff || fail "text: $(cat diff)"
mark v1

# The sample stays quarantined.
did reject 'docs/b.txt#page=1' --reason 'too high' --actor Ed
assay diff v1 --json >diff.json
assert_eq "$(told)" '[["reject","docs/b.txt#page=1",null,"rejected by Ed: too high"]]' 'on a sample that stays as it was'
assert_jq diff.json '.samples | length' 0

# It is delivered: that is told with the sample, and only there.
did retry 'docs/b.txt#page=1'
mark v2
did waive 'docs/b.txt#page=1' --owner Anna --reason 'it is right' --actor Anna
assay diff v2 --json >diff.json
assert_eq "$(told)" '[]' 'told with the sample'
assert_jq diff.json '.samples | map([.sample, .change, (.changes | map(.what))]) | @json' '[["docs/b.txt#page=1","outcome",["decision"]]]'
mark v3
did waive 'docs/b.txt#page=1' --owner Anna --reason 'it is right' --actor Anna --expires 2199-01-01
assay diff v3 --json >diff.json
assert_eq "$(told)" '[["waive","docs/b.txt#page=1","waived","waived by Anna until 2199-01-01 00:00:00Z: it is right"]]' 'renewed'
mark v4

did resolve docs/c.txt --file f.txt --reason 'a copy' --actor Ed
assay diff v4 --json >diff.json
assert_eq "$(told)" '[["replace","docs/c.txt",null,"replaced by Ed with f.txt: a copy"],["reject","docs/c.txt","rejected by Ed: broken",null]]' 'another file'
assert_jq diff.json '.samples | map([.change, .sample // .source, (.changes | map(.name))]) | sort | @json' \
    '[["added","docs/c.txt#page=1",["reject","replace"]],["removed","docs/c.txt",["reject","replace"]]]'
mark v5
did retry docs/c.txt
assay diff v5 >diff
grep -qx 'decision  docs/c.txt: no longer replaced by Ed with f.txt: a copy' diff || fail "taken back: $(cat diff)"
