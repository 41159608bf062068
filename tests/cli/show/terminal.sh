# `show --artifact` writes text to a terminal, but no picture.
need script
use_media inbox/video/reel.mp4
use_example mixed
assay run -j1 --json --progress none >run.json 2>run.err || fail "run: $(cat run.err)"
shot=$(assay why inbox/video/reel.mp4 --json | jq -r '[.samples[].key | select(test("#t="))][0]')
assert_exit 0 assay show "$shot" --artifact keyframe
assert_eq "$(head -c 4 out | tail -c 3)" PNG 'redirected'

set +e
script -qec "'$ASSAY' show '$shot' --artifact keyframe; echo exit \$?" /dev/null >terminal
set -e
grep -q 'exit 64' terminal || fail "to a terminal: $(head -c 300 terminal)"
grep -q 'does not belong on a terminal' terminal || fail 'no reason'
