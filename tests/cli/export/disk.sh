# A disk that fails or is full, and a stop: an error that says so, and nothing is left where the delivery was to be.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
need_strace
use_media inbox/audio/tone.flac
use_example audio
assay run --progress none >/dev/null 2>&1

assert_exit 74 strace -f -qq -o trace -e trace=syncfs -e inject=syncfs:error=EIO "$ASSAY" export latest --out d
assert_match "$(cat err)" "assay: write 'd.tmp-*' to disk: Input/output error"
assert_exit 74 strace -f -qq -o trace -e trace=write -e inject=write:error=ENOSPC:when=1 "$ASSAY" export latest --out d
assert_match "$(cat err)" "assay: write 'd.tmp-*No space left on device"
assert_exit 75 strace -f -qq -o trace -e trace=mkdir -e inject=mkdir:signal=SIGTERM:when=1 "$ASSAY" export latest --out d
assert_eq "$(cat err)" 'assay: stopped: nothing was delivered; run it again'
assert_eq "$(find . -maxdepth 1 -name 'd*')" '' 'left behind'
assert_exit 0 assay export latest --out d
assert_delivery d
