# What is decided twice, by the same person with the same content, is decided once: no event, and no ticket grows young.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
for n in 14 15 16 17 18; do printf 'value: %s\n' "$n" >docs/v$n.txt; done
printf 'fail: decode\n' >docs/torn.txt
printf 'value: 2\n' >text
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/%s.txt#page=1' "$1"; }
did() { jq -r '.tickets[0].did' did.json; }
# Of all tickets what must not change: when each was opened, and how many events it has.
standing() { assay queue list --all --json | jq -c '[.[] | [.subject, .state, .opened, .changed, .events]] | sort'; }
twice() { # WHAT THEY STAND BY, VERB...
    local stays=$1 before
    shift
    assay queue "$@" --json >did.json 2>err || fail "$*: $(cat err)"
    assert_eq "$(jq -c '.summary.queue | [.opened, .settled]' did.json)" '[0,1]' "$*"
    before=$(standing)
    assay queue "$@" --dry-run --json >did.json 2>err || fail "$* again: $(cat err)"
    assert_eq "$(did)" "stays as it was: $stays" "$* tried again"
    assay queue "$@" --json >did.json 2>err || fail "$* again: $(cat err)"
    assert_eq "$(did)" "stays as it was: $stays" "$* again"
    assert_eq "$(jq -c .summary did.json)" null "$* again: nothing is judged"
    assert_eq "$(standing)" "$before" "$* again"
}
test_run_into store
id=$(assay queue list "$(page v14)" --json | jq -r '.[0].id')
printf 'ticket,text,annotator\n%s,value: 2,ann\n' "$id" >texts.csv
twice 'corrected by Ben from texts.csv (ann)' import texts.csv --actor Ben
twice 'corrected by Ben from text' resolve "$(page v15)" --text text --actor Ben
twice 'waived by Ann until 2099-01-01 00:00:00Z (legible)' waive "$(page v16)" --owner Ann --reason legible --expires 2099-01-01 --actor Ben
id=$(assay queue list "$(page v17)" --json | jq -r '.[0].id')
twice 'rejected by Ben (torn)' reject "$id" --reason torn --actor Ben
twice 'replaced by Ben with text' resolve docs/torn.txt --file text --actor Ben
# A text that does not help is handed in once, too.
printf 'value: 19\n' >worse
assay queue resolve "$(page v18)" --text worse >did 2>err || fail "resolve: $(cat err)"
before=$(standing)
assay queue resolve "$(page v18)" --text worse >did 2>err || fail "resolve: $(cat err)"
grep -q ' needs-review .*stays as it was: corrected by ' did || fail "in vain: $(cat did)"
assert_eq "$(standing)" "$before" 'in vain'
echo 'once'

# Another person, reason, day or content is another decision, with its event. What is let pass or given up otherwise was not
# open in between; what has another text is, until that is made.
opened() { assay queue show "$(page "$1")" --json | jq -c '.[0].opened'; }
another() { # PAGE, VERB...
    local key=$1 before at
    shift
    before=$(opened "$key") at=$(assay queue show "$(page "$key")" --json | jq '.[0].history | length')
    assay queue "$@" --json >did.json 2>err || fail "$*: $(cat err)"
    grep -q 'stays as it was' did.json && fail "$*: $(did)"
    assert_eq "$(jq -c '.summary.queue | [.opened, .settled]' did.json)" '[0,0]' "$*"
    assert_eq "$(opened "$key")" "$before" "$*: as old as before"
    [ "$(assay queue show "$(page "$key")" --json | jq '.[0].history | length')" -gt "$at" ] || fail "$*: no event"
}
another v16 waive "$(page v16)" --owner Cara --reason legible --expires 2099-01-01 --actor Ben
another v16 waive "$(page v16)" --owner Cara --reason 'a stamp' --expires 2099-01-01 --actor Ben
another v16 waive "$(page v16)" --owner Cara --reason 'a stamp' --actor Ben
another v16 reject "$(page v16)" --reason torn --actor Ben
another v17 reject "$(assay queue list "$(page v17)" --all --json | jq -r '.[0].id')" --reason torn --actor Dora
printf 'value: 3\n' >text
before=$(standing)
assay queue resolve "$(page v15)" --text text --actor Ben --json >did.json 2>err || fail "resolve: $(cat err)"
assert_eq "$(did)" 'corrected by Ben from text' 'another text'
[ "$(standing)" != "$before" ] || fail 'another text: no event'
# What was taken back may be decided again.
assay queue retry "$(page v16)" >did 2>err || fail "retry: $(cat err)"
assay queue reject "$(page v16)" --reason torn --actor Ben --json >did.json 2>err || fail "reject: $(cat err)"
assert_eq "$(did)" 'rejected by Ben' 'taken back in between'
assay check >out || fail "check: $(cat out)"
