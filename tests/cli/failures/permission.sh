# What may not be read or written: 77 for the store, a ticket for a source.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_nobody

# The scratch directory lies in one that is closed to others.
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
cd "$place"
use_media inbox/audio/tone.flac inbox/audio/silent.wav
use_example mixed
chmod 755 . inbox inbox/audio contracts
chmod 644 inbox/audio/* assay.yaml contracts/*
as_nobody test -r "$PWD/assay.yaml" || skip 'nobody cannot reach the scratch directory'

assert_exit 77 as_nobody "$ASSAY" run --store store
cat err
[ ! -e store ] || fail 'a store was made'
mkdir store
assert_exit 77 as_nobody "$ASSAY" run --store store
assert_eq "$(ls -A store)" '' 'the store'
rmdir store
run_into store
find store -type d -exec chmod 755 {} +
find store -type f -exec chmod 644 {} +
before=$(find store -type f -exec sha256sum {} + | sort)
assert_exit 77 as_nobody "$ASSAY" run --store store
assert_eq "$(find store -type f -exec sha256sum {} + | sort)" "$before" 'the store'
echo '77: a store that may not be written'

chmod 000 inbox/audio/silent.wav
mkdir mine
chown 65534:65534 mine
as_nobody "$ASSAY" run --store mine/store --json --progress none >run.json 2>run.err || fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .samples.accepted 1
assert_eq "$(as_nobody "$ASSAY" queue list --store mine/store --json | jq -r '.[] | "\(.subject) \(.failure.class)"')" \
    'inbox/audio/silent.wav unreadable' ticket
assert_jq run.json .incomplete true
chmod 644 inbox/audio/silent.wav
as_nobody "$ASSAY" run --store mine/store --json --progress none >run.json 2>run.err
assert_jq run.json .samples.accepted 2
echo 'a source that may not be read has a ticket until it may'
