# Nothing that is there is lost, and a delivery that cannot be made leaves nothing behind.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
use_media inbox/audio/tone.flac
use_example audio
assert_exit 66 assay export latest --out d
assay run --progress none >/dev/null 2>&1

assert_exit 64 assay export latest
assert_exit 64 assay export latest --out d --format parquet
assert_exit 66 assay export 0123456789 --out d
assert_exit 73 assay export latest --out no/such/place
assert_match "$(cat err)" "assay: make folder 'no/such/place.tmp-*': No such file or directory"

assert_exit 0 assay export latest --out d
assert_exit 73 assay export latest --out d
assert_eq "$(cat err)" "assay: 'd' is there already; --force replaces a delivery"
touch d/stray
assert_exit 0 assay export latest --out d --force
[ ! -e d/stray ] || fail 'replaced only in part'
assert_delivery d

mkdir mine && touch mine/thesis
assert_exit 73 assay export latest --out mine --force
assert_eq "$(cat err)" "assay: 'mine' is there and is no delivery: it is not replaced"
ln -s mine link
assert_exit 73 assay export latest --out link --force
[ -e mine/thesis ] || fail 'lost a file'
assert_eq "$(find . -name '*.tmp-*')" '' 'left behind'
