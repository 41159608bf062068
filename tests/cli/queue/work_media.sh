# `queue show --work` of sound and video: waveform, sound of the span, key frames.
. "$(dirname "${BASH_SOURCE[0]}")/advised.bash"
use_media inbox/audio/speech.wav inbox/video/reel.mp4
cat >assay.yaml <<'YAML'
dataset: media
sources:
  - {path: "inbox/audio/*", modality: audio}
  - {path: "inbox/video/*", modality: video}
pipelines:
  video: [video.shots]
  audio: [audio.activity]
contracts: [media.odcs.yaml]
YAML
{
    printf 'apiVersion: v3.1.0\nkind: DataContract\nid: media\nname: media\nversion: 1.0.0\nstatus: active\nschema:\n'
    for rule in audio:audio.duration segment:segment.duration video:video.duration shot:shot.duration; do
        printf '  - name: %s\n    quality:\n      - {id: %s-length, type: custom, engine: assay, severity: error,\n' \
            "${rule%:*}" "${rule%:*}"
        printf '         implementation: {metric: %s, mustBeGreaterThan: 9000}}\n' "${rule#*:}"
    done
} >media.odcs.yaml
assay run --progress none >/dev/null

# seconds_of WAV: data bytes / (16000 Hz * 2), in ms
ms_of() {
    echo $((($(stat -c %s "$1") - 44) / 32))
}

ticket() {
    assay queue list --json | jq -r ".[] | select(.subject == \"$1\") | .id"
}

whole=$(ticket inbox/audio/speech.wav)
assay queue show "$whole" --work desk >/dev/null
assert_eq "$(tail -c +45 "desk/$whole/sound.wav" | sha256sum)" "$(tail -c +45 inbox/audio/speech.wav | sha256sum)" 'sound'
assert_jq "desk/$whole/task.json" '.picture + " " + .sound' 'waveform.png sound.wav'
echo 'a recording as it is'

# A segment's sound is that span of the recording, byte for byte; times are in the key and the metric.
segment=$(assay queue list --json --kind segment --source inbox/audio | jq -r '.[1].subject')
id=$(ticket "$segment")
assay queue show "$id" --work desk >/dev/null
start=${segment##*t=}
start=${start%/*}
long=$(jq -r '.checks[0].value * 1000 | round' "desk/$id/task.json")
got=$(ms_of "desk/$id/sound.wav")
[ "$got" -ge "$long" ] && [ "$got" -le $((long + 2)) ] || fail "$got ms of sound, the segment has $long"
tail -c +45 "desk/$id/sound.wav" >part
from=$((start / 16 * 16)) # whole milliseconds
cmp -n "$(stat -c %s part)" -i $((44 + from * 2)):0 inbox/audio/speech.wav part || fail 'other sound'
echo 'a span of it'

# Nothing kept key frames here: they are made.
for kind in video shot; do
    id=$(assay queue list --json --kind "$kind" | jq -r '.[0].id')
    assay queue show "$id" --work desk --json >told
    assert_jq told '.[0].picture' frame-001.png
    assert_jq told '.[0].missing' null
    head -c 4 "desk/$id/frame-001.png" | tail -c 3 | grep -q PNG || fail "no picture of the $kind"
done
assert_jq "desk/$(ticket inbox/video/reel.mp4)/task.json" '.files | length > 1' true
sound=$(assay queue list --json --kind audio --source inbox/video | jq -r '.[0].id')
assay queue show "$sound" --work desk --json >told
assert_jq told '.[0].picture' waveform.png
# Every recording and part of one says when it is, the sound of a video as one that lies by itself.
assay queue list --json >queue.json
assert_eq "$(jq -r '[.[] | select(.region.span == null).subject] | join(" ")' queue.json)" '' 'without a span'
jq -r '.[] | select(.kind == "audio") | [.subject, .checks[0].value,
    (.region.span | .end.ticks * .end.num / .end.den - .start.ticks * .start.num / .start.den)] | @tsv' queue.json >spans
assert_eq "$(wc -l <spans)" 2 'recordings of sound'
awk -F '\t' '{ d = $2 - $3; if (d > 1e-5 || d < -1e-5) { print; bad = 1 } } END { exit bad }' spans || fail 'a span is not as long as its sound'
assert_match "$(assay queue show "$sound" | grep '^region')" 'region *0* s to * s' 'for people'
echo 'video'

# What is advised of recordings, segments, videos and shots is what the verbs take.
all_advice_holds inbox/audio/speech.wav ''
for kind in video:3 shot:2 segment:2; do
    id=$(assay queue list --json --kind ${kind%:*} | jq -r '.[0].id')
    assert_jq "advice/$id/task.json" '.hand_in | length' ${kind#*:}
done
echo 'advice'

# A recording that nobody transcribed has a text to write into, which is taken as it is advised.
rm -r advice inbox/video
cat >assay.yaml <<'YAML'
dataset: media
sources: [{path: "inbox/audio/*", modality: audio}]
pipelines: {audio: [audio.transcript]}
contracts: [heard.odcs.yaml]
YAML
sed '/name: segment/,$d' media.odcs.yaml >heard.odcs.yaml
assay run --store heard --progress none >/dev/null
export ASSAY_STORE=heard
id=$(ticket inbox/audio/speech.wav)
assay queue show "$id" --work desk --force >told
assert_match "$(cat told)" "desk/$id *files, text.txt to write into: nothing was read" 'what was done'
assert_jq "desk/$id/task.json" '.text + " " + .hand_in[0]' "text.txt assay queue resolve $id --text desk/$id/text.txt"
assert_eq "$(stat -c %s "desk/$id/text.txt")" 0 'an empty text'
assay queue export --format labelstudio --out tasks "$id" >out
assert_jq tasks/audio/tasks.json '.[0].predictions' '[]'
echo 'and what was said' >"desk/$id/text.txt"
eval "$(jq -r '.hand_in[0]' "desk/$id/task.json")" >out 2>err || fail "handed in: $(cat err)"
assert_eq "$(assay show inbox/audio/speech.wav --artifact transcript)" 'and what was said' 'the text'
assay queue show "$id" --work desk --force >told
assert_match "$(cat told)" "desk/$id *files, text.txt to correct" 'a text that is there'
echo 'no transcript'
