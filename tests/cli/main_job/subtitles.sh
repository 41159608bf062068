# Subtitles from end to end: of a sidecar, of a stream, broken ones, none; a changed sidecar is read again. Shots are
# named after their video.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need ffmpeg
use_media inbox/video/archive.mkv inbox/video/reel.mp4 inbox/video/black.mp4
use_example video
mv inbox/video/archive.mkv inbox/video/plain.mkv
# An e and an acute as two characters; markup; out of order.
printf '2\r\n00:00:01,500 --> 00:00:02,000\r\n<i>two</i>\r\n\r\n1\r\n00:00:00,000 --> 00:00:01,000\r\ncafe\314\201 & co\r\n' \
    >inbox/video/reel.srt
printf '1\r\n00:00:00,000 --> 00:00:01,000\r\nna\357ve\r\n' >inbox/video/black.srt
printf '1\n00:00:00,200 --> 00:00:00,700\nfrom the file\n' >stream.srt
ffmpeg -v error -nostdin -i inbox/video/plain.mkv -i stream.srt -map 0 -map 1 -c copy -c:s srt inbox/video/stream.mkv
settle inbox
run_into store -j1
assert_conserved

# row KEY: what was delivered of it
row() {
    jq --arg k "$1" 'select(.key == $k)' delivery/manifest.jsonl >row.json
}
# text ROLE: the artifact of the row
text() {
    cat "delivery/$(jq -r --arg r "$1" '.artifacts[] | select(.role == $r) | .path' row.json)"
}
measured='.measurements | [.["subtitles.cues"], .["subtitles.characters"], .["subtitles.cues_overlapping"],
    .["subtitles.cues_outside"], .["subtitles.malformed"]] | @json'

assay export latest --store store --out delivery >/dev/null
assay verify delivery >/dev/null
row inbox/video/reel.mp4
assert_jq row.json "$measured" '[2,12,0,0,0]'
assert_eq "$(text subtitles)" $'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\ncaf\303\251 &amp; co\n\n00:00:01.500 --> 00:00:02.000\ntwo' 'cues'
assert_eq "$(text subtitle_text)" $'caf\303\251 & co\ntwo' 'text'
echo 'a sidecar: in order, composed, without markup'

row inbox/video/stream.mkv
assert_jq row.json "$measured" '[1,13,0,0,0]'
assert_eq "$(text subtitle_text)" 'from the file' 'text'
echo 'a stream'

assay show --store store inbox/video/black.mp4 --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "subtitles.malformed") | .value' 1
assert_jq show.json '.measurements[] | select(.metric == "subtitles.cues") | .reason' 'no cue can be read'
assay show --store store inbox/video/plain.mkv --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "subtitles.malformed") | .reason' 'no subtitles'
echo 'broken and missing ones are told apart'

assay why --store store --json inbox/video/black.mp4 >why.json
assert_jq why.json .verdict.outcome quarantined
echo 'and a contract sees it'

jq -se '[.[] | select(.kind == "video")] as $videos | [.[] | select(.kind == "shot").key | sub("#t=[0-9]+/[0-9]+$"; "")] as $parents |
    ($videos | length) == 3 and
    all($videos[]; .key as $k | .measurements["video.shots"] == ($parents | map(select(. == $k)) | length))' \
    delivery/manifest.jsonl >/dev/null || fail 'shots are not named after the videos that count them'
echo 'every shot names its video'

printf '1\n00:00:00,000 --> 00:00:01,000\nnaive\n' >inbox/video/black.srt
settle inbox/video/black.srt
run_into store -j1
assert_jq run.json .units.run 1
assay why --store store --json inbox/video/black.mp4 >why.json
assert_jq why.json '.work.causes | join(" ")' sidecar
assay show --store store inbox/video/black.mp4 --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "subtitles.cues") | .value' 1
echo 'mended, read again'
