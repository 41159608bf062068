# Segments of speech are samples like others: named after their stream, judged, explained, traced and delivered.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
use_media inbox/video/archive.mkv inbox/audio/speech.wav
use_example mixed
run_into store -j1
assert_conserved
assert_jq run.json .sources.failed 0

assay export latest --store store --out delivery >/dev/null
assay verify delivery >/dev/null
jq -r 'select(.kind == "segment") | .key' delivery/manifest.jsonl | sort >keys
echo "segments: $(tr '\n' ' ' <keys)"
assert_match "$(head -n 1 keys)" 'inbox/audio/speech.wav#t=*/16000' 'segment of a file'
assert_match "$(tail -n 1 keys)" 'inbox/video/archive.mkv#audio=1&t=*' 'segment of a stream'
for file in inbox/audio/speech.wav 'inbox/video/archive.mkv#audio=1'; do
    jq -se --arg k "$file" '(.[] | select(.key == $k).measurements) as $m |
        [.[] | select(.kind == "segment" and (.key | startswith($k))) | .measurements["segment.duration"]] |
        length == $m["audio.segments"] and (add / $m["audio.duration"] - $m["audio.speech_ratio"] | fabs) < 0.0001' \
        delivery/manifest.jsonl >/dev/null || fail "the segments of $file are not its speech"
done
echo 'as long together as the speech that their recordings are said to hold'

while read -r key; do
    assay show --store store "$key" --json >show.json
    assert_jq show.json .kind segment
    assay why --store store --json "$key" >why.json
    assert_jq why.json .verdict.outcome accepted
    assay lineage --store store --upstream --json "$key" >up.json
    jq -e '[.nodes[] | select(.type == "recipe") | .steps[].stage] | index("audio.activity")' up.json >/dev/null ||
        fail "the recipe of $key does not name the stage"
done <keys
echo 'shown, explained, traced'

sed -i 's/mustBeBetween: \[0.3, 31\]/mustBeLessThan: 0.3/; /segment-length/,$ s/severity: warning/severity: error/' contracts/moving.odcs.yaml
assay judge --store store --json >run.json
assert_jq run.json .samples.quarantined "$(wc -l <keys)"
assert_jq run.json .units.run 0
assay queue list --store store --json >tickets.json
assert_jq tickets.json '[.[] | select(.kind == "segment")] | length' "$(wc -l <keys)"
echo 'another bound, another verdict, nothing decoded'
