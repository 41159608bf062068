# Sources that are no plain files, and names that are no plain text: each is accounted for, none holds the run up.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
echo 'value: 1' >docs/plain
mkfifo docs/fifo
ln -s nowhere docs/dangling
ln -s docs/plain docs/also_dangling
ln -s plain docs/link
ln -s loop docs/loop
ln -s .. docs/above
mkdir docs/folder.tif
echo 'value: 2' >docs/folder.tif/inside
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("docs/socket")' 2>/dev/null || mkfifo docs/socket
echo 'value: 3' >'docs/two
lines'
echo 'value: 4' >'docs/100%25'
echo 'value: 5' >'docs/a#page=1'
echo 'value: 6' >$'docs/caf\xe9'
echo 'value: 7' >docs/café
echo 'value: 8' >'docs/ space '
echo 'value: 9' >"docs/$(printf 'x%.0s' $(seq 255))"
echo 'value: 0' >$'docs/\x1b[31mred'
settle docs

timeout 60 env ASSAY_TEST_READER=1 "$ASSAY_TEST" run --store store --json --progress none >run.json 2>run.err ||
    fail "exit $?: $(cat run.err)"
assert_conserved
for path in fifo dangling also_dangling loop socket; do
    assert_eq "$(tickets store | jq -r --arg s "docs/$path" 'select(.subject == $s) | .failure.class')" unreadable "docs/$path"
done
assert_jq run.json .sources.failed 5
assert_jq run.json .sources.seen 16
# The link has the bytes of the file it names, and the smaller key. docs/above leads to the dataset, which is above it.
assert_jq run.json .samples.duplicate 1
assert_jq run.json .samples.accepted 10
assert_eq "$(assay_test why --store store --json docs/plain | jq -r '.verdict.duplicate_of // .samples[0].duplicate_of')" 'docs/link#page=1' 'what the plain file duplicates'

# Keys are text whatever the name: other bytes, and what has a meaning in keys, are escaped.
for key in 'docs/two%0Alines' 'docs/100%2525' 'docs/a%23page=1' 'docs/caf%E9' 'docs/café' 'docs/ space ' 'docs/%1B[31mred'; do
    assay_test why --store store --json "$key#page=1" >why.json || fail "no sample '$key#page=1'"
    assert_jq why.json .subject "$key#page=1"
    ! grep -q $'\x1b' why.json || fail 'an escape sequence in JSON'
done
assay_test status --store store >status.txt
assay_test run --store store >run.txt
! grep -q $'\x1b' status.txt run.txt || fail 'an escape sequence reached the terminal'
# By key, and as the shell shows the name.
for name in 'docs/a%23page=1' $'docs/caf\xe9' 'docs/two
lines' 'docs/100%25'; do
    assay_test why --store store "$name" >why.txt || fail "why '$name'"
done
test_run_into store
assert_jq run.json .units.run 0
echo '16 sources: five tickets, one duplicate, ten accepted; names are escaped in keys and found by name'
