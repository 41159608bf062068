# A recording that stands as an attempt made it, or by another file, brings the segments that were found in it along;
# those of the recording as it was are not delivered beside it.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need ffmpeg
use_media inbox/audio/speech.wav
ffmpeg -v error -i inbox/audio/speech.wav -af volume=-45dB -c:a pcm_s24le quiet.wav
cp inbox/audio/speech.wav loud.wav
mv quiet.wav inbox/audio/speech.wav
cat >assay.yaml <<'YAML'
dataset: speech
sources:
  - {path: "inbox/**", modality: audio}
pipelines:
  audio: [audio.levels, audio.activity, audio.transcript]
contracts: [speech.odcs.yaml]
remedies:
  quiet-speech:
    - audio.activity: {threshold_db: -95}
YAML
cat >speech.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b12
version: 1.0.0
status: active
schema:
  - name: audio
    quality:
      - {id: speech, type: custom, engine: assay, severity: error, implementation: {metric: audio.segments, mustBeGreaterOrEqualTo: 1, remedy: quiet-speech}}
YAML
settle inbox
export ASSAY_STORE=store
# segments that the root says it has, and those that are in the version
said() { assay show inbox/audio/speech.wav --json | jq -r '.measurements[] | select(.metric == "audio.segments") | .value'; }
all_there() {
    assert_jq run.json '[.conserved, .samples.in == .samples.accepted] | @json' '[true,true]'
    assert_jq run.json '.samples.in' "$((1 + $(said)))"
    rm -rf delivery
    assay export latest --format jsonl --out delivery >out 2>&1 || fail "export: $(cat out)"
    assert_eq "$(jq -r .kind delivery/manifest.jsonl | grep -c segment)" "$(said)" "segments of $1"
    assert_eq "$(jq -r .treatment delivery/manifest.jsonl | sort -u)" "$2" "$1: how all came to be"
    assay verify delivery >out || fail "verify: $(cat out)"
    assay check --read-data >out || fail "check: $(cat out)"
}
assay run --json --progress none >run.json 2>err || fail "$(cat err)"
assert_jq run.json '.queue.states.repaired' 1
[ "$(said)" -ge 1 ] || fail 'the attempt found no segment'
all_there 'an attempt' repaired
repaired=$(version_of)
assay run --json --progress none >run.json 2>err
assert_eq "$(version_of)" "$repaired" 'once more'
echo 'repaired'

assay queue resolve inbox/audio/speech.wav --file loud.wav --json >resolved.json 2>err || fail "$(cat err)"
assay run --json --progress none >run.json 2>err
assert_jq run.json '.queue.states.replaced' 1
all_there 'another file' replaced
echo 'replaced'
assay queue retry inbox/audio/speech.wav --json >retried.json 2>err || fail "$(cat err)"
assay run --json --progress none >run.json 2>err
assert_eq "$(version_of)" "$repaired" 'as it was before'
all_there 'the attempt again' repaired

# A recording that cannot be read has the key of its source: one ticket, whatever stands in its place.
printf 'RIFF, and no wave' >inbox/audio/broken.wav
settle inbox
assay run --json --progress none >run.json 2>err || fail "$(cat err)"
broken=$(assay queue list --json inbox/audio/broken.wav | jq -r '.[0].id')
decide() {
    assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"
}
# STATE, samples in, and waived
became() { assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.in, .summary.samples.waived, .summary.conserved] | @json' "$1"; }
before=$(jq_get .samples.in run.json)
cp inbox/audio/speech.wav quiet.wav
printf '\0' >>quiet.wav # other bytes: with the same it would be a duplicate
decide resolve "$broken" --file quiet.wav
quiet=$(jq_get .summary.samples.in did.json)
[ "$quiet" -gt "$before" ] || fail 'the other file gives no sample'
became "[\"open\",$quiet,0,true]"
decide waive "$broken" --owner Anna --reason quiet
became "[\"waived\",$quiet,1,true]"
decide resolve "$broken" --file loud.wav
became "[\"replaced\",$((before + 1 + $(said))),0,true]"
assay export latest --format jsonl --out delivery --force >out 2>&1 || fail "export: $(cat out)"
assay verify delivery >out || fail "verify: $(cat out)"
assay check --read-data >out || fail "check: $(cat out)"
decide retry "$broken"
became "[\"open\",$before,0,true]"
assert_eq "$(jq -r .summary.version did.json)" "$(version_of)" 'as it was when it failed'
echo 'a recording'

# A text that people wrote for a recording is no work on its segments: they stay as they were found without it.
rm inbox/audio/broken.wav
cp loud.wav inbox/audio/speech.wav
sed -i 's/metric: audio.segments.*/metric: transcript.words, mustBeGreaterOrEqualTo: 1}}/' speech.odcs.yaml
echo 'what is said' >said.txt
settle inbox
assay run --json --progress none >run.json 2>err || fail "$(cat err)"
decide resolve inbox/audio/speech.wav --text said.txt
assay run --json --progress none >run.json 2>err
all_there 'a text' "$(printf 'corrected\nplain')"
assert_eq "$(jq -r 'select(.treatment == "corrected") | .key' delivery/manifest.jsonl)" inbox/audio/speech.wav 'what the text is of'
echo 'a text'
