# slaProperties of the queue: a breach is told and is exit code 80; the version is committed, and does not depend on it.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages
version=$(assay show latest --json | jq -r .version)
open=$(assay queue list --json | jq length)
[ "$open" -ge 2 ] || fail 'too few tickets'
id=$(assay queue list --json | jq -r '.[0].id')

agree() {
    sed -i '/^slaProperties/,$d' pages.odcs.yaml
    printf 'slaProperties:\n' >>pages.odcs.yaml
    printf '  - %s\n' "$@" >>pages.odcs.yaml
}

agree "{property: queueSize, value: $open}" '{property: queueAge, value: 1, unit: d}'
assert_exit 0 assay run --progress none
assert_exit 0 assay status --json
assert_jq out '.queue.agreements | map(.met) | @json' '[true,true]'
assert_jq out '.queue.agreements[0] | [.property, .value, .bound, .unit, .id] | @json' \
    "[\"queueSize\",$open,$open,\"tickets\",\"dataset.queueSize\"]"
assert_jq out '.queue.agreements[1].ticket' "$id"
assert_exit 0 assay status
! grep -q '^breach' out || fail 'a breach that is none'
echo 'met'

agree "{property: queueSize, value: $((open - 1)), id: backlog}"
assert_exit 80 assay run --progress none
assert_match "$(cat out)" "*breach    backlog: queueSize $open tickets, at most $((open - 1)) (contract pages)*" 'run'
assert_eq "$(assay show latest --json | jq -r .version)" "$version" 'version with a breach'
assert_exit 80 assay status
assert_match "$(cat out)" "*breach   backlog: queueSize $open tickets, at most $((open - 1)) (contract pages)*" 'status'
assert_exit 80 assay judge --json
assert_jq out '.queue.agreements[0].met' false
echo 'too many'

# By the clock: three days from now the oldest is three days old.
agree '{property: queueAge, value: 2, unit: d}'
assert_exit 0 assay judge
assert_exit 80 assay judge --as-of "$(date -u -d '+76 hours' +%Y-%m-%dT%H:%M:%SZ)"
assert_match "$(cat out)" "*breach    dataset.queueAge: queueAge 3 d [34] h, at most 2 d ($id) (contract pages)*" 'too old'
assert_exit 80 assay judge --as-of "$(date -u -d '+48 hours +30 seconds' +%Y-%m-%dT%H:%M:%SZ)"
assert_match "$(cat out)" '*queueAge 2 d *[0-9] s, at most 2 d (*' 'what breaks it is told'
assert_exit 0 assay status
echo 'too old'

agree '{property: queueAge, value: 2, unit: d}' '{property: queueSize, value: 0, element: page}'
assert_exit 78 assay status
assert_match "$(cat err)" '*the queue is one of the whole dataset: leave the element out*' 'element'
echo 'wrong'
