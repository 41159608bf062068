# Room runs out, a write or a sync fails: a clear message and the store as before; a later run ends with the usual id.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
need_strace

text_dataset
for n in $(seq 10 29); do
    { echo "value: $n" && head -c 60000 /dev/zero | tr '\0' "$((n % 10))"; } >"docs/$n"
done
test_run_into whole
usual=$(version_of)
echo 'value: 1' >docs/00
test_run_into store --limit 1
rm docs/00

# goes_on WHAT: the store is sound, and a run without the fault ends as if there had been none.
goes_on() {
    assert_exit 0 assay_test check --read-data --store broken
    test_run_into broken
    assert_conserved
    assert_eq "$(version_of)" "$usual" "version id after $1"
    echo "sound, and the usual id: $1"
}
# fails_with CODE WHAT COMMAND...: with the store as before
broken_run() {
    local code=0
    rm -rf broken
    cp -R store broken
    "$@" >out 2>err || code=$?
    echo "exit $code: $(grep '^assay: ' err | tail -n 1)"
    [ "$code" -eq 74 ] || fail "exit $code, not 74: $(tail -n 3 err)"
}
run=(env ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store broken --json --progress none)

# inject WHAT FILE-OF-THE-STORE CALL ERROR WHEN PATTERN
inject() {
    broken_run strace -qq -o trace -e trace="$3" -P "$PWD/broken/$2" -e inject="$3:error=$4:when=$5" "${run[@]}"
    grep -q INJECTED trace || fail "nothing was injected into $3 of $2"
    grep -qiE "$6" err || fail "the message does not say so: $(cat err)"
    goes_on "$1"
}
inject 'no space in a pack' packs/00000001.pack pwrite64 ENOSPC 1+ 'space'
inject 'an I/O error in a pack' packs/00000001.pack pwrite64 EIO 1+ 'input/output|i/o'
inject 'a pack cannot be made durable' packs/00000001.pack fdatasync EIO 1 'input/output|i/o'
inject 'no space in the catalog' catalog/data.mdb pwrite64,writev,pwritev ENOSPC 1+ 'space'
inject 'no space in the catalog, later' catalog/data.mdb pwrite64,writev,pwritev ENOSPC 3+ 'space'
inject 'the catalog cannot be made durable' catalog/data.mdb fdatasync EIO 1 'input/output|i/o'

# A real full disk, where this process may mount one.
if unshare -m true 2>/dev/null; then
    rm -rf broken
    mkdir broken
    code=0
    unshare -m bash -c '
        mount -t tmpfs -o size=500k none broken && cp -R store/. broken || exit 99
        code=0
        ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store broken --json --progress none >out 2>err || code=$?
        ASSAY_TEST_READER=1 "$ASSAY_TEST" check --read-data --store broken >check.out 2>&1 || exit 98
        mount -o remount,size=100m broken
        ASSAY_TEST_READER=1 "$ASSAY_TEST" run -j1 --store broken --json --progress none >run.json 2>run.err || exit 97
        exit $code' || code=$?
    [ "$code" -ne 98 ] || fail "after a full disk: $(cat check.out)"
    assert_eq "$code" 74 'exit code on a full disk'
    grep -qi 'space' err || fail "the message does not say that there is no space: $(cat err)"
    grep '^assay: ' err
    assert_eq "$(version_of)" "$usual" 'version id once there is room'
    echo 'sound, and the usual id once there is room: a full disk'
fi

broken_run bash -c 'ulimit -f 600; exec "$@"' limit "${run[@]}"
grep -qiE 'space|full|large|limit' err || fail "the message does not say what ran out: $(cat err)"
goes_on 'a limit on the size of files'

