# The same bytes at two paths are worked on once; the smaller path is the original, whichever was there first.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"

use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/audio/tone.flac
use_example mixed
cp inbox/scans/letter.png inbox/scans/z.png
cp inbox/scans/letter.gt.txt inbox/scans/z.gt.txt
run_into store -j1
assert_conserved
assert_jq run.json .samples.duplicate 1
assert_jq run.json .samples.accepted 2
assert_jq run.json '"\(.units.run) \(.units.cached)"' '2 1'
assay why --store store --json 'inbox/scans/z.png#page=1' >why.json
assert_jq why.json '"\(.verdict.outcome) \(.verdict.duplicate_of)"' 'duplicate inbox/scans/letter.png#page=1'
echo 'one accepted, one duplicate of it, worked on once'

# One that sorts before comes later; both others become its duplicates.
cp inbox/scans/letter.png inbox/scans/a.png
cp inbox/scans/letter.gt.txt inbox/scans/a.gt.txt
run_into store -j1
assert_conserved
later=$(version_of)
assert_jq run.json '"\(.samples.accepted) \(.samples.duplicate) \(.units.run)"' '2 2 0'
assay why --store store --json 'inbox/scans/letter.png#page=1' >why.json
assert_jq why.json '"\(.verdict.outcome) \(.verdict.duplicate_of)"' 'duplicate inbox/scans/a.png#page=1'
run_into fresh -j1
assert_eq "$(version_of)" "$later" 'version id of a fresh store'
echo 'the smaller key is the original, in whatever order they came'

# The original goes: the next takes its place.
rm inbox/scans/a.png inbox/scans/a.gt.txt
run_into store -j1
assert_conserved
assert_jq run.json '"\(.samples.accepted) \(.samples.duplicate) \(.units.run)"' '2 1 0'
assay why --store store --json 'inbox/scans/letter.png#page=1' >why.json
assert_jq why.json .verdict.outcome accepted
echo 'and makes room when it goes'
