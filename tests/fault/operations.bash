# Does random things to a dataset and its queue, some of them killed half way, and counts after each. For the scripts that
# say what the dataset is, which they do by functions:
#
#   edit              changes, adds or takes away a file, and at times contract and pipeline
#   edit_contract     changes bounds
#   some_subject      sets `picked` to a sample or source that is there now and then
#   some_remedy       sets `picked` to a remedy's name
#   write_text        writes `text`, a correction of a page or of a table's cells
#   write_file        sets `file` to one that a source or a sample may be replaced by
#   some_metadata     sets `picked` to NAME=VALUE
#   write_cell FILE   changes a cell of a table
#
# Files, pipeline, remedies and contract are edited, time goes on so that waivers end, people decide on pages and tables,
# annotate and give verdicts on what models made of it, versions are delivered. What must come out is counted from the
# files themselves, from the rows of tickets, from versions and deliveries (queue_count.py). Every
# `compare_every` operations and at the end the store is checked, and a new one is made from the same files, configuration
# and decisions: it must come to the same version.
#
# Expects `assay` (the program), `copy` (the one that copies decisions), `operations`, `seed`, `compare_every` and
# `dataset` (what queue_count.py counts files by). Leaves the caller in the folder of its dataset.
export ASSAY_STORE=store TZ=UTC
RANDOM=$seed
echo "seed $seed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
coproc counts { exec python3 "$here/queue_count.py" "$dataset"; }
# What the counts answer; not ok ends the test.
ask() {
    echo "$*" >&"${counts[1]}"
    read -r answer <&"${counts[0]}"
    [ "${answer%% *}" = ok ] || { echo "$answer"; return 1; }
    answer=${answer#ok}
}

pick() { local -n of=$1; picked=${of[RANDOM % ${#of[@]}]}; }
now=1893456000 # 2030-01-01: no clock is asked
set_time() { printf -v as_of '%(%Y-%m-%dT%H:%M:%SZ)T' "$now"; }
set_time

# ---------------------------------------------------------------- what is done

run() { "$assay" run -j2 --json --progress none --as-of "$as_of" "$@"; }

# A selection: one ticket, those in a state, or a subject, also one that is delivered. There may be none such.
select_some() {
    local states=(open needs-review rejected waived repaired corrected replaced retrying)
    if ((RANDOM % 3 > 0)) && [ "${#tickets[@]}" -gt 0 ]; then
        pick tickets
        selection=("$picked")
    elif ((RANDOM % 4 == 0)); then
        some_subject
        selection=("$picked")
    else
        pick states
        selection=(--state "$picked")
        ((RANDOM % 4 > 0)) || selection+=(--lane readers)
    fi
}
decide() {
    local ends soon
    printf -v soon '%(%Y-%m-%dT%H:%M:%SZ)T' "$((now + 3600 * (1 + RANDOM % 48)))"
    ends=(2000-01-01 2199-01-01 "$soon" "$soon")
    select_some
    set -- "${selection[@]}" --as-of "$as_of" --json
    case $((RANDOM % 9)) in
    0) "$assay" queue waive "$@" --owner ada --reason 'it will do' ;;
    1 | 2) pick ends; "$assay" queue waive "$@" --owner ada --reason 'for a time' --expires "$picked" ;;
    3) "$assay" queue reject "$@" --reason 'beyond help' ;;
    4) write_text; "$assay" queue resolve "$@" --text text ;;
    5) write_file; "$assay" queue resolve "$@" --file "$file" ;;
    6) some_metadata; "$assay" queue resolve "$@" --metadata "$picked" ;;
    7) "$assay" queue retry "$@" ;;
    8) some_remedy; "$assay" queue retry "$@" --remedy "$picked" ;;
    esac
}
# A table's cells are corrected in the folder of work; what its task.json says how to hand in is taken, and nothing else.
correct_cells() {
    local status=0 due
    ask tables >&2 || exit 1
    read -ra cells <<<"$answer"
    [ "${#cells[@]}" -gt 0 ] || return 0
    pick cells; selection=("$picked")
    "$assay" queue show "$selection" --work desk --force >&2 || return
    ask task "$selection" >&2 || exit 1
    due=${answer# }
    write_cell "desk/$selection/table.csv"
    "$assay" queue resolve "$selection" --text "desk/$selection/table.csv" --as-of "$as_of" --json || status=$?
    [ "$status" = "$due" ] || { echo "handed in as task.json says: exit $status, not $due" >&2; return 1; }
}
# What people wrote is taken in at once or not at all.
annotate() {
    local kinds=(csv json)
    pick kinds
    "$assay" queue export --format csv --out tasks.csv --force --kind page || return
    ask "annotate $picked $RANDOM" >&2 || exit 1
    [ "$answer" = " 0" ] || "$assay" queue import "back.$picked" --as-of "$as_of" --reason 'read again' --json
}
evaluate() {
    local evals=(vqa vqa/second)
    pick evals
    "$assay" export latest --out out --force >/dev/null || return
    [ -s out/manifest.jsonl ] || return 0
    ask "evaluate $RANDOM" >&2 || exit 1
    "$assay" feedback import eval.jsonl --eval "$picked" --replace --json || return
    "$assay" feedback open --eval "$picked" --label fail --reason 'read wrong' --json
}
deliver() {
    "$assay" tag "last/$((RANDOM % 3))" latest --force --reason "operation $n" --json || return
    "$assay" export latest --out out --force --json || return
    "$assay" verify out --json
}
operate() {
    case $1 in
    edit | run | time) run ;;
    judge) "$assay" judge --as-of "$as_of" --json ;;
    *) "$1" ;;
    esac
}

# ---------------------------------------------------------------- what must hold

count() {
    "$assay" judge --as-of "$as_of" --json >judged.json 2>err || { echo 'judging failed'; cat err; return 1; }
    "$assay" queue list --all --json >queue.json 2>err || { echo 'listing failed'; cat err; return 1; }
    ask "count ${variant:-}" || return 1
    read -ra tickets <<<"$answer"
}
states=open,retrying,needs-review,repaired,corrected,replaced,waived,rejected,passed,gone
version_of() { sed -n 's/^  "version": \(.*\),$/\1/p' "$1"; }
# Sample by sample. Of what was judged just now nothing is unknown.
check_delivery() {
    "$assay" export latest --out out --force >out.txt 2>err && [ ! -s err ] || { cat err; return 1; }
    ask "outcomes out ${variant:-}"
}
# The store is whole, and says what a new one says of the same files, configuration and decisions.
compare() {
    "$assay" queue show --state "$states" --json >history.json 2>err || { cat err; return 1; }
    ask events || return 1
    "$assay" check --read-data >check 2>&1 || { echo 'damaged:'; cat check; return 1; }
    run >old.json 2>err || { cat err; return 1; }
    rm -rf fresh
    "$copy" store fresh || return 1
    ASSAY_STORE=fresh run >new.json 2>err || { cat err; return 1; }
    [ -n "$(version_of old.json)" ] && [ "$(version_of old.json)" = "$(version_of new.json)" ] && return 0
    echo 'a new store comes to another version:'
    for store in store fresh; do
        ASSAY_STORE=$store "$assay" export latest --out "of-$store" >/dev/null
        sort "of-$store/manifest.jsonl" "of-$store/others.jsonl" >"$store.lines"
    done
    diff store.lines fresh.lines || true
    diff of-store/version.json of-fresh/version.json || true
    return 1
}
# A run that is killed is run again: nothing of it may be lost, or be there twice.
kill_half_way() { # KIND
    local saved=$RANDOM pid child= waited=0
    set -m # a process group of its own
    (RANDOM=$saved; exec >out.txt 2>err; operate "$1") &
    pid=$!
    set +m
    sleep "0.$(printf '%03d' $((RANDOM % 40)))"
    { read -r child </proc/$pid/task/$pid/children; } 2>/dev/null || true
    for child in $child; do
        kill -KILL "$child" 2>/dev/null && kills=$((kills + 1)) || true
    done
    wait "$pid" 2>/dev/null || true
    # What a killed shell had started comes to its end by itself.
    while ((waited++ < 200)) && kill -0 -- "-$pid" 2>/dev/null; do
        sleep 0.05
    done
    run >out.txt 2>err || { echo "operation $n ($1), resumed: $(cat err)"; return 1; }
}

# ---------------------------------------------------------------- all of it

fail() {
    trap - EXIT
    echo "after operation $n ($kind ${selection[*]-}), seed $seed, left in $work: $1"
    exit 1
}
kinds=(edit edit edit decide decide decide decide decide decide decide correct_cells correct_cells judge run time time
    annotate evaluate deliver)
# Wrong use, what is not there and what cannot be decided are told; anything else is a fault.
whole() { # KIND
    local status=0
    operate "$1" >out.txt 2>err || status=$?
    case $1:$status in
    *:0 | decide:6[456] | annotate:6[45]) ;;
    *) fail "exit $status: $(cat err)" ;;
    esac
    # What was decided of changed files is seen by a run.
    [ "$1" != decide ] || [ "$status" -ne 0 ] || ((RANDOM % 4 > 0)) || run >out.txt 2>err || fail "$(cat err)"
}
operate_once() {
    pick kinds
    kind=$picked selection=()
    case $kind in
    edit) edit ;;
    time) now=$((now + 3600 * (1 + RANDOM % 24))); set_time ;;
    judge) ((RANDOM % 3 > 0)) || edit_contract ;;
    esac
    # A kill would leave what was asked of the counts unanswered.
    if ((RANDOM % 12 == 0)) && [[ $kind != @(annotate|evaluate|correct_cells) ]]; then
        kill_half_way "$kind" || fail 'a killed run does not go on'
    else
        whole "$kind"
    fi
    count || fail 'it does not add up'
    [ "$kind" != deliver ] || check_delivery || fail 'a delivery that is not so'
}
operate_at_random() {
    kills=0 n=0 kind=start
    run >out.txt 2>err || fail "$(cat err)"
    count || fail 'it does not add up'
    for ((n = 1; n <= operations; n++)); do
        operate_once
        ((n % 250 != 0)) || echo "$n operations, $kills kills"
        ((n % compare_every != 0)) || { compare || fail 'not the same'; echo "$n operations: a new store says the same"; }
    done
    n=$operations
    compare || fail 'not the same'
    echo "$operations operations, $kills kills: everything adds up after each, and a new store says the same"
}
