# What people decide on a video is about all of the recording: another file brings its own sound, and with the pictures
# the sound is rejected that lies in the same file. What is decided on the sound alone leaves the pictures. What a file for
# a recording came to is told of that, and of each in it what it fails.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
use_media inbox/video/reel.mp4 inbox/video/archive.mkv
mv inbox/video/archive.mkv other.mkv
cat >assay.yaml <<'YAML'
dataset: clips
sources: [{path: "inbox/**", modality: video}]
pipelines:
  video: [video.shots]
  audio: [audio.activity]
contracts: [clips.odcs.yaml]
YAML
cat >clips.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b15
version: 1.0.0
status: active
schema:
  - name: video
    quality:
      - {id: length, type: custom, engine: assay, severity: error, implementation: {metric: video.duration, mustBeLessThan: 4}}
YAML
settle inbox
export ASSAY_STORE=store
reel=inbox/video/reel.mp4
# what other.mkv gives by itself
mkdir alone alone/inbox
cp assay.yaml clips.odcs.yaml alone
cp other.mkv alone/inbox/reel.mp4
settle alone
(cd alone && assay run --store store --json --progress none >run.json 2>err && assay export latest --store store --out delivery >/dev/null) ||
    fail "$(cat alone/err)"
# members DELIVERY: what is delivered of the recording, with all that was measured
members() { jq -c '[(.key | sub("^[^#]*"; "")), .span, .measurements]' "$1/manifest.jsonl" | sort; }
# decide VERB...: and what is delivered then, in `delivery`
decide() {
    assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"
    judged
}
judged() {
    assay judge --json >run.json 2>err || fail "judge: $(cat err)"
    assert_jq run.json .conserved true
    assay check --read-data >checked || fail "check: $(cat checked)"
    rm -rf delivery
    assay export latest --out delivery >exported 2>&1 || fail "export: $(cat exported)"
    assay verify delivery >verified || fail "verify: $(cat verified)"
}
# states: of the tickets of pictures and sound, each state once
states() { assay queue list --all --json | jq -r '[.[] | "\(if .subject | contains("#audio") then "sound" else "pictures" end) \(.state)"] | unique | join(", ")'; }

run_into store
plain=$(version_of)
judged
sound=$(members delivery | grep -c '#audio=1')
[ "$sound" -ge 1 ] || fail 'the sound is not delivered by itself'
assert_eq "$(states)" 'pictures open' 'as the pipeline makes it'

decide resolve "$reel" --file other.mkv
members alone/delivery >expected
members delivery >got
cmp expected got || fail "another file gives what it gives by itself: $(diff expected got)"
assert_eq "$(jq -r .treatment delivery/manifest.jsonl | sort -u)" replaced 'how all came to be'
assert_eq "$(jq -r .source.original delivery/manifest.jsonl | sort -u | wc -l)" 1 'whose bytes'
assay why "$reel#audio=1" >why.txt
assert_match "$(cat why.txt)" "*the other file*on $reel, where it was found*" why
assay lineage "$reel#audio=1" >told
grep -q 'replaced by .* with other.mkv' told || fail "lineage: $(cat told)"
assert_eq "$(states)" 'pictures replaced' 'another file'
echo 'another file'

decide reject "$reel" --reason 'of another reel' --actor Anna
[ ! -s delivery/manifest.jsonl ] || fail "delivered of what is rejected: $(jq -r .key delivery/manifest.jsonl)"
assert_eq "$(states)" 'pictures rejected, sound rejected' 'rejected'
assert_jq did.json '[.tickets[].ticket.subject | contains("#audio")] | any' false # no decision of its own
assert_exit 64 assay queue retry "$reel#audio=1"
assay contract test clips.odcs.yaml --json >tried.json
assert_jq tried.json .counts.rejected_by_people "$(jq -r .summary.samples.in did.json)"
decide retry "$reel"
assert_eq "$(states) $(version_of)" "pictures gone, pictures open, sound passed $plain" 'taken back'
assay queue show "$reel#audio=1" --json | jq -r '.[0].history[-1].reason' >told
assert_eq "$(cat told)" "the rejection of '$reel', in which it was found, by Anna was taken back; it passes every check now" 'why it is back'
echo 'rejected'

# The sound alone: it has no ticket of its own until it fails.
cat >>clips.odcs.yaml <<'YAML'
  - name: audio
    quality:
      - {id: loud, type: custom, engine: assay, severity: error, implementation: {metric: audio.duration, mustBeLessThan: 1}}
YAML
sed -i 's/mustBeLessThan: 4/mustBeLessThan: 40/' clips.odcs.yaml
judged
decide reject "$reel" --reason 'of another reel'
assert_eq "$(jq -r '[.tickets[].ticket.subject] | unique | join(" ")' did.json) $(states)" \
    "$reel pictures gone, pictures rejected, sound rejected" 'the recording by its path, its pictures pass'
decide retry "$reel"
decide reject "$reel#audio=1" --reason 'of another reel'
assert_eq "$(states)" 'pictures gone, pictures passed, sound rejected' 'the sound alone'
jq -r .key delivery/manifest.jsonl | grep -q "^$reel\$" || fail 'the pictures are not delivered'
! jq -r .key delivery/manifest.jsonl | grep -q audio=1 || fail 'the sound is delivered'
echo 'the sound alone'
decide resolve "$reel#audio=1" --file other.mkv # and that again is of the sound alone
assert_eq "$(assay why "$reel" --json | jq -r .verdict.way) $(assay why "$reel#audio=1" --json | jq -r .verdict.way)" 'plain replaced' 'ways'
sed -i 's/mustBeLessThan: 40/mustBeLessThan: 4/' clips.odcs.yaml
judged
pictures=$(assay queue list --json | jq -r --arg k "$reel" '.[] | select(.subject == $k).id')
decide resolve "$pictures" --file other.mkv
assert_eq "$(jq -r .treatment delivery/manifest.jsonl | sort -u)" replaced 'a file for each'
decide retry "$pictures"
assert_eq "$(assay why "$reel" --json | jq -r .verdict.way) $(assay why "$reel#audio=1" --json | jq -r .verdict.way)" 'plain replaced' 'ways'
echo 'another sound'

# A recording that cannot be read, whose file brings sound that fails, and then pictures that do: one ticket for both, and
# what its events say is so of each.
head -c 300 "$reel" >inbox/video/cut.mp4
cut=inbox/video/cut.mp4
settle inbox
sed -i 's/mustBeLessThan: 4}/mustBeLessThan: 40}/' clips.odcs.yaml
run_into store
decide resolve "$cut" --file other.mkv
told() { assay queue show "$1" --json | jq -r '.[0].history[-1] | "\(.state) \(.reason)"'; }
id=$(jq -r '.tickets[0].ticket.id' did.json)
assert_eq "$(told "$id")" \
    'replaced the file in its place can be read: each of its samples is judged for itself' 'of the recording'
assert_match "$(told "$cut#audio=1")" 'open audio.duration is *' 'of its sound'
sed -i 's/mustBeLessThan: 40}/mustBeLessThan: 0.5}/' clips.odcs.yaml
judged
assert_match "$(told "$id")" 'open the contract changed; video.duration is *' 'of its pictures'
echo 'a file for what cannot be read'
