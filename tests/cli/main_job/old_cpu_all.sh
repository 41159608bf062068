# Every reader and every operator of this build gives the same version id on an old processor: workers under qemu as a
# Nehalem, which has no AVX. Pipelines are made from the table of stages, so that a new operator is in it from its first day.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need qemu-x86_64-static
need ffmpeg
need_plain_build

# One small file of each form that a reader knows, made from the sample media. What an encoder of this machine cannot
# write is left out, and said to be.
use_media inbox/scans/memo.pdf inbox/scans/sideways.jpg inbox/scans/letter.png inbox/audio/speech.wav \
    inbox/video/reel.mp4 inbox/video/archive.mkv inbox/video/broadcast.ts
convert_to() {
    local from=$1 to=$2
    shift 2
    ffmpeg -v error -nostdin -bitexact -i "$from" "$@" "$to" 2>ffmpeg.err || { echo "left out: $to: $(head -n 1 ffmpeg.err)"; rm -f "$to"; }
}
for suffix in tif bmp gif webp jp2 pgm; do
    convert_to inbox/scans/letter.png "inbox/scans/letter.$suffix" -vf scale=600:-1,crop=600:200:0:0 -frames:v 1
done
rm inbox/scans/letter.png
convert_to inbox/scans/letter.tif inbox/scans/small.png
for suffix in flac mp3 ogg opus m4a aiff; do
    convert_to inbox/audio/speech.wav "inbox/audio/speech.$suffix" -t 3
done
convert_to inbox/audio/speech.wav inbox/audio/short.wav -t 3
rm inbox/audio/speech.wav
convert_to inbox/video/archive.mkv inbox/video/web.webm -t 1 -an -vf scale=160:-2
cues() {
    printf '1\n00:00:00,100 --> 00:00:00,900\nHarbour\n'
}
cues >inbox/audio/short.srt

steps() {
    assay stages --json | jq -r --arg m "$1" '[.stages[] | select(.modality == $m and (.reader | not)) | .name] | join(", ")'
}
cat >assay.yaml <<YAML
dataset: everything
sources:
  - {path: "inbox/scans/**", modality: page}
  - {path: "inbox/video/**", modality: video}
  - {path: "inbox/audio/**", modality: audio, sidecars: {transcript: "{stem}.srt"}}
pipelines:
  page: [$(steps page)]
  video: [$(steps video)]
  audio: [$(steps audio)]
YAML
if assay stages --json | jq -e '[.stages[].name] | index("video.subtitles")' >/dev/null; then
    cues >inbox/video/web.srt
    sed -i 's/modality: video}/modality: video, sidecars: {subtitles: "{stem}.srt"}}/' assay.yaml
fi
run_into native -j2
first=$(version_of)
assert_jq run.json .sources.failed 0

ASSAY_WORKER_WRAPPER='qemu-x86_64-static -cpu Nehalem' "$ASSAY" run -j2 --store old --json --progress none >run.json 2>run.err ||
    fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .sources.unchanged 0
features=$(assay log --store old --runs --json | jq -r '.[0].cpu_features')
[[ $features == *sse* && $features != *avx* && $features != *fma* ]] || fail "the worker saw other than a Nehalem: $features"
assert_eq "$(version_of)" "$first" 'version id'
