# What people decided and what holds no more is named: by the run that ends it, and as long as nobody takes it back.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -1}]
YAML
for n in 1 2 3 4 5 6 7; do printf 'value: 12\n# %s\n' "$n" >docs/r$n.txt; done
printf 'value: 14\n' >docs/waived.txt
printf 'value: 15\n' >docs/text.txt
printf 'fail: decode\n' >docs/torn.txt
printf 'value: 2\n' >text.txt
printf 'value: 16\n# r\n' >docs/recipe.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
# Why its ticket is as it is, by the last event of its history but acts: without what it fails.
reason() { assay queue show "$1" --json | jq -r '[.[0].history[] | select(.act | not)][-1].reason' | sed 's/; [^;]*test.value is.*//'; }
ended() { jq -r '[.ended[] | "\(.decision.kind) \(.subject) \(.outcome) \(.state) \(.expired)"] | sort | join("; ")' run.json; }
test_run_into store
assay queue reject docs/r1.txt docs/r2.txt docs/r3.txt docs/r4.txt docs/r5.txt docs/r6.txt docs/r7.txt --actor Anna \
    --reason torn >/dev/null 2>err || fail "reject: $(cat err)"
assay queue reject docs/recipe.txt --actor Dora --reason blank >/dev/null 2>err || fail "reject: $(cat err)"
assay queue reject docs/torn.txt --reason empty >/dev/null 2>err || fail "reject: $(cat err)"
assay queue waive docs/waived.txt --owner Ben --reason 'it will do' --expires 2029-01-01 >/dev/null 2>err || fail "waive: $(cat err)"
assay queue resolve docs/text.txt#page=1 --text text.txt --actor Cara >/dev/null 2>err || fail "resolve: $(cat err)"
test_run_into store
assert_eq "$(ended)" '' 'nothing has ended'
assert_exit 0 assay queue list --ended
assert_match "$(cat err)" '*no ticket matches*' 'none to list'

# A waiver ends by its date, which --as-of may name as --expires does; without a version it is told again.
assay judge --as-of 2029-01-01 --json >run.json 2>err || fail "judge: $(cat err)"
assert_eq "$(ended)" 'waive docs/waived.txt#page=1 quarantined needs-review true' 'expired'
assert_eq "$(assay queue list --ended --json | jq -r '.[].subject')" 'docs/waived.txt#page=1' 'listed'
assert_eq "$(assay why docs/waived.txt#page=1 --json | jq -c .verdict.decisions_ended)" '["verdict"]' 'why'
assert_eq "$(reason docs/waived.txt)" 'the waiver of Ben expired on 2029-01-01' 'why it is open again'
for verb in why 'queue show'; do
    # shellcheck disable=SC2086 # words
    assay $verb docs/waived.txt#page=1 >told
    grep -A4 '^decision  waived by Ben until 2029-01-01 00:00:00Z$' told >list || fail "$verb: $(cat told)"
    assert_match "$(cat list)" '*it will do*told by *not in force: it expired on 2029-01-01 00:00:00Z*' "$verb"
done
assert_eq "$(assay queue show docs/waived.txt --json | jq -c '.[0].decisions | [.verdict.owner, .verdict.not_in_force, .content]')" \
    '["Ben","it expired on 2029-01-01 00:00:00Z",null]' 'who waived it, and that it is over'
assay judge >/dev/null 2>err || fail "judge: $(cat err)"
assert_eq "$(assay queue show docs/waived.txt --json | jq -c '.[0].decisions.verdict.not_in_force')" null 'in force again'
echo 'a waiver'

# A looser contract lets through what was rejected, and says something else of what was waived: five samples are named,
# and how to see the rest.
before=$(version_of)
sed -i 's/mustBeLessThan: 10/mustBeLessThan: 13/' values.odcs.yaml
assay run -j1 --progress none >told 2>err || fail "run: $(cat err)"
sed -n '/^ended/p; /^          /p' told >list
id=$(assay queue list 'docs/r1.txt#page=1' --json | jq -r '.[0].id')
assert_eq "$(head -n 2 list)" "ended     9 decisions held in the last version and do no more:
          docs/r1.txt#page=1, rejected by Anna: now accepted ($id)" 'named'
assert_eq "$(tail -n 1 list)" "          and 4 more: 'assay queue list --ended' lists them all" 'and the rest'
assert_eq "$(wc -l <list)" 7 'lines'
assert_eq "$(assay queue list --ended --json | jq length)" 9 'all are listed'
assert_eq "$(reason docs/r1.txt)" 'the rejection by Anna no longer holds: the contract changed; it passes every check now' 'why it passes'
assert_eq "$(reason docs/waived.txt)" 'the waiver of Ben no longer holds: the contract changed' 'another contract'
test_run_into store
assert_eq "$(ended)" '' 'told once'
assay why docs/r1.txt#page=1 >told
grep -q '^decision  rejected by Anna$' told || fail "why: $(cat told)"
grep -q 'not in force: how it is made, or what it fails, has changed since' told || fail "why: $(cat told)"
assay lineage docs/r1.txt#page=1 >told
grep -q 'rejected by Anna; it holds no more' told || fail "lineage: $(cat told)"
assay diff "$before" latest --json >diff.json
assert_jq diff.json '[.samples[] | select(.sample == "docs/r1.txt#page=1") | .changes[] | select(.what == "decision") | .text]
    | map(startswith("no longer rejected by Anna")) | @json' '[true]'
assay queue retry docs/r7.txt >/dev/null 2>err || fail "retry: $(cat err)"
assert_eq "$(assay queue list --ended --json | jq length)" 8 'what is taken back is not listed'
echo 'rejections'

# A text is about the bytes, a rejected source may be read at last; what is away waits.
printf 'value: 4\n' >docs/torn.txt
printf 'value: 3\n# other\n' >docs/text.txt
assay queue reject docs/waived.txt --reason torn >/dev/null 2>err || fail "reject: $(cat err)"
rm docs/r1.txt docs/waived.txt
settle docs
test_run_into store
assert_eq "$(ended)" 'correct docs/text.txt#page=1 accepted passed false; reject docs/torn.txt null passed false' 'other bytes'
assert_jq run.json '[.ended[].other_bytes] | sort | @json' '[false,true]'
assert_eq "$(assay why docs/text.txt#page=1 --json | jq -c .verdict.decisions_ended)" '["content"]' 'why of a text'
assert_jq <(assay why docs/text.txt#page=1 --json) .verdict.decisions.content.not_in_force 'the source has other bytes now'
assay queue show docs/text.txt >told
assert_match "$(grep -A4 '^decision  corrected by Cara from text.txt$' told)" '*not in force: the source has other bytes now*' 'queue show'
assert_eq "$(assay queue list --ended --json | jq -r '[.[].subject] | map(select(test("r1|waived"))) | length')" 0 'a file that is gone'
echo 'a text'

# Another recipe makes another work of it, which nobody decided about.
assay queue reject docs/recipe.txt --actor Dora --reason blank >/dev/null 2>err || fail "reject: $(cat err)"
sed -i 's/page: \[test.read\]/page: [test.read: {add: 1}]/' assay.yaml
test_run_into store
assert_eq "$(reason docs/recipe.txt)" 'the rejection by Dora no longer holds: the recipe changed' 'another recipe'
printf 'value: 18\n# r\n' >docs/r7.txt
settle docs
test_run_into store
assay queue show docs/r7.txt --json | jq -r '[.[0].history[] | select(.state == "retrying")][-1].reason' >told
assert_match "$(cat told)" 'the source has other bytes; test.value is 19, *' 'other bytes of what passed'
echo 'a recipe'

# A ticket that an evaluation opened names what was decided on its sample before, which goes on to hold.
printf 'value: 30\n' >docs/fixed.txt
settle docs
test_run_into store
assay queue resolve docs/fixed.txt#page=1 --text text.txt --actor Cara >/dev/null 2>err || fail "resolve: $(cat err)"
test_run_into store
printf '{"key": "docs/fixed.txt#page=1", "label": false}\n' >eval.jsonl
assay feedback import eval.jsonl >told 2>err || fail "import: $(cat err)"
assay feedback open >told 2>err || fail "open: $(cat err)"
assay queue show docs/fixed.txt --json >show.json
assert_jq show.json '.[0] | [.state, .origin, .decision, .decisions.content.actor, .decisions.content.not_in_force] | @json' \
    '["open","feedback",null,"Cara",null]'
assay queue show docs/fixed.txt >told
assert_eq "$(grep -c '^decision  corrected by Cara from text.txt$' told)" 1 'named'
! grep -q 'not in force' told || fail "queue show: $(cat told)"
echo 'feedback'

# A file that is renamed is another source: what was decided about it holds no more, and its bytes are named.
printf 'value: 30\n# moved\n' >docs/moved.txt
printf 'value: 30\n# text\n' >docs/spelt.txt
printf 'fail: decode\n# moved\n' >docs/broken.txt
cp docs/moved.txt docs/zcopy.txt
settle docs
test_run_into store
assay queue reject docs/moved.txt --actor Ann --reason 'personal data' >/dev/null 2>err || fail "reject: $(cat err)"
assay queue reject docs/broken.txt --actor Ann --reason empty >/dev/null 2>err || fail "reject: $(cat err)"
assay queue resolve docs/spelt.txt --text text.txt --actor Cara >/dev/null 2>err || fail "resolve: $(cat err)"
assay queue waive docs/waived.txt --owner Ben --reason ok >/dev/null 2>&1 || true
mv docs/spelt.txt docs/spelt2.txt
mv docs/broken.txt docs/broken2.txt
rm docs/moved.txt
sed -i 's/mustBeLessThan: 13/mustBeLessThan: 40/' values.odcs.yaml
assay run -j1 --progress none >told 2>err || fail "run: $(cat err)"
id=$(assay queue show docs/moved.txt --json | jq -r '.[0].id')
assert_eq "$(grep 'docs/moved.txt' told)" "          docs/moved.txt#page=1, rejected by Ann: its file is gone; the same bytes are now at docs/zcopy.txt, now accepted ($id)" 'named'
assert_match "$(grep 'docs/broken.txt' told)" '*rejected by Ann: its file is gone; the same bytes are now at docs/broken2.txt, about which nothing is decided*' 'a source'
assert_match "$(grep 'docs/spelt.txt' told)" '*corrected by Cara*: its file is gone; the same bytes are now at docs/spelt2.txt, now accepted*' 'a text'
assert_jq <(assay queue list --ended --json) '[.[].subject | select(test("moved|broken|spelt"))] | sort | @json' \
    '["docs/broken.txt","docs/moved.txt#page=1","docs/spelt.txt#page=1"]'
assert_match "$(assay queue show docs/moved.txt)" '*rejected by Ann*not in force: its file is gone, and the same bytes are now under another path*' 'show'
assert_match "$(assay why docs/zcopy.txt#page=1)" '*rejected by Ann*personal data*not in force: on docs/moved.txt#page=1, whose file is gone; it had the same bytes*' 'why'
assert_jq <(assay why docs/zcopy.txt#page=1 --json) '.verdict.decided_before_it_moved | map([.subject, .decision.actor]) | @json' \
    '[["docs/moved.txt#page=1","Ann"]]'
assay why docs/broken2.txt >told
assert_match "$(cat told)" '*rejected by Ann*empty*not in force: on docs/broken.txt, whose file is gone; it had the same bytes*' 'why of a source that failed'
assert_jq <(assay why docs/broken2.txt --json) '.decided_before_it_moved | map([.subject, .decision.actor]) | @json' '[["docs/broken.txt","Ann"]]'
assay queue retry docs/spelt.txt >/dev/null 2>err || fail "retry: $(cat err)"
assert_jq <(assay queue list --ended --json) '[.[].subject | select(test("moved|broken|spelt"))] | sort | @json' \
    '["docs/broken.txt","docs/moved.txt#page=1"]'
# Back under its name it holds again.
cp docs/zcopy.txt docs/moved.txt
settle docs
sed -i 's/mustBeLessThan: 40/mustBeLessThan: 13/' values.odcs.yaml
test_run_into store
assert_jq <(assay why docs/zcopy.txt#page=1 --json) '.verdict | [.outcome, .decided_before_it_moved] | @json' '["duplicate",[]]'
assert_jq <(assay queue list --ended --json) '[.[].subject | select(test("moved"))] | @json' '[]'
echo 'a file that moved'
