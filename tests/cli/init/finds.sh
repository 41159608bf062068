# What is found becomes sources that match it, with contracts that lint clean; and it runs.
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/video/archive.mkv inbox/audio/tone.flac
told=$(assay init)
assert_match "$(head -n 1 <<<"$told")" 'found    1 page, 1 video and 1 audio file; 0 others'
assay config lint >lint
assert_eq "$(cat lint)" 'assay.yaml: no errors'
grep -q 'path: "inbox/scans/\*\*"' assay.yaml || fail 'no pages'
grep -q 'sidecars: {ground_truth: "{stem}.gt.txt"}' assay.yaml || fail 'no ground truth'
[ -d .assay ] || fail 'no store'
assay run --json --progress none >run.json 2>/dev/null
assert_jq run.json '"\(.sources.seen) \(.sources.failed) \(.conserved)"' '3 0 true'
