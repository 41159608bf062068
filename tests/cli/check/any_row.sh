# One damaged row of each table of the catalog in turn: every verb ends by itself and in words, and `check` finds it.
# Rows of the queue and the records of runs end none of these verbs.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
printf 'value: 44\n' >docs/first.txt
printf 'value: 55\n' >docs/second.txt
printf 'value: 1\n' >docs/good.txt
printf 'fail: decode\n' >docs/broken.txt
settle docs
export ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
damage_row=${ASSAY_TEST%/*}/damage-row
[ -x "$damage_row" ] || skip 'there is no damage-row beside assay-test'
test_run_into whole
export ASSAY_STORE=whole
assay queue waive 'docs/first.txt#page=1' --owner Anna --reason legible >out || fail 'waive'
printf '{"key": "docs/good.txt#page=1", "label": false}\n' >eval.jsonl
assay feedback import eval.jsonl >out && assay feedback open >out || fail 'feedback'
assay tag v1 latest >out 2>err || fail "tag: $(cat err)"
assay check >out || fail "check: $(cat out)"

# try TABLE VERB...: it ends with a code that says what is the matter, and with words about it; where it goes on, without
# an error.
try() {
    local table=$1 code=0
    shift
    assay "$@" >out 2>err </dev/null || code=$?
    printf '%-9s %-50s %s %s\n' "$table" "$*" "$code" "$(head -c 300 err | tr '\n' ' ')" >>log
    case $table.$code in
    *.0) ! grep -v '^assay: warning: ' err || fail "damaged $table: '$*' exits with 0, and with an error" ;;
    *.80) [ "$1" = check ] || fail "damaged $table: '$*' exits with $code" ;;
    ticket.* | event.* | standing.* | run.*) fail "damaged $table: '$*' exits with $code: $(cat err)" ;;
    *.65) grep -qhE "'assay (check|queue)" out err || fail "damaged $table: '$*' does not say what to do: $(cat err)" ;;
    *) fail "damaged $table: '$*' exits with $code: $(tail -n 3 err)" ;;
    esac
}
for table in meta edge object source unit sample ticket event version tag run decision feedback standing; do
    rows=1
    [ $table != ticket ] || rows='0 1' # that of the source that failed too
    for n in ${ASSAY_DAMAGE_ROWS-$rows}; do
        rm -rf hurt
        cp -R whole hurt
        export ASSAY_STORE=hurt
        "$damage_row" hurt "$table" "?$n" >key || fail "damage $table"
        printf '%s\n' "-- $table $n $(cat key)" >>log
        try "$table" check
        grep -q finding out || fail "check does not find a damaged row of $table: $(cat out)"
        try "$table" status
        try "$table" queue list --all
        for page in ${ASSAY_DAMAGE_PAGES-first}; do
            try "$table" queue show "docs/$page.txt#page=1"
            try "$table" why "docs/$page.txt#page=1"
            try "$table" lineage "docs/$page.txt#page=1"
        done
        try "$table" why docs/broken.txt
        try "$table" run --progress none
    done
done
