# Of a page in whose place another file stands: which bytes are the source's, and which are the other file's.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
text_dataset
printf 'value: 14\n' >docs/a.txt
printf 'value: 3\n' >second.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
digest() { sha256sum "$1" | cut -d' ' -f1; }
short() { printf 'sha256:%s' "$(digest "$1" | cut -c1-12)"; }
page='docs/a.txt#page=1'
own=$(short docs/a.txt)
test_run_into store
before=$(version_of)
assert_eq "$(assay show "$page" --json | jq -c '[.source.digest, .source.replaced_by]')" "[\"sha256:$(digest docs/a.txt)\",null]" 'by itself'

told() { # FROM SENTENCE
    assay why "$page" >why.txt
    grep -qF "$2" why.txt || fail "why does not say '$2': $(cat why.txt)"
    [ -z "$1" ] || assay diff "$1" latest >diff.txt
    [ -z "$1" ] || grep -qF "$2" diff.txt || fail "diff does not say '$2': $(cat diff.txt)"
    ! grep -qF "the file's content changed" why.txt || fail "nobody touched the file: $(cat why.txt)"
}
assay queue resolve "$page" --file second.txt --reason 'scanned again' >/dev/null 2>err || fail "$(cat err)"
assert_eq "$(assay show "$page" --json | jq -c '[.source.digest, .source.replaced_by]')" \
    "[\"sha256:$(digest docs/a.txt)\",\"sha256:$(digest second.txt)\"]" 'replaced'
assay show "$page" >shown
grep -qxF "source    docs/a.txt sha256:$(digest docs/a.txt)" shown || fail "show: $(cat shown)"
grep -qxF "          another file stands in its place: sha256:$(digest second.txt)" shown || fail "show: $(cat shown)"
told "$before" "another file stands in its place: $(short second.txt), the file itself is $own"
echo 'told'

second=$(assay log --json | jq -r '.[0].version')
assay queue retry "$page" --reason 'the first was better' >/dev/null 2>err || fail "$(cat err)"
told "$second" "the file itself stands again: $own, in its place stood $(short second.txt)"
echo 'and again by itself'
