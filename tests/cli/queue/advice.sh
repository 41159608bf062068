# `queue show` advises nothing that a verb refuses, of no kind and in no state, and names the ticket that holds a decision.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
. "$(dirname "${BASH_SOURCE[0]}")/advised.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -3}]
YAML
sed -i 's/, remedy: less//' values.odcs.yaml
cat >>values.odcs.yaml <<'YAML'
  - name: table
    quality:
      - {id: cells, type: custom, engine: assay, severity: error, implementation: {metric: test.value, mustBeLessThan: 8}}
YAML
for name in open rejected replaced corrected waived; do
    printf 'value: 15\ntables: 2\n# %s\n' $name >docs/$name.txt
done
printf 'value: 15\n' >docs/worse.txt
printf 'value: 15\n# gone\n' >docs/gone.txt
printf 'value: 15\n# passed\n' >docs/passed.txt
printf 'value: 2\n# told\n' >docs/told.txt
printf 'fail: decode\n' >docs/broken.txt
printf 'fail: decode\n# 2\n' >docs/given_up.txt
printf 'fail: decode\n# 3\n' >docs/swapped.txt
printf 'value: 3\ntables: 2\n' >better.txt
printf 'value: 12\ntables: 2\n' >worse.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
page() { printf 'docs/%s.txt#page=1' "$1"; }
id() { assay queue list --json --all "$1" | jq -r '.[0].id'; }
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
tries() { assay queue show "$1" --json | jq -r '.[0].try[]'; }
hand_in() { jq -r '.hand_in | map(split(" ")[2, 4]) | join(" ")' "advice/$(id "$1")/task.json"; }
test_run_into store

all_advice_holds better.txt less
assert_eq "$(hand_in "$(page open)")" 'resolve --text resolve --file waive --owner reject --reason' 'a page'
assert_eq "$(hand_in "$(page open)&table=1")" 'resolve --text waive --owner reject --reason' 'a table'
assert_eq "$(hand_in docs/broken.txt)" 'resolve --file reject --reason' 'a source'
echo 'as it was made'

decide reject "$(page rejected)" --reason torn
decide resolve "$(page replaced)" --file better.txt
decide resolve "$(page corrected)" --text better.txt
decide waive "$(page waived)" --owner Anna --reason legible
decide resolve "$(page worse)" --file worse.txt
decide reject docs/given_up.txt --reason lost
decide resolve docs/swapped.txt --file better.txt
printf '{"key": "%s", "label": false}\n' "$(page told)" >eval.jsonl
assay feedback import eval.jsonl >out
assay feedback open >out
rm docs/gone.txt
printf 'value: 1\n# passed\n' >docs/passed.txt
settle docs
test_run_into store
assert_eq "$(assay queue list --all --json | jq -r 'map(.state) | unique | join(" ")')" \
    'corrected gone needs-review open passed rejected replaced waived' 'states'
all_advice_holds better.txt less
assert_eq "$(tries "$(page rejected)&table=1")" "to open it again: 'assay queue retry $(id "$(page rejected)")'" 'a table of a rejected page'
assert_eq "$(hand_in "$(page rejected)&table=1")" '' 'which nobody can hand in'
assert_eq "$(tries "$(page worse)" | grep -c -e --text)" 0 'a text where another file stands'
assert_eq "$(hand_in "$(page worse)")" 'resolve --file waive --owner reject --reason' 'to hand in'
assert_eq "$(hand_in "$(page gone)")" '' 'gone'
[ "$advised" -gt 25 ] || fail "$advised were advised"
echo 'as people decided'

# What breaks the fields is mended by what is said of its source, and by nothing else.
sed -i 's/modality: page}/modality: page, sidecars: {metadata: "{stem}.json"}}/' assay.yaml
echo 'fields: {year: {type: integer, min: 1800}}' >>assay.yaml
printf 'value: 4\ntables: 1\n' >docs/year.txt
echo '{"year": "1700"}' >docs/year.json
settle docs
test_run_into store
all_advice_holds better.txt less
for key in "$(page year)" "$(page year)&table=1"; do
    assert_eq "$(tries "$key" | grep -o "'assay queue [^']*'")" "'assay queue resolve $(id "$key") --metadata NAME=VALUE'
'assay queue reject $(id "$key") --reason TEXT'" "what to try: $key"
    assert_eq "$(hand_in "$key")" 'resolve --metadata reject --reason' "to hand in: $key"
    assert_jq "advice/$(id "$key")/task.json" .text null
done
assert_eq "$(assay queue export --format csv --out tasks.csv "$(page year)" | head -n 1 | cut -d: -f1)" "$(id "$(page year)")    left out" 'no task'
for what in 'resolve --text better.txt' 'resolve --file better.txt' 'retry' 'retry --remedy less' 'waive --owner Anna --reason legible'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue ${what%% *} "$(page year)" ${what#"${what%% *}"}
    assert_match "$(cat err)" "*breaks the fields of assay.yaml*'assay queue resolve $(id "$(page year)") --metadata NAME=VALUE' says what is true of it" "$what"
done
decide resolve "$(page year)" --metadata year=1900
assert_eq "$(assay queue list --json --all docs/year.txt | jq -r 'map(.state) | join(" ")')" 'passed passed' 'mended'
echo 'metadata'

# What waits since its file was written to waits for `assay run`: no retry makes it, and nothing that is decided would hold.
printf 'value: 3\n# typed\n' >typed.txt
touch -d '2 hours ago' docs/open.txt
decide resolve "$(page open)" --text typed.txt
assert_jq did.json '.tickets[0].ticket.state' retrying
assert_eq "$(tries "$(page open)")" "'assay run' makes the attempts that are still to be made: it looks at the files again" 'what to try'
for what in 'waive --owner Anna --reason legible' 'reject --reason torn'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue ${what%% *} "$(page open)" ${what#"${what%% *}"}
    assert_match "$(cat err)" "*has a correction that is still to be tried, and is not judged before: 'assay run' tries it; decide then" "$what"
done
assert_exit 64 assay queue retry "$(page open)" --remedy less
assert_match "$(cat err)" "*has a correction that is still to be tried: 'assay run' tries it" 'a remedy'
all_advice_holds better.txt less
test_run_into store
assert_eq "$(assay queue list --json --all "$(page open)" | jq -r '.[0].state')" corrected 'looked at again'
echo 'what waits for a run'

# A remedy is advised where one changes something: there is none, or only for sound.
worse=$(page worse)
assert_eq "$(tries "$worse" | grep -c -e '--remedy NAME')" 1 'a remedy for pages'
assert_exit 64 assay queue retry docs/broken.txt
assert_match "$(cat err)" '*would again: name a remedy with --remedy, hand in*' 'a remedy for a file'
sed -i '/^remedies:/,/^  less:/d' assay.yaml
assert_eq "$(tries "$worse" | grep -c -e '--remedy NAME')" 0 'no remedy'
sed -i 's/^  page: .*/&\n  audio: [audio.activity]/' assay.yaml
printf 'remedies: {quiet: [audio.activity: {margin_db: 3}]}\n' >>assay.yaml
assert_eq "$(tries "$worse" | grep -c -e '--remedy NAME')" 0 'a remedy for sound'
assert_exit 64 assay queue retry "$worse" --remedy quiet
assert_match "$(cat err)" "*$worse) is page: remedy 'quiet' changes nothing for it" 'refused'
decide retry "$worse"
assert_exit 64 assay queue retry "$worse"
assert_match "$(cat err)" "*has no remedy: write one that changes how it is made under 'remedies' of assay.yaml,*" 'none fits'
assert_exit 64 assay queue retry docs/broken.txt
assert_match "$(cat err)" '*would again: hand in a sound file*' 'none for a file'
echo 'remedies'
