# Rows of the queue that cannot be read, one by one: whoever asks is told which it is, what else is known and what makes
# it whole; a verb that decides makes the ticket anew first, and nothing that was decided or told is lost by it.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
printf 'value: 44\n' >docs/first.txt
printf 'value: 55\n' >docs/hurt.txt
printf 'value: 1\n' >docs/good.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
damage_row=${ASSAY_TEST%/*}/damage-row
[ -x "$damage_row" ] || skip 'there is no damage-row beside assay-test'
damage() { "$damage_row" store "$@" >>damaged || fail "damage $*"; }
do_well() { assay "$@" >out 2>err || fail "$*: $(cat err)"; }
whole() { do_well check; }
test_run_into store
version=$(version_of)
page='docs/hurt.txt#page=1'
id=$(assay queue show "$page" --json | jq -r .[0].id)
n=${id#T}

# ---- who looks
damage ticket "$n"
for name in "$id" "$page" docs/hurt.txt; do
    do_well queue show "$name"
    assert_match "$(cat out)" "ticket    $id damaged: *its checksum differs
subject   $page
state     needs-review, when it was last written
opened *
verdict   quarantined
error     value: *
history   *needs-review*
try       assay queue retry $id makes it anew*" "show $name"
done
assert_jq <(assay queue show "$id" --json) '.[0] | [.id, .subject, .state, .outcome, (.damaged | test("checksum")), (.history | length)] | @json' \
    "[\"$id\",\"$page\",\"needs-review\",\"quarantined\",true,2]"
do_well why "$page"
grep -q "^damaged   ticket $id of '$page' cannot be read (.*); 'assay queue retry $id' makes it anew" out || fail "why: $(cat out)"
assert_jq <(assay why "$page" --json) '.verdict.ticket | [.id, .state, (.damaged | test("checksum"))] | @json' "[\"$id\",\"needs-review\",true]"
do_well lineage docs/hurt.txt --downstream
grep -q "^ticket    $id damaged: cannot be read; 'assay queue retry $id'" out || fail "lineage: $(cat out)"
do_well queue list docs/hurt.txt docs/first.txt
grep -q 'docs/first.txt' out || fail "list: $(cat out)"
grep -q "left out: ticket $id of '$page' cannot be read" err || fail "list: $(cat err)"
assert_exit 80 assay check
grep -q "^row ticket $n: .*'assay queue retry $id' makes the ticket anew" out || fail "check: $(cat out)"
echo 'looked at'

# ---- who decides: retry does nothing but make it anew, the others go on
assert_exit 65 assay queue retry "$id" --dry-run
assert_match "$(cat err)" "*$id of '$page' cannot be read*a dry run does not*" 'dry run'
do_well queue retry "$id" --json
assert_jq out '[.tickets[0].did, .tickets[0].ticket.state, .summary] | @json' '["it could not be read, and was made anew","needs-review",null]'
assert_eq "$(assay show latest --json | jq -r .version)" "$version" 'the same version'
whole
do_well queue waive "$page" --owner Anna --reason legible
damage ticket "$n"
do_well queue retry "$page"
assert_jq <(assay queue show "$id" --json) '.[0] | [.state, .decision.owner, .damaged] | @json' '["waived","Anna",null]'
damage ticket "$n"
do_well queue reject "$page" --reason 'too faint after all' --json
assert_jq out '.tickets[0] | [.before, .ticket.state] | @json' '["waived","rejected"]'
damage ticket "$n"
do_well queue resolve "$id" --metadata batch=b7 --json
assert_jq out '.tickets[0].ticket.state' rejected
whole
do_well queue retry "$page"
echo 'decided on'

# ---- what a model got wrong stays told of, until somebody answers it
good='docs/good.txt#page=1'
do_well queue waive "$page" --owner Anna --reason legible
printf '{"key": "%s", "label": false}\n{"key": "%s", "label": false}\n' "$good" "$page" >eval.jsonl
do_well feedback import eval.jsonl
do_well feedback open
do_well queue retry "$page"
told=$(assay queue show "$good" --json | jq -r .[0].id)
damage ticket "${told#T}"
do_well queue show "$told"
grep -q '^told of   by an evaluation, ' out || fail "show: $(cat out)"
do_well judge
assert_jq <(assay queue show "$told" --json) '.[0] | [.state, .origin, (.history[-1].reason | test("made anew: .*nobody has decided"))] | @json' '["open","feedback",true]'
do_well queue waive "$told" --owner Anna --reason 'the question was wrong'
damage ticket "${told#T}"
do_well judge
assert_jq <(assay queue show "$told" --json) '.[0] | [.state, .origin, .decision.owner] | @json' '["waived","feedback","Anna"]'
# Of one that fails: once it passes it is open for what the model got wrong.
damage ticket "$n"
do_well judge
assert_jq <(assay queue show "$id" --json) '.[0] | [.state, .origin] | @json' '["needs-review","judged"]'
printf 'value: 5\n' >docs/hurt.txt
settle docs
test_run_into store
assert_jq <(assay queue show "$id" --json) '.[0] | [.state, .origin] | @json' '["open","feedback"]'
whole
echo 'told of'

# ---- an event: named by check, given up by name, told in its place
damage event "$n:2"
damage event "$n:1"
assert_exit 80 assay check --json
assert_jq out '[.findings[] | .name] | @json' "[\"event 1 of ticket $n\",\"event 2 of ticket $n\"]"
assert_match "$(jq -r '.findings[1].detail' out)" "*'assay queue retry --event $id:2 --reason TEXT' gives it up" 'what to do'
assert_exit 64 assay queue retry --event "$id:2"
assert_exit 64 assay queue retry --event "$id:3" --reason 'it can be read'
assert_exit 64 assay queue retry --event "$id" --reason 'no event'
assert_exit 64 assay queue retry "$id" --event "$id:2" --reason 'not of a ticket'
assert_exit 66 assay queue retry --event "$id:99" --reason 'there is none'
assert_exit 64 assay queue retry --event "$id:2,$id:3" --reason 'all or none'
do_well queue retry --event "$id:2" --reason 'a bad disk' --dry-run
assert_exit 80 assay check
do_well queue retry --event "$id:2,$id:1" --actor Ben --reason 'a bad disk' --json
assert_jq out '[.tickets[].did] | @json' '["event 2, which cannot be read, is given up","event 1, which cannot be read, is given up"]'
whole
assert_jq <(assay queue show "$id" --json) '.[0].history[1] | [.actor, .act, .reason] | @json' '["Ben",true,"event 2 cannot be read, and was given up: a bad disk"]'
assert_jq <(assay queue show "$id" --json) '.[0] | [.state, .origin, .history[-1].reason] | @json' \
    '["open","feedback","event 1, which cannot be read, is given up; a bad disk"]'
assert_exit 64 assay queue retry --event "$id:2" --reason again
echo 'given up'

# ---- status goes on, and names what it met
oldest=$(assay queue list --json | jq -r '.[0].id')
do_well queue waive "$oldest" --owner Anna --reason legible
decision=$(assay queue show "$oldest" --json | jq -r .[0].decision.id)
damage decision "$decision"
damage ticket "$n"
assert_exit 65 assay status --json
assert_jq out "[.damaged.decisions, (.damaged.tickets | map(.id)), .sources.seen] | @json" "[[$decision],[\"$id\"],3]"
assert_exit 65 assay status
grep -q "^damaged  1 decision cannot be read.*--decision $decision --reason" out || fail "status: $(cat out)"
grep -q "^damaged  ticket $id of '$page' cannot be read" out || fail "status: $(cat out)"
do_well queue retry --decision "$decision" --reason 'a bad disk'
do_well status
whole
