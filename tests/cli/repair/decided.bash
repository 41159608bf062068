# Sourced by cases that decide on pages that no remedy is tried on, and ask what became of them.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
run() { settle docs; test_run_into store; assert_conserved; }
# of NAME [PAGE]: state and origin of its ticket
of() { assay queue list --all --json "docs/$1.txt#page=${2-1}" 2>/dev/null | jq -r '.[0] | "\(.state) \(.origin)"'; }
# told NAME EVENT: who said what, -1: last
told() { assay queue show "docs/$1.txt#page=1" --json | jq -r ".[0].history[$2] | .actor + \": \" + .reason"; }
