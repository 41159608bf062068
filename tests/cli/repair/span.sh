# An attempt at a shot reads the shot, and no more of the video; one that would move shots or segments reads their stream.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
use_media inbox/video/reel.mp4 inbox/video/broadcast.ts
settle inbox
shots='video.shots: {threshold: 0, ratio: 1, min_shot_ms: 0}' # a dozen in each, wherever something moves
# configure PIXEL_BLACK REMEDY...
configure() {
    printf '%s\n' 'dataset: clips' 'sources: [{path: "inbox/**", modality: video}]' 'pipelines:' \
        "  video: [$shots, video.quality: {pixel_black: $1}]" '  audio: [audio.activity]' \
        'contracts: [clips.odcs.yaml]' 'remedies:' "${@:2}" >assay.yaml
}
# check KIND METRIC BOUND REMEDY
check() {
    printf '  - name: %s\n    quality:\n      - {id: %s, type: custom, engine: assay, severity: error, ' "$1" "$1"
    printf 'implementation: {metric: %s, %s, remedy: %s}}\n' "$2" "$3" "$4"
}
contract() {
    printf '%s\n' 'apiVersion: v3.1.0' 'kind: DataContract' 'id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b13' \
        'version: 1.0.0' 'status: active' 'schema:'
}
# parts STORE SAMPLE: what the units read that it was made by
parts() { assay lineage "$2" --store "$1" --json | jq -c '[.nodes[] | select(.type == "unit") | .part] | sort'; }
# values STORE: of every other shot
values() {
    local key
    while read -r key; do
        assay show "$key" --store "$1" --json | jq -c '[.key, .kind, .span, .measurements, .outcome]'
    done < <(sed -n "n;p" shots)
}

{ contract && check shot shot.black_ratio 'mustBeLessThan: 0.5' brighter; } >clips.odcs.yaml
configure 1 '  brighter: [video.quality: {pixel_black: 0.05}]' # all of it is black, until it is tried otherwise
run_into one -j1
assert_jq run.json '[.samples.in == .samples.accepted, .conserved, .queue.states.repaired > 20] | @json' '[true,true,true]'
version=$(version_of)
run_into two -j2
assert_eq "$(version_of)" "$version" 'version of two workers'
assay queue list --store one --all --json | jq -r '.[].subject' >shots
# Of each of the two 8 are tried by themselves; those after them share one unit.
assert_jq run.json .units.attempts 18
for n in 1 8; do
    key=$(sed -n "${n}p" shots)
    case $(parts one "$key") in
    "[\"\",\"video&${key##*#}.."*'"]') ;;
    *) fail "$key was made by $(parts one "$key")" ;;
    esac
done
for n in 9 '$'; do
    assert_eq "$(parts one "$(sed -n "${n}p" shots)")" '["","video"]' "parts of shot $n"
done
echo 'spans'

values one >tried
configure 0.05 '  brighter: [video.quality: {pixel_black: 0.5}]'
run_into whole
assert_jq run.json .units.attempts 0
values whole >plain
cmp tried plain || fail "$(diff tried plain | head)"
echo 'as in the whole stream'

{
    contract
    check shot shot.duration 'mustBeGreaterThan: 9000' fewer
    check segment segment.duration 'mustBeGreaterThan: 9000' longer
} >clips.odcs.yaml
configure 1 '  fewer: [video.shots: {ratio: 2}]' '  longer: [audio.activity: {min_silence_ms: 5000}]'
run_into moved
assert_eq "$(parts moved "$(sed -n '$p' shots)")" '["","video"]' 'parts of a shot'
segment=$(assay queue list --store moved --kind segment --json | jq -r '.[0].subject')
assert_eq "$(parts moved "$segment")" '["","audio=1"]' 'parts of a segment'
echo 'streams'
