# A document is the same inside the sandbox and outside of it. A PDF that names fonts and brings none needs the
# system's; with fonts denied poppler renders blank pages and says nothing. Layers are taken away by letting the
# worker's system calls fail, as on a kernel that has none of them.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_strace

use_media inbox/scans/notice.pdf inbox/scans/notice.gt.txt inbox/scans/memo.pdf inbox/scans/memo.gt.txt \
    inbox/video/archive.mkv inbox/audio/tone.flac
use_example mixed
without() {
    ASSAY_WORKER_WRAPPER="strace -f -o /dev/null -e trace=$1 -e inject=$1:error=ENOSYS" \
        "$ASSAY" run -j1 --store "$2" --json --progress none >run.json 2>run.err || fail "exit $?: $(cat run.err)"
    assert_conserved
    assert_eq "$(jq_get .samples.quarantined run.json)" 0 'quarantined'
}

run_into all -j1
whole=$(version_of)
layers=$(jq_get .sandbox run.json)
echo "$whole with $layers"
assay show --store all 'inbox/scans/notice.pdf#page=1' --artifact text | grep -q '[a-z][a-z]' || fail 'no text on the page'

without landlock_create_ruleset without-landlock
assert_eq "$(version_of)" "$whole" 'version id without Landlock'
assert_match "$(jq_get .sandbox run.json)" 'no-new-privs rlimits seccomp broker' 'layers'
without seccomp without-filter
assert_eq "$(version_of)" "$whole" 'version id without system call filter'
assert_match "$(jq_get .sandbox run.json)" 'no-new-privs rlimits*' 'layers'
without seccomp,landlock_create_ruleset outside
assert_eq "$(version_of)" "$whole" 'version id outside'
assert_eq "$(jq_get .sandbox run.json)" 'no-new-privs rlimits' 'layers'
echo 'the same id without Landlock, without a filter, and without both'

# It says so, and refuses where it is told to.
assay log --store outside --runs | grep -q 'rlimits' || fail 'the run record does not name the layers'
code=0
ASSAY_WORKER_WRAPPER='strace -f -o /dev/null -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:error=ENOSYS' \
    "$ASSAY" run -j1 --store required --sandbox required >out 2>err || code=$?
assert_eq "$code" 77 'exit code with --sandbox required'
assert_match "$(cat err)" '*landlock*'
cat err
ASSAY_WORKER_WRAPPER='strace -f -o /dev/null -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:error=ENOSYS' \
    "$ASSAY" run -j1 --store reduced >out 2>err
grep -q 'sandbox *reduced' out || fail "the summary does not say 'sandbox reduced': $(cat out)"
