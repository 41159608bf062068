# `lineage` of any artifact names source, digests, every stage with version and parameters, engine and model digests,
# run and time; --downstream of a source lists all that came from it, past versions included.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"

use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/video/archive.mkv inbox/audio/tone.flac
use_example mixed
run_into store
version=$(version_of)
run=$(jq_get .run run.json)

# artifacts KEY: digests of what a sample has.
artifacts() {
    assay show --store store "$1" --json | jq -r '.artifacts[].digest'
}
keys=$(assay lineage --store store inbox/video/archive.mkv --downstream --format json | jq -r '.nodes[] | select(.type == "sample") | .label')
seen=0
for key in 'inbox/scans/letter.png#page=1' $keys; do
    path=${key%%#*}
    for digest in $(artifacts "$key"); do
        assay lineage --store store "$digest" --upstream >text
        for word in "$path" "$(sha256sum "$path" | cut -d' ' -f1)" "$run" ' version [0-9]' '20[0-9][0-9]-[0-9]*-[0-9]* [0-9]*:'; do
            grep -qE -- "$word" text || fail "lineage of $digest of $key does not name '$word': $(cat text)"
        done
        seen=$((seen + 1))
    done
done
[ "$seen" -ge 6 ] || fail "only $seen artifacts"
echo "$seen artifacts: source, digest, stages, run and time"

digest=$(artifacts 'inbox/scans/letter.png#page=1' | head -n 1)
assay lineage --store store "$digest" --upstream >text
model=$(find /usr/share/tesseract-ocr -name eng.traineddata -exec sha256sum {} + | cut -d' ' -f1)
for word in 'page.deskew version' 'max_angle' 'ocr.recognize version' 'tesseract 5' "$model" 'ground_truth' \
    "$(sha256sum inbox/scans/letter.gt.txt | cut -d' ' -f1)"; do
    grep -qF -- "$word" text || fail "no '$word' in: $(cat text)"
done
echo 'recognised text: parameters, engine, model digest, ground truth'

# Every sample of the version that is of this source, every artifact of theirs, and the version.
assay lineage --store store inbox/video/archive.mkv --downstream --format json >down.json
shots=$(jq '[.files[] | select(.path == "inbox/video/archive.mkv") | .samples[] | select(.kind == "shot")] | length' "$MEDIA/EXPECTED.json")
assert_jq down.json '[.nodes[] | select(.type == "sample") | select(.label | contains("#t="))] | length' "$shots"
for digest in $(for key in $keys; do artifacts "$key"; done); do
    jq -e --arg d "$digest" '[.nodes[] | select(.type == "artifact") | .digest] | index($d)' down.json >/dev/null || fail "no $digest"
done
jq -e --arg d "$version" '[.nodes[] | select(.type == "version") | .digest] | index($d)' down.json >/dev/null || fail 'no version'

# The source goes: its lineage stays.
mv inbox/video/archive.mkv gone.mkv
run_into store
assert_ne "$(version_of)" "$version" 'version id'
assay lineage --store store inbox/video/archive.mkv --downstream --format json >later.json
jq -e --arg d "$version" '[.nodes[] | select(.type == "version") | .digest] | index($d)' later.json >/dev/null || fail 'the past version is not named'
jq -e --arg d "$(version_of)" '[.nodes[] | select(.type == "version") | .digest] | index($d) | not' later.json >/dev/null || fail 'a version is named that does not hold it'
echo "$shots shots, their key frames and the version; also when the source is gone"
