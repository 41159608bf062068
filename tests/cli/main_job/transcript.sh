# A transcript is carried and measured; a broken one is a fault that a contract can see; a changed one is read again.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
use_media inbox/audio/speech.wav inbox/audio/tone.flac inbox/audio/clipped.wav
use_example audio
printf '1\r\n00:00:00,000 --> 00:00:01,600\r\n<i>Good</i> morning\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,600\r\nall of you\r\n' \
    >inbox/audio/speech.txt
printf 'na\357ve or na\303\257ve\n' >inbox/audio/tone.txt
settle inbox
run_into store -j1
assert_conserved
speech=inbox/audio/speech.wav

assay export latest --store store --out delivery >/dev/null
assay verify delivery >/dev/null
jq --arg k "$speech" 'select(.key == $k)' delivery/manifest.jsonl >row.json
assert_jq row.json '.measurements | [.["transcript.words"], .["transcript.words_per_minute"], .["transcript.cues"],
    .["transcript.cues_outside"], .["transcript.cue_ratio"], .["transcript.malformed"]] | @json' '[5,50,2,0,0.5333,0]'
text=$(jq -r '.artifacts[] | select(.role == "transcript") | .path' row.json)
cues=$(jq -r '.artifacts[] | select(.role == "cues") | .path' row.json)
assert_eq "$(cat "delivery/$text")" $'Good morning\nall of you' 'text'
assert_eq "$(cat "delivery/$cues")" $'WEBVTT\n\n00:00:00.000 --> 00:00:01.600\nGood morning\n\n00:00:02.000 --> 00:00:03.600\nall of you' 'cues'
echo 'carried and measured'

assay why --store store --json inbox/audio/tone.flac >why.json
assert_jq why.json '.verdict.outcome' quarantined
assert_jq why.json '.verdict.checks[] | select(.check == "transcript") | .value' 1
assay show --store store inbox/audio/tone.flac --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "transcript.words") | .reason' 'the transcript is not UTF-8'
assay show --store store inbox/audio/clipped.wav --json >show.json
assert_jq show.json '.measurements[] | select(.metric == "transcript.malformed") | .reason' 'no transcript'
echo 'broken and missing ones are told apart'

printf 'naive or not\n' >inbox/audio/tone.txt
settle inbox/audio/tone.txt
run_into store -j1
assert_jq run.json .units.run 1
assay why --store store --json inbox/audio/tone.flac >why.json
assert_jq why.json '.work.causes | join(" ")' sidecar
assert_jq why.json '[.verdict.checks[].check] | index("transcript")' null # a tone says nothing: other checks stay
echo 'mended, read again'
