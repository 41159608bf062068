# What a model got wrong stays told of whatever verdicts come and go: contracts there and back, remedies, decisions that are
# taken back, a source that leaves. A decision that is made afterwards settles it, for as long as it holds.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
cat >>assay.yaml <<'YAML'
remedies:
  less: [test.read: {add: -5}]
YAML
bound() { # BOUND VERSION [REMEDY]
    sed -i "s/^version: .*/version: 1.0.$2/; s/mustBeLessThan: .*/mustBeLessThan: $1${3:+, remedy: $3}}}/" values.odcs.yaml
}
bound 10 1
for name in a b c; do printf 'value: 3\n%s\n' $name >docs/$name.txt; done
printf 'value: 7\n' >docs/d.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
judge() { assay judge "$@" --json >run.json 2>run.err || fail "judge: $(tail -n 2 run.err)"; assert_jq run.json .conserved true; }
run() { test_run_into store "$@"; assert_jq run.json .conserved true; }
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
states() { assay queue list --all --json | jq -r '[.[] | .subject[5:-11] + " " + .state + (if .origin == "feedback" then "*" else "" end)] | sort | join(", ")'; }
page() { echo "docs/$1.txt#page=1"; }
run
for name in a b c d; do printf '{"key": "%s", "label": "fail", "note": "misread %s"}\n' "$(page $name)" $name; done >eval.jsonl
assay feedback import eval.jsonl >/dev/null
assay feedback open --reason bad >/dev/null
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'opened'

# ---- contracts, and remedies
bound 2 2
judge
assert_eq "$(states)" 'a open, b open, c open, d open' 'all fail'
bound 10 3
judge
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'a contract there and back'
assay queue list | grep -q "$(page b)  *bad; evaluation E1 eval: label fail: misread b" || fail "the queue: $(assay queue list)"
bound 5 4 less
run
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'with a remedy'
assert_eq "$(assay queue show --json "$(page d)" | jq -c '.[0] | [[.checks[].check], (.attempts | map([.remedy, .chosen])), .feedback]')" \
    '[["value"],[["less",true]],"bad; evaluation E1 eval: label fail: misread d"]' 'a repaired one'
assert_eq "$(assay why "$(page d)" --json | jq -r .verdict.outcome)" accepted 'it is delivered'
assay feedback open --reason bad >out
assert_eq "$(tail -n 1 out)" '0 opened; 4 told before' 'the same words'
assert_eq "$(assay queue list --check value --json | jq -r '.[].subject')" "$(page d)" 'by what it fails without help'
echo 'verdicts'

# ---- decisions that are taken back, or end
version=$(version_of)
decide reject "$(page a)" --reason 'the model is right'
assert_eq "$(states)" 'a rejected*, b open*, c open*, d open*' 'rejected'
assay queue list --all | grep -q "rejected .*$(page a)  *bad; evaluation E1 eval: label fail: misread a" || fail "the queue: $(assay queue list --all)"
decide retry --origin feedback --state rejected
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'a rejection that is taken back'

decide waive --state open --owner Anna --reason 'the question was wrong' --expires 2199-01-01 --actor ben
assert_eq "$(states)" 'a waived*, b waived*, c waived*, d waived*' 'waived'
assert_jq did.json '.tickets[3].ticket.decision | [.kind, .actor, .owner, .reason, .expires] | @json' \
    '["waive","ben","Anna","the question was wrong","2199-01-01T00:00:00.000Z"]'
assert_eq "$(jq_get .summary.version did.json)" "$version" 'no version'
assay why "$(page a)" >why.txt
grep -qF 'decision  waived by Anna until 2199-01-01' why.txt || fail "why: $(cat why.txt)"
! grep -qF 'not in force' why.txt || fail "why: $(cat why.txt)"
assert_eq "$(assay queue show --json "$(page a)" | jq -c '.[0].history[-1] | [.state, .actor, .reason]')" \
    '["waived","ben","owner Anna, until 2199-01-01T00:00:00.000Z: the question was wrong"]' 'history'
run
assert_eq "$(states)" 'a waived*, b waived*, c waived*, d waived*' 'after a run'
assert_eq "$(assay why "$(page d)" --json | jq -r .verdict.outcome)" accepted 'repaired as it was'
judge --as-of 2199-01-01T00:00:00Z
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'expired'
judge
assert_eq "$(states)" 'a waived*, b waived*, c waived*, d waived*' 'judged as of now it holds'
decide retry "$(page b)"
printf 'value: 3\nother\n' >docs/a.txt
settle docs
run
assert_eq "$(states)" 'a open*, b open*, c waived*, d waived*' 'taken back; other bytes'
bound 2 5
judge
assert_eq "$(states)" 'a open, b open, c open, d open' 'a waiver of what passes lets nothing fail'
bound 5 6 less
run
assert_eq "$(states)" 'a open*, b open*, c waived*, d waived*' 'and holds again'
echo 'decisions'

# ---- a source that leaves
mkdir away
mv docs/b.txt docs/c.txt away
run
assert_eq "$(states)" 'a open*, b gone*, c gone*, d waived*' 'gone'
assert_exit 64 assay queue waive "$(page b)" --owner Anna --reason x
assert_match "$(cat err)" '*T* is gone: there is nothing to waive' 'nothing is there'
mv away/* docs
run
assert_eq "$(states)" 'a open*, b open*, c waived*, d waived*' 'back again'

# ---- told of while it fails
bound 2 7
judge
assay feedback open --reason again >out
assert_eq "$(tail -n 1 out)" '0 opened; 4 open already, told of it' 'a ticket that is open'
bound 5 8 less
run
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'the waivers are older'
assert_eq "$(assay queue show --json "$(page c)" | jq -r '.[0].feedback')" 'again; evaluation E1 eval: label fail: misread c' 'what was said last'
decide resolve "$(page d)" --text docs/c.txt
assert_eq "$(states)" 'a open*, b open*, c open*, d corrected*' 'corrected'
decide retry --origin feedback --state corrected
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'a correction that is taken back'
run
assert_eq "$(states)" 'a open*, b open*, c open*, d open*' 'a run after all'
assay check >out || fail "check: $(cat out)"
echo 'told again'

# ---- told of once it was let pass: what it fails stays on its ticket, until it passes by itself
bound 2 9
judge
decide waive "$(page a)" --owner Anna --reason 'a stamp'
assay feedback open --reason waived >out
assert_eq "$(assay queue show --json "$(page a)" | jq -c '.[0] | [.state, .origin, [.checks[].check], .feedback]')" \
    '["open","feedback",["value"],"waived; evaluation E1 eval: label fail: misread a"]' 'a waived one'
decide waive "$(page a)" --owner Anna --reason 'the question was wrong'
assert_eq "$(states)" 'a waived*, b open, c open, d open' 'waived in answer'
decide retry "$(page a)"
assert_eq "$(states)" 'a open, b open, c open, d open' 'nothing was decided'
bound 5 10 less
run
assert_eq "$(assay queue show --json "$(page a)" | jq -c '.[0] | [.state, .origin, .checks, .attempts]')" '["open","feedback",[],[]]' 'it passes'
assay check >out || fail "check: $(cat out)"
echo 'let pass'
