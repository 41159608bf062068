# A decoder may give the first of its sound when there is nothing more to read: what a recording is made of is known after
# that. The file is noise behind the header of a lossless format that decodes so.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
mkdir talks
sed 's/../\\x&/g' <<'HEX' | while read -r line; do printf '%b' "$line"; done >talks/late.wav
524946463801000057415645666d7420240000006301020044ac000010b102000001100012001000030000000000000000002e0100000000
64617461000100004d1ab8657a27171105668cea4accfdc30f3885895c46c72cd31b4336f1ed06d4a4ce42cc45312a4f4aa0debbf5dad9e1
5f16d89b56ab63813f2d3f794716f1efd1ddf18cd74c01e84a92b4e14fd9c38231696c99496e73293b4e42d0cc0b140b76a0ff478488a578
b35725ffac321169e933a2a170462f5b6fbf9652a28e32e75219d60fb53a47c3959ddc3c1f54ef2d4a75060a5bb215e5f6f449bcacf55304
524952f727c6a669dcf1de9eaed1134b9e31e4714a22406199f6285492025d0b742b5dc8cd5cff4a921870fb356cea351d0f0f0ebc2b98ad
f8269b0a8b7d953f52ff091fd5874ac6ff68a6fc337a333d70697d09386b713fa5e36dd4377f3008
HEX
cat >assay.yaml <<'YAML'
dataset: talks
sources: [{path: "talks/**", modality: audio}]
pipelines: {audio: [audio.levels]}
contracts: [any.odcs.yaml]
YAML
cat >any.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b31
version: 1.0.0
status: active
schema:
  - name: audio
    quality:
      - {id: rate, type: custom, engine: assay, severity: error, implementation: {metric: audio.sample_rate, mustBe: 44100}}
YAML
settle talks
run_into store
assert_jq run.json '[.conserved, .sources.processed, .samples.accepted] | @json' '[true,1,1]'
