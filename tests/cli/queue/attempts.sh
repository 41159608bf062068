# A ticket loses no attempt that it has seen, whatever becomes of it, and each stands once; every event tells what stood
# before it and what is delivered after it, and goes on where the one before it left; what cannot be finished says why.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -5}]
  more: [test.read: {add: 40}, test.read: {add: -60}]
YAML
sed -i '/modality: page}/s/}/, sidecars: {ground_truth: "{stem}.gt"}}/' assay.yaml
printf 'value: 12\n' >docs/helped.txt
printf 'value: 50\n' >docs/vain.txt
printf 'fail: decode\n' >docs/broken.txt
printf 'value: 3\n' >better.txt
printf 'value: 4\n' >text.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/%s.txt#page=1' "$1"; }
vain=$(page vain)
# tried STATE ATTEMPT...: the ticket of what was in vain, its attempts as "who outcome", those that count no more in brackets.
tried() {
    local state=$1
    shift
    assay queue list --all --json "$vain" >list.json
    assert_eq "$(jq -r '.[0].state' list.json)" "$state" "state"
    assert_eq "$(jq -r '.[0].attempts[] | "\(.remedy // .way) \(.outcome)\(if .chosen then " taken" else "" end)"' list.json |
        paste -d'|' <(jq -r '.[0].attempts[].current' list.json) - | sed 's/^true|//; s/^false|\(.*\)/(\1)/' | paste -sd,)" \
        "$(printf '%s\n' "$@" | paste -sd,)" "attempts of what is $state"
    assert_eq "$(assay queue list --all --json --remedy less | jq -r '[.[].subject] | sort | join(" ")')" "$(page helped) $vain" 'by its remedy'
}
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
test_run_into store
tried needs-review 'less checks'
version=$(version_of)

# ---- people
decide waive "$vain" --owner Anna --reason 'it will do'
assert_jq did.json '.tickets[0].ticket.attempts | map([.current, .remedy, .outcome, .judged.event]) | @json' '[[false,"less","checks",2]]'
tried waived '(less checks)'
assay queue show "$vain" >shown
grep -qF 'earlier   less, rung 1: fails 1 check: value: test.value is 45' shown || fail "show: $(cat shown)"
grep -qE '^          20.*, event 2, run ' shown || fail "since when: $(cat shown)"
! grep -q '^attempt' shown || fail "as if it counted: $(cat shown)"
for _ in 1 2; do # once more the same is no more
    decide retry "$vain"
    tried needs-review 'less checks'
    decide reject "$vain" --reason torn
    tried rejected '(less checks)'
done
decide retry "$vain" --remedy more
tried repaired '(less checks)' 'more checks' 'more passed taken'
assert_eq "$(assay queue list --all --json --group remedy | jq -c '[.[] | select(.group != null) | [.group, .tickets]] | sort')" '[["less",2],["more",1]]' 'grouped'
decide resolve "$vain" --file better.txt
tried replaced '(less checks)' '(more checks)' '(more passed taken)' 'replaced passed taken'
decide retry "$vain"
tried needs-review '(more checks)' '(more passed taken)' '(replaced passed taken)' 'less checks'
id=$(jq -r '.[0].id' list.json)
printf 'ticket,key,text,annotator\n%s,%s,"value: 5\n",eva\n' "$id" "$vain" >back.csv
decide import back.csv
tried corrected '(less checks)' '(more checks)' '(more passed taken)' '(replaced passed taken)' 'corrected passed taken'
assay lineage "$vain" --json >graph.json
assert_jq graph.json '[.nodes[] | select(.type == "unit" and .past) | .tried] | sort | @json' \
    '["less, rung 1: fails 1 check: value: test.value is 45","more, rung 1: fails 1 check: value: test.value is 90","more, rung 2: passes; taken","the other file: passes; taken"]'
assert_eq "$(assay lineage "$vain" | grep -c '^tried     sha256:[0-9a-f]\{12\} by .*, which counts no more$')" 4 'a line for each'
echo 'people'

# ---- an evaluation, contracts, recipes, other bytes, a source that goes and comes
printf '{"key": "%s", "label": false}\n' "$vain" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
all='(less checks),(more checks),(more passed taken),(replaced passed taken)'
tried open "$all" 'corrected passed taken'
decide retry "$vain"
decide resolve "$vain" --text text.txt
all="$all,(corrected passed taken)"
tried corrected "$all" 'corrected passed taken'
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 2/; s/version: 1.0.0/version: 1.0.1/' values.odcs.yaml
assay judge >out 2>err || fail "judge: $(cat err)"
all="$all,(corrected passed taken)"
tried needs-review "$all" 'corrected checks taken'
sed -i 's/page: \[test.read\]/page: [test.read: {add: 1}]/; s/less: \[test.read: {add: -5}\]/less: [test.read: {add: -49}]/' assay.yaml
test_run_into store
assert_eq "$(assay queue list --all --json "$vain" | jq '[.[0].attempts[] | select(.outcome != "wanted")] | length')" 8 'another recipe'
printf 'value: -5\n' >docs/vain.txt
settle docs
test_run_into store
assert_eq "$(assay queue list --all --json "$vain" | jq -c '.[0] | [.state, (.attempts | length >= 8), (.attempts | map(.current) | any)]')" \
    '["open",true,false]' 'other bytes'
mv docs/vain.txt .
test_run_into store
assert_eq "$(assay queue list --all --json "$vain" | jq -c '.[0] | [.state, (.attempts | length >= 8)]')" '["gone",true]' 'gone'
mv vain.txt docs/
echo 'what changes'

# ---- touched, with the same bytes: it says why it was not finished, and what to do
cp docs/broken.txt kept.txt
helped=$(page helped)
touch -d '2 hours ago' docs/helped.txt
assay queue resolve "$helped" --text better.txt >out 2>err || fail "resolve: $(cat err)"
why="'docs/helped.txt' is not as it was when it was digested, by its time of change: 'assay run' looks at it again, and goes on"
grep -F "retrying" out | grep -qF "; not finished: $why" || fail "touched: $(cat out)"
assert_eq "$(assay queue show "$helped" --json | jq -r '.[0] | .state, (.attempts[] | select(.current) | .outcome, .note)')" "retrying
undone
$why" 'why'
rm docs/helped.txt
decide retry "$helped"
assert_match "$(jq -r '.tickets[0].ticket.attempts[-1].note' did.json)" "'docs/helped.txt' cannot be opened (No such file or directory): *" 'not there'
printf 'value: 12\n' >docs/helped.txt
settle docs
test_run_into store
assert_jq run.json '.conserved' true
assert_eq "$(assay queue list --all --json "$helped" | jq -r '.[0].attempts[-1] | .way + " " + .outcome')" 'corrected checks' 'run again'
echo 'touched'

# ---- sources: their bytes
broken=$(assay queue show docs/broken.txt --json | jq -r '.[0].id')
decide resolve "$broken" --file better.txt
decide retry "$broken"
decide reject "$broken" --reason lost
printf 'value: -5\n' >docs/broken.txt
settle docs
test_run_into store
digest() { printf 'sha256:%s' "$(sha256sum <"$1" | cut -d' ' -f1)"; }
assert_eq "$(assay queue show "$broken" --json | jq -c '.[] | [.history[-8:][] | [.state, .before, .after] | map(. // "-")]')" \
    "$(jq -nc --arg a "$(digest kept.txt)" --arg b "$(digest better.txt)" --arg c "$(digest docs/broken.txt)" \
        '[["open",$a,"-"],["open",$a,"-"],["retrying",$a,"-"],["replaced",$a,$b],["replaced",$b,$b],["open",$b,"-"],["rejected",$a,"-"],["passed",$a,$c]]')" 'a source'

# ---- all of them, by the table of docs/queue.md
rm docs/vain.txt
printf 'value: -6\n' >docs/helped.txt
settle docs
test_run_into store
assay queue show --state open,retrying,needs-review,repaired,corrected,replaced,waived,rejected,passed,gone --json >all.json
assert_jq all.json '[.[].history[].state] | unique | @json' \
    '["corrected","gone","needs-review","open","passed","rejected","repaired","replaced","retrying","waived"]'
jq -r '.[] | .id as $id | . as $t | .history | to_entries[] | .key as $n | .value as $e | ($t.history[$n - 1].after) as $left |
    (if $n > 0 and $left != null and $left != $e.before then "does not go on" else empty end),
    (if $e.before == null then "nothing before" else empty end),
    (if $e.act then (if $e.after != (if $n > 0 then $left else null end) then "an act changes it" else empty end)
     elif ([$e.state] | inside(["repaired", "corrected", "replaced", "waived", "passed"])) then (if $e.after == null then "nothing after" else empty end)
     elif $e.state == "open" and ($e.reason | test("evaluation")) then (if $e.after == null then "nothing after" else empty end)
     elif $e.after != null then "something after" else empty end) | "\($id) event \($n + 1) (\($e.state)): \(.)"' all.json >wrong
assert_eq "$(cat wrong)" '' 'events'
# What passes by itself is what the version delivers.
assay export latest --out d >/dev/null
assert_eq "$(jq -r '.[] | select(.subject == "docs/helped.txt#page=1") | .history[-1] | .state + " " + .after' all.json)" \
    "passed $(jq -r 'select(.key == "docs/helped.txt#page=1") | .content' d/manifest.jsonl)" 'as it is delivered'
assay check >out || fail "check: $(cat out)"
