# The exit codes that a batch system acts on.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"

use_media inbox/scans/blank.png inbox/audio/tone.flac inbox/audio/cut.wav
use_example mixed

assert_exit 64 assay run --jbos 2 --store store
assert_match "$(cat err)" "*'--jbos'*did you mean*jobs*"
assert_exit 64 assay run -j 0 --store store
assert_exit 64 assay run --shard 2/2 --store store
assert_exit 64 assay run --sandbox never --store store
assert_exit 64 assay run extra --store store
assert_exit 64 assay rnu
assert_match "$(cat err)" "*did you mean*run*"
for verb in run status check; do
    assert_exit 64 assay "$verb" --store assay.yaml # no folder: trying again does not help
    assert_match "$(cat err)" '*a store is a folder*'
done
[ ! -e store ] || fail 'a wrong command made a store'
echo '64: wrong options'

assert_exit 66 assay run -c missing.yaml --store store
assert_exit 66 assay run -c nowhere/assay.yaml --store store
assert_exit 66 assay status --store store
assert_exit 66 assay judge --store nowhere/store
[ ! -e nowhere ] || fail 'judge made a folder'
echo '66: no configuration, no store'

printf 'dataset: x\nsources: [\n' >bad.yaml
assert_exit 78 assay run -c bad.yaml --store store
assert_match "$(cat err)" '*bad.yaml:[0-9]*:[0-9]*: error*'
sed 's/page.deskew/page.deskwe/' assay.yaml >bad.yaml
assert_exit 78 assay run -c bad.yaml --store store
assert_match "$(cat err)" '*bad.yaml:[0-9]*:[0-9]*: error*did you mean*page.deskew*'
sed -i 's/metric: ocr.cer,/metric: ocr.crr,/' contracts/scan.odcs.yaml
assert_exit 78 assay run --store store
assert_match "$(cat err)" '*scan.odcs.yaml:[0-9]*:[0-9]*: error*did you mean*ocr.cer*'
use_example mixed
[ ! -e store ] || fail 'a wrong configuration made a store'
echo '78: wrong configuration or contract, with the place'

assert_exit 0 assay run --store store
assert_exit 80 assay run --store store --strict
assert_exit 80 assay run --store store --strict --json
assert_jq out .exit 80
rm inbox/audio/cut.wav inbox/scans/blank.png
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/video/archive.mkv # every pattern matches something
assert_exit 0 assay run --store store --strict
echo '80: --strict, and something is quarantined or failed; 0 otherwise'

assert_exit 0 assay check --store store
cp -R store damaged
find damaged/objects damaged/packs -type f | head -n 1 | while read -r file; do
    printf 'x' | dd of="$file" bs=1 seek="$(($(stat -c %s "$file") / 2))" conv=notrunc status=none
done
assert_exit 80 assay check --read-data --store damaged
echo '80: check found damage'

assert_exit 74 sh -c 'exec "$ASSAY" run --store store >/dev/full'
echo '74: standard output cannot be written'

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
    chmod 755 . && chmod -R a+rX store && chmod 644 store/catalog/lock.mdb
    assert_exit 77 as_nobody "$ASSAY" log --store store
    assert_match "$(cat err)" '*lock.mdb*'
    [[ $(cat err) != *MDB_* ]] || fail "the message is for programmers: $(cat err)"
    echo '77: who may not enter himself as a reader'
fi
