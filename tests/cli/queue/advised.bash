# Every command that the queue advises is one that its verbs take. Read after tests/cli/lib.sh; `assay` is the program.
# shellcheck shell=bash

# all_advice_holds FILE REMEDY: of every ticket, what `queue show` says to try and what task.json says to hand in, as dry
# runs; *advised* is how many there were. Without a name for REMEDY those are left out that ask for one. FILE and the file to correct stand for what a person would hand in.
all_advice_holds() {
    local file=$1 remedy=$2 line command
    advised=0
    rm -rf advice
    # shellcheck disable=SC2046
    assay queue show --work advice $(assay queue list --all --json | jq -r '.[].id') >/dev/null
    assay queue show $(assay queue list --all --json | jq -r '.[].id') --json >shown.json
    { jq -r '.[].try[]' shown.json | grep -o "'assay queue [^']*'" | tr -d "'"; jq -r '.hand_in[]' advice/*/task.json; } |
        sort -u >advised
    while read -r line; do
        command=${line#assay queue }
        [ -n "$remedy" ] || [[ $command != *--remedy* ]] || continue
        command=${command//FILE/$file}
        [[ ! $command =~ advice/T[0-9]+/(text.txt|table.csv) ]] || command=${command//"${BASH_REMATCH[0]}"/$file}
        command=${command//--remedy NAME/--remedy $remedy}
        command=${command//NAME=VALUE/year=1900}
        command=${command//NAME/Anna}
        command=${command//TEXT/why}
        # shellcheck disable=SC2086
        assay queue $command --dry-run >out 2>err || fail "'$line' is refused: $(tail -n 1 err)"
        advised=$((advised + 1))
    done <advised
}
