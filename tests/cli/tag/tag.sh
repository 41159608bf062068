# `tag`: names for versions, moved only when that is meant, with everything they ever stood for.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
first=$(jq_get .version run.json)
write_contract 99
judge_pages
second=$(jq_get .version run.json)

assert_exit 0 assay tag
assert_match "$(cat err)" '*no tag yet*' 'without one'
assay tag v1 "${first:7:12}" --reason 'as it
came' >out
assert_eq "$(cat out)" "v1 stands for ${first:7:12}" 'made'
assay tag release/current latest --json >tag.json
assert_jq tag.json '[.tag, .from, .to, .changed] | @json' "[\"release/current\",null,\"$second\",true]"
assay tag --json >tags.json
assert_jq tags.json 'map([.tag, .version, .reason]) | @json' \
    "[[\"release/current\",\"$second\",null],[\"v1\",\"$first\",\"as it\\ncame\"]]"
assert_jq tags.json '.[0].actor' "$(id -un)"
assay tag >tags
assert_match "$(tail -n 1 tags)" "v1 * ${first:7:12}  20??-*Z  by * as it*came" 'a line for each'
assert_eq "$(wc -l <tags)" 2 'lines, whatever a reason has in it'
echo 'made and listed'

assert_exit 64 assay tag v1 latest
assert_match "$(cat err)" "*'v1' stands for version ${first:7:12}; --force moves it" 'kept'
assert_eq "$(assay tag v1 "$first" --json | jq .changed)" false 'the same again'
assay tag v1 release/current --force >out
assert_eq "$(cat out)" "v1 stands for ${second:7:12}, no longer for ${first:7:12}" 'moved'
assay tag v1 tag:v1 --force >out
assay tag v1 "$first" --force >out
assay tag v1 --delete >out
assert_eq "$(cat out)" "v1 no longer stands for ${first:7:12}" 'taken away'
assert_exit 66 assay tag v1 --delete
assert_exit 66 assay show v1
assay tag --history v1 --json >history.json
assert_jq history.json 'map([.from, .to]) | @json' \
    "[[null,\"$first\"],[\"$first\",\"$second\"],[\"$second\",\"$first\"],[\"$first\",null]]"
assert_eq "$(assay tag --history | wc -l)" 5 'changes of both'
assert_exit 66 assay tag --history v2
echo 'moved, taken away, and remembered'

for name in latest 2024 -v a//b 'a b' "$(printf '%065d' 0)"; do
    assert_exit 64 assay tag -- "$name" latest
done
assert_exit 64 assay tag v1
assert_match "$(cat err)" '*say which version*' 'no version'
assert_exit 64 assay tag v1 latest --delete
assert_exit 64 assay tag --delete
assert_exit 64 assay tag --history v1 --force
assert_exit 66 assay tag v1 release/curent
assert_match "$(cat err)" "*did you mean 'release/current'*" 'a near name'
assert_exit 66 assay tag --store none v1 latest
echo 'refusals'

assay show release/current --json >show.json
assert_jq show.json '[.version, .tags[0]] | @json' "[\"$second\",\"release/current\"]"
assert_jq <(assay log --json) 'map(.tags) | @json' '[["release/current"],[]]'
assert_match "$(assay log | sed -n 2p)" '*by run *, tagged release/current' 'log'
assert_match "$(assay status | grep version)" '*, tagged release/current' 'status'
assert_jq <(assay status --json) '.tags | @json' '["release/current"]'
assay export release/current --out delivery --json >export.json
assert_jq export.json .version "$second"
assert_jq <(assay lineage release/current --upstream --json) '[.nodes[] | select(.subject) | .id] | @json' \
    "[\"version:$second\"]"
echo 'wherever a version may stand'

assay tag inbox/scans/letter.png "$first" >out
assert_exit 64 assay show inbox/scans/letter.png
assert_match "$(cat err)" '*is a tag and a file: say tag:inbox/scans/letter.png or ./inbox/scans/letter.png' 'both'
assert_jq <(assay show tag:inbox/scans/letter.png --json) .version "$first"
assert_jq <(assay show ./inbox/scans/letter.png --json) .sample "$letter"
assert_exit 64 assay lineage inbox/scans/letter.png
assay check >out || fail "check: $(cat out)"
echo 'a name that a file has as well'

assert_exit 64 assay tag v9 latest --reason $'caf\xe9'
assert_match "$(cat err)" '*tag: --reason is not UTF-8' 'reason'
assay tag >tags
! grep -q v9 tags || fail "tags: $(cat tags)"
echo 'a reason that is not UTF-8'

exec 9<.assay/lock
flock 9
assert_exit 75 assay tag v3 latest
assay tag >tags
echo 'a writer at work is not disturbed, and nobody waits'
