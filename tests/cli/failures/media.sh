# Real media, each with its fault: the ticket names stage and class, and what is good beside it is not affected.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"

use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/blank.png inbox/scans/cut.tif \
    inbox/scans/empty.png inbox/scans/renamed.png inbox/video/black.mp4 inbox/video/cut.mp4 \
    inbox/video/sound_only.mp4 inbox/audio/tone.flac inbox/audio/cut.wav inbox/audio/empty.wav
use_example mixed
: >inbox/video/nothing.mp4
: >inbox/audio/nothing.wav
head -c 3000 /dev/zero >inbox/video/zeros.mkv
# A good file of another kind.
cp inbox/audio/tone.flac inbox/scans/sound.png
cp inbox/scans/letter.png inbox/audio/picture.wav
# The picture's own bytes are damaged; its header is as it was.
cp inbox/scans/letter.png inbox/scans/damaged.png
printf '\377\377\377\377\377\377\377\377' | dd of=inbox/scans/damaged.png bs=1 seek=5000 conv=notrunc status=none

in_session "$ASSAY" run -j2 --store store --json --progress none >run.json 2>run.err
assert_nothing_left
assert_conserved
assert_jq run.json .incomplete false

assert_failed store inbox/scans/cut.tif page.read short
assert_failed store inbox/scans/empty.png page.read empty
assert_failed store inbox/scans/renamed.png page.read unsupported
assert_failed store inbox/scans/sound.png page.read unsupported
assert_failed store inbox/scans/damaged.png page.read decode
assert_failed store inbox/video/cut.mp4 video.read short
assert_failed store inbox/video/sound_only.mp4 video.read empty
assert_failed store inbox/video/nothing.mp4 video.read empty
assert_failed store inbox/audio/cut.wav audio.read short
assert_failed store inbox/audio/empty.wav audio.read empty
assert_failed store inbox/audio/nothing.wav audio.read empty
for path in inbox/video/zeros.mkv inbox/audio/picture.wav; do
    class=$(tickets store | jq -r --arg s "$path" 'select(.subject == $s) | .failure.class')
    [[ $class == decode || $class == unsupported || $class == empty ]] || fail "$path: '$class'"
done
assert_eq "$(tickets store | jq -r 'select(.subject == "inbox/scans/blank.png#page=1") | .failure.class')" empty 'blank page'
jq -r '"\(.sources.failed) sources failed, each with stage and class; \(.samples.accepted) samples accepted beside them"' run.json
for key in 'inbox/scans/letter.png#page=1' inbox/video/black.mp4 inbox/audio/tone.flac; do
    assert_eq "$(assay why --store store --json "$key" | jq -r '.verdict.outcome')" accepted "$key"
done
