# A decision whose row is damaged: every run stops and says so, check names it and whom it is about, and somebody takes
# it out by name; then all goes on without it.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
printf 'value: 99\n' >docs/waived.txt
printf 'value: 98\n' >docs/second.txt
printf 'value: 1\n' >docs/good.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
test_run_into store
version=$(version_of)
page='docs/waived.txt#page=1'
assay queue waive "$page" --owner Anna-the-archivist --reason legible >out || fail "$(cat out)"
assay queue waive 'docs/second.txt#page=1' --owner Anna-the-archivist --reason legible >out || fail "$(cat out)"
assert_exit 64 assay queue retry --decision 1 --reason 'it can be read'
assert_exit 66 assay queue retry --decision 3 --reason 'there is none'

# Each place where the row's bytes are, or were; events tell the name too.
LC_ALL=C grep -obaP 'Anna-the-archivist(?!:)' store/catalog/data.mdb | cut -d: -f1 | while read -r at; do
    printf E | dd of=store/catalog/data.mdb bs=1 seek="$at" conv=notrunc status=none
done
assert_exit 65 assay run --progress none
assert_match "$(cat err)" "*decision*, row 1:*'assay queue retry --decision 1,2 --reason TEXT' takes out*" 'a run'
assert_exit 80 assay check --json
assert_jq out '[.findings[] | select(.name == "decision 1")] | length' 1
assert_match "$(jq -r '.findings[] | select(.name == "decision 1") | .detail' out)" '*it decided on the verdict*retry --decision 1*' 'what it was'
assert_jq out '.findings[] | select(.name == "decision 1") | .samples | @json' "[\"$page\"]"
# Whoever looks at the sample is told of it, and all else is told as before.
way="'assay queue retry --decision 1 --reason TEXT' takes it out"
for look in "why $page" "queue show $page" "lineage $page"; do
    # shellcheck disable=SC2086
    assay $look >out 2>err || fail "$look: $(cat err)"
    grep -qF "$way" out || fail "$look says nothing of it: $(cat out)"
done
assert_jq <(assay why "$page" --json) '.verdict.decisions.verdict | [.id, .kind, .standing] | @json' '[1,null,"damaged"]'
assert_jq <(assay queue show "$page" --json) '.[0] | [.state, .decision.standing] | @json' '["waived","damaged"]'
assert_jq <(assay lineage "$page" --json) '[.nodes[] | select(.type == "decision") | .kind] | @json' '["damaged"]'
assay queue list --all >out || fail 'the list'
assert_exit 65 assay queue waive "$page" --owner Ben --reason 'over it'
assert_match "$(cat err)" '*decision 1 *retry --decision 1*' 'another decision'
assert_exit 64 assay queue retry --decision 1
assert_exit 64 assay queue retry "$page" --decision 1 --reason x
assert_exit 64 assay queue retry --decision 1,x --reason x
assert_exit 66 assay queue retry --decision 1,9 --reason x
assay queue retry --decision 1 --decision 2,1 --reason 'a bad disk' --dry-run --json >did.json 2>err || fail "dry run: $(cat err)"
assert_jq did.json '[.dry_run, .decisions, (.tickets | map(.ticket.state))] | @json' '[true,[1,2],["waived","waived"]]'
assert_exit 65 assay run --progress none
assay queue retry --decision 1,2 --actor ben --reason 'a bad disk' --json >did.json 2>err || fail "$(cat err)"
assert_jq did.json '[.tickets[0].ticket.state, .summary.samples.quarantined, .summary.conserved] | @json' '["needs-review",2,true]'
assert_eq "$(jq -r .summary.version did.json)" "$version" 'as before it was decided'
assay queue show "$page" --json >shown.json
assert_jq shown.json '[.[0].history[] | select(.actor == "ben") | .reason] | @json' '["decision 1 cannot be read, and was taken out: a bad disk"]'
assay check >out || fail "check: $(cat out)"
test_run_into store
assert_eq "$(version_of)" "$version" 'runs go on'
assert_exit 64 assay queue retry --decision 1 --reason again
assay queue waive "$page" --owner Anna --reason 'once more' --json >did.json || fail 'it cannot be waived again'
assert_jq did.json '.tickets[0].ticket.state' waived
