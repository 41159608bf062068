# `log`: versions newest first with what became of the samples; --runs: runs, the one that was killed too.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
first=$(jq_get .version run.json)
run_pages
write_contract 99
judge_pages
second=$(jq_get .version run.json)

assay log >log
assert_match "$(head -n 1 log)" "$(echo "$second" | cut -c8-19)  20??-??-?? ??:??:??Z  4 accepted, 1 duplicate, 1 source failed (latest)" 'newest version'
assay log --json >log.json
assert_jq log.json 'map(.version) | @json' "[\"$second\",\"$first\"]"
assert_jq log.json '.[0].parent' "$first"
assert_jq log.json 'map(.latest) | @json' '[true,false]'
assert_jq log.json '.[1].samples | [.in, .accepted, .quarantined, .duplicate, .failed_sources] | @json' '[5,3,1,1,1]'
echo 'versions, newest first'

write_contract
judge_pages
assay log --json >log.json
assert_jq log.json 'map(.latest) | @json' '[false,true]'
echo 'a version made again is the latest again, and no new one'

assay log --runs --json >runs.json
assert_jq runs.json 'map(.verb) | join(" ")' 'judge judge run run'
assert_jq runs.json 'all(.ended != null and .exit == 0)' true
assert_jq runs.json '.[3] | [.sources.seen, .sources.processed, .sources.failed, .version] | @json' "[5,4,1,\"$first\"]"
assert_jq runs.json '.[3].sandbox | test("seccomp")' true
assert_jq runs.json '.[0].sandbox' null
assert_jq runs.json '.[3].libraries | length > 5' true
assert_eq "$(assay log --runs --limit 1 --json | jq length)" 1 'with --limit'
echo 'runs, newest first'

mkdir none
assert_exit 66 assay log --store none
assert_exit 64 assay log latest
