# A list of files handed over as a video or a recording reads none of them, in the sandbox or outside of it.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_strace

use_media inbox/video/archive.mkv inbox/audio/tone.flac
use_example mixed
cp inbox/video/archive.mkv secret.mkv
cp inbox/audio/tone.flac secret.flac
printf 'ffconcat version 1.0\nfile secret.mkv\nfile %s/secret.mkv\nfile ../../secret.mkv\n' "$PWD" >inbox/video/list.mkv
cp inbox/video/list.mkv inbox/video/list.ffconcat
printf '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n%s/secret.mkv\n#EXT-X-ENDLIST\n' "$PWD" >inbox/video/list.m3u8
printf 'ffconcat version 1.0\nfile %s/secret.flac\n' "$PWD" >inbox/audio/list.wav
printf '#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nhttp://127.0.0.1:9/secret.flac\n#EXT-X-ENDLIST\n' >inbox/audio/list.flac
printf '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="%s/secret.mkv"/></svg>' \
    "$PWD" >inbox/video/picture.svg

check_store() {
    for path in inbox/video/list.mkv inbox/video/list.ffconcat inbox/video/list.m3u8 inbox/audio/list.wav inbox/audio/list.flac; do
        assert_eq "$(tickets "$1" | jq -r --arg s "$path" 'select(.subject == $s) | .failure.stage')" \
            "$([[ $path == *video* ]] && echo video.read || echo audio.read)" "ticket of $path"
    done
}
strace -f -qq -e trace=%file,%network -o trace "$ASSAY" run -j1 --store store --json --progress none >run.json 2>run.err
assert_conserved
check_store store
! grep secret trace || fail 'a neighbour was looked for'
! grep -E 'socket\((AF_INET|AF_NETLINK)|connect\(' trace || fail 'a connection was tried'
echo 'in the sandbox: tickets, no neighbour opened, no connection tried'

ASSAY_WORKER_WRAPPER="strace -f -qq -o $PWD/trace -e trace=%file,%network,seccomp,landlock_create_ruleset -e inject=seccomp,landlock_create_ruleset:error=ENOSYS" \
    "$ASSAY" run -j1 --store outside --json --progress none >run.json 2>run.err
assert_jq run.json .sandbox 'no-new-privs rlimits'
check_store outside
grep -q 'openat' trace || fail 'nothing was traced'
! grep secret trace || fail 'a neighbour was looked for'
! grep -E 'socket\((AF_INET|AF_NETLINK)|connect\(' trace || fail 'a connection was tried'
echo 'nor without the sandbox: libav itself is told not to'
