# For the scripts that run over the corpus: other people's files, by the thousand; minutes, not seconds. Each takes
#   ASSAY_CORPUS  the corpus (default: ../shared/corpus beside the checkout)
#   ASSAY         the program (default: the newest of build/*/tools/assay)
# and an optional folder to work in, which is kept; otherwise a scratch folder is made and removed.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CORPUS=${ASSAY_CORPUS:-$root/../shared/corpus}
[ ! -d "$CORPUS" ] || CORPUS=$(cd "$CORPUS" && pwd)
EXAMPLES=${EXAMPLES:-$root/data/examples}
bad=0

[ -d "$CORPUS" ] || { echo "SKIP: there is no corpus at '$CORPUS'"; exit 77; }
if [ -z "${ASSAY-}" ]; then
    # shellcheck disable=SC2012 # by time
    ASSAY=$(ls -t "$root"/build/*/tools/assay 2>/dev/null | head -n 1)
fi
[ -x "${ASSAY-}" ] || { echo "there is no program '${ASSAY-}'; build one, or set ASSAY" >&2; exit 66; }
ASSAY=$(cd "$(dirname "$ASSAY")" && pwd)/$(basename "$ASSAY")

# work_in [DIR]: go there, or to a scratch folder that vanishes.
work_in() {
    local dir
    if [ -n "${1-}" ]; then
        mkdir -p "$1"
        dir=$1
    else
        dir=$(mktemp -d)
        # shellcheck disable=SC2064 # its value now
        trap "rm -rf '$dir'" EXIT
    fi
    cd "$dir"
}

# expect WHAT ACTUAL EXPECTED: says both; what differs makes the script fail at its end.
expect() {
    if [ "$2" = "$3" ]; then
        printf 'ok      %s: %s\n' "$1" "$2"
    else
        printf 'WRONG   %s: %s, expected %s\n' "$1" "$2" "$3"
        bad=1
    fi
}

# A run in a session of its own, so that what it leaves behind can be seen. Its summary goes to run.json.
run_all() {
    local code=0 sid
    setsid --wait bash -c 'echo $$ >sid; exec "$0" "$@"' "$ASSAY" run --store store --json --progress none "$@" \
        >run.json 2>run.err || code=$?
    expect 'exit code' "$code" 0
    [ "$code" -eq 0 ] || { cat run.err >&2; exit 1; }
    sid=$(cat sid)
    expect 'processes left behind' "$(ps -o pid= -s "$sid" | wc -l)" 0
    expect 'conserved' "$(jq -r .conserved run.json)" true
    jq -r '"        \(.sources.seen) sources: \(.sources.processed + .sources.unchanged) gave samples, \(.sources.failed) failed; \(.samples.in) samples: \(.samples.accepted) accepted, \(.samples.quarantined) quarantined, \(.samples.duplicate) duplicate; \(.elapsed_s) s"' run.json
    "$ASSAY" queue list --store store --json >tickets.json
}

finish() {
    [ "$bad" -eq 0 ] && echo 'all as expected' || echo 'something is not as expected'
    exit "$bad"
}
