# `check --read-data` finds a flipped bit in a pack and in a large object, and a changed value in a catalog record: it
# names the object, the samples and the versions that it affects.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
echo 'value: 1, and these words are its own' >docs/small
echo 'value: 2' >docs/large
head -c 5000000 /dev/zero | tr '\0' x >docs/large.gt # kept as an artifact by test.read
echo 'value: 3' >docs/other
test_run_into store
version=$(version_of)
assert_exit 0 assay_test check --read-data --store store
assert_eq "$(find store/objects -type f | wc -l)" 1 'large objects'

# flip FILE OFFSET: changes one bit.
flip() {
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# named FINDINGS SAMPLE: some finding names the sample and the version.
named() {
    jq -e --arg s "$2" --arg v "${version#sha256:}" '
        [.findings[] | select((.samples // [] | tostring | contains($s)) and (.versions // [] | tostring | contains($v)))] | length > 0' \
        "$1" >/dev/null || fail "no finding names $2 and the version: $(jq -c .findings "$1")"
}

cp -R store pack
at=$(LC_ALL=C grep -abo 'and these words are its own' pack/packs/*.pack | head -n 1 | cut -d: -f1)
flip pack/packs/*.pack "$at"
assert_exit 80 assay_test check --read-data --store pack --json
named out 'docs/small#page=1'
assert_exit 0 assay_test check --store pack
assert_exit 80 assay_test check --read-data --store pack
grep -q 'docs/small#page=1' out || fail "the text does not name the sample: $(cat out)"
cat out
digest=$(sha256sum docs/small | cut -d' ' -f1)
grep -q "${digest:0:12}" out || fail "the text does not name the object $digest"
echo '-- a flipped bit in a pack'

cp -R store object
file=$(find object/objects -type f)
flip "$file" 3500000
assert_exit 80 assay_test check --read-data --store object --json
named out 'docs/large#page=1'
assert_exit 80 assay_test check --read-data --store object
cat out
digest=$(sha256sum docs/large.gt | cut -d' ' -f1)
grep -q "${digest:0:12}" out || fail "the text does not name the object $digest"
echo '-- a flipped bit in a large object'
rm "$file"
assert_exit 80 assay_test check --store object
echo '-- a missing large object'

# Every place where the catalog holds the part of this unit, whichever page is the live one.
cp -R store catalog
LC_ALL=C sed -i 's#docs/small#docs/smalk#g' catalog/catalog/data.mdb
assert_exit 80 assay_test check --read-data --store catalog --json
jq -e '.findings | length > 0' out >/dev/null || fail 'no finding'
assert_exit 80 assay_test check --store catalog
cat out
echo '-- a changed value in a catalog record'

cp -R store measured
LC_ALL=C sed -i 's#the file has no value#the file has no valve#g; s#pages=1-16#pages=1-17#g' measured/catalog/data.mdb
assert_exit 80 assay_test check --store measured --json
jq -e '.findings | length > 0' out >/dev/null || fail 'no finding'
assert_exit 80 assay_test check --store measured
cat out
grep -q 'docs/' out || fail 'no sample is named'
echo '-- a changed unit'

# Reading what is damaged is an error that names it, never wrong bytes.
code=0
assay_test show 'docs/small#page=1' --artifact text --store pack >out 2>err || code=$?
assert_eq "$code" 65 'exit code of show'
assert_eq "$(wc -c <out)" 0 'bytes shown'
cat err
