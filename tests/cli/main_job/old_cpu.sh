# The same version id on an old processor: the worker runs under qemu as a Nehalem, which has no AVX.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need qemu-x86_64-static
need_plain_build

make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted all
use_media inbox/video/archive.mkv inbox/audio/speech.wav
mkdir inbox/scans
mv all/inbox/pages/stores.png inbox/scans # a page with a table
use_example mixed
printf 'WEBVTT\n\n00:00.000 --> 00:02.000\nCafe\314\201 au lait\n' >inbox/audio/speech.txt
# every operator on pages, all lines read again and weighed, the estimate with its second reading, tables
sed -i -e 's/^    - page.deskew$/    - page.crop\n    - page.orient\n    - page.split\n    - page.deskew\n    - page.dewarp\n    - page.resolution: {doubt: 1.25}\n    - page.normalize\n    - page.despeckle: {size: 8}\n    - page.upscale: {below: 40, height: 48}/' \
    -e 's/^    - ocr.recognize: {languages: .eng.}$/    - ocr.recognize: {reconcile: all, second: always}\n    - ocr.tables/' assay.yaml
# attempts of remedies that would change nothing now are errors
sed -i -e '/^    - page.\(orient\|normalize\): {}$/d' -e 's/^    - page.despeckle: {}$/    - page.despeckle: {size: 12}/' assay.yaml
grep -q 'page.despeckle: {size: 8}' assay.yaml || fail 'the example has another pipeline'
run_into native -j1
first=$(version_of)
assert_jq run.json .sources.failed 0
# Accepted: what was made of it, not its outcome alone, is part of the version.
assay show --store native --json 'inbox/scans/stores.png#page=1' >page.json
assert_jq page.json .outcome accepted
assert_jq page.json '[.measurements[] | select(.metric | IN("ocr.lines_reread", "table.count", "ocr.readings")) | .value > 0] | length == 3 and all' true

ASSAY_WORKER_WRAPPER='qemu-x86_64-static -cpu Nehalem' "$ASSAY" run -j1 --store old --json --progress none >run.json 2>run.err ||
    fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .units.run 3
features=$(assay log --store old --runs --json | jq -r '.[0].cpu_features')
echo "native: $(assay log --store native --runs --json | jq -r '.[0].cpu_features')"
echo "qemu:   $features"
assert_match "$features" '*sse*' 'features of the worker'
[[ $features != *avx* && $features != *fma* ]] || fail "the worker saw more than a Nehalem has: $features"
assert_eq "$(version_of)" "$first" 'version id'
