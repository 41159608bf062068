# A page whose file says four times too much of its resolution, or four times too little, or nothing, is read as the one that
# says the truth: the same text, the same table, by the same resolution.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need python3
make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted all
mkdir inbox
# PNG PIXELS-A-METRE OUT: the same picture, of another resolution; 0: of none
declare_resolution() {
    python3 - "$@" <<'PY'
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
out, at = data[:8], 8
while at < len(data):
    size, = struct.unpack(">I", data[at : at + 4])
    if data[at + 4 : at + 8] != b"pHYs":
        out += data[at : at + 12 + size]
    if data[at + 4 : at + 8] == b"IHDR" and int(sys.argv[2]) > 0:
        body = b"pHYs" + struct.pack(">IIB", int(sys.argv[2]), int(sys.argv[2]), 1)
        out += struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    at += 12 + size
open(sys.argv[3], "wb").write(out)
PY
}
for page in stores kitchen; do
    cp "all/inbox/pages/$page.png" "inbox/$page-300.png"
    declare_resolution "all/inbox/pages/$page.png" 2953 "inbox/$page-75.png"
    declare_resolution "all/inbox/pages/$page.png" 47244 "inbox/$page-1200.png"
    declare_resolution "all/inbox/pages/$page.png" 0 "inbox/$page-none.png"
done
settle inbox
cat >assay.yaml <<'YAML'
dataset: claimed
sources: [{path: "inbox/*.png", modality: page}]
pipelines: {page: [page.resolution, ocr.recognize: {second: never}, ocr.tables]}
YAML
export ASSAY_STORE=store
run_into store
assert_conserved
told() { # KEY: declared, estimated, replaced
    assay show "$1" --json | jq -r '[.measurements[] | select(.metric | IN("page.dpi_declared", "page.resolution_estimated", "page.resolution_replaced")) | .value] | map(tostring) | join(" ")'
}
for page in stores kitchen; do
    assert_eq "$(told "inbox/$page-300.png#page=1")" '300 300 0' "$page, as it is"
    assert_eq "$(told "inbox/$page-75.png#page=1")" '75 300 1' "$page, too little"
    assert_eq "$(told "inbox/$page-1200.png#page=1")" '1200 300 1' "$page, too much"
    assert_eq "$(told "inbox/$page-none.png#page=1")" 'null 300 1' "$page, nothing"
    for says in 300 75 1200 none; do
        for role in text words alto; do
            assay show "inbox/$page-$says.png#page=1" --artifact $role >$says.$role
            cmp $says.$role 300.$role || fail "$page: $role is another when the file says $says"
        done
        assay show "inbox/$page-$says.png#page=1&table=1" --artifact cells >$says.cells 2>/dev/null || echo none >$says.cells
        cmp $says.cells 300.cells || fail "$page: the table is another when the file says $says"
    done
    grep -c . 300.text
done
