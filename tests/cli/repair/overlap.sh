# An attempt at a shot or segment counts only with the span that it has without it: its neighbours stay where they are,
# and what is delivered never overlaps.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
use_media inbox/audio/speech.wav inbox/video/reel.mp4
settle inbox
cat >assay.yaml <<'YAML'
dataset: spans
sources: [{path: "inbox/audio/*", modality: audio}, {path: "inbox/video/*", modality: video}]
pipelines:
  audio: [audio.levels, audio.activity: {min_silence_ms: 100}]
  video: [video.shots: {threshold: 0, ratio: 1, min_shot_ms: 0}]
contracts: [spans.odcs.yaml]
remedies:
  join: [audio.activity: {min_silence_ms: 3000}]
  cut: [video.shots: {min_shot_ms: 1000}]
YAML
cat >spans.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b14
version: 1.0.0
status: active
schema:
  - name: segment
    quality:
      - {id: speech, type: custom, engine: assay, severity: error, implementation: {metric: segment.duration, mustBeGreaterThan: 1.75, remedy: join}}
  - name: shot
    quality:
      - {id: length, type: custom, engine: assay, severity: error, implementation: {metric: shot.duration, mustBeGreaterThan: 0.9, remedy: cut}}
YAML
run_into store
export ASSAY_STORE=store
assay queue list --all --json >queue.json
for kind in segment shot; do
    assert_jq queue.json "[.[] | select(.kind == \"$kind\")] | length > 1" true
done
assert_jq queue.json '[.[] | .state] | unique | @json' '["needs-review"]'
key='inbox/audio/speech.wav#t=0/16000'
assert_jq <(assay queue show "$key" --json) '.[0].attempts | map([.outcome, .note]) | @json' \
    '[["rejected","it gives another span: 5.69 s long, 1.7 s without the remedy"]]'
assert_match "$(assay queue show 'inbox/video/reel.mp4#t=0/30000' --json | jq -r '.[0].attempts[0].note')" \
    'it gives another span: * s long, * s without the remedy' 'note of a shot'
echo 'of another span'
