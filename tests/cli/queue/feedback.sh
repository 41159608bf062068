# Tickets of an evaluation: their samples pass every check. Waived they stay as they are, rejected they leave the dataset.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
echo 'remedies: {less: [page.binarize: {}]}' >>assay.yaml
run_pages
first=$(jq_get .version run.json)
one='inbox/scans/notice.pdf#page=1' two='inbox/scans/notice.pdf#page=2'
printf '{"key": "%s", "label": false}\n{"key": "%s", "label": false}\n{"key": "%s", "label": true}\n' "$one" "$two" "$letter" >eval.jsonl
assay feedback import eval.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open >out 2>err || fail "open: $(cat err)"
assert_eq "$(assay queue list --json --origin feedback | jq -r '[.[].subject] | sort | join(" ")')" "$one $two" 'tickets'

assay queue waive "$one" --owner Anna --reason 'the question was wrong' --json >did.json 2>did.err || fail "waive: $(cat did.err)"
assert_jq did.json '[.summary.version, .tickets[0].ticket.state, .tickets[0].ticket.decision.owner] | @json' "[\"$first\",\"waived\",\"Anna\"]"
assert_eq "$(assay why "$one" --json | jq -r .verdict.outcome)" accepted 'a waived one is as it was'
assay queue show "$one" | grep -qF 'queue retry' || fail 'no advice'
assay queue reject "$two" --reason 'the page is cut' --json >did.json 2>did.err || fail "reject: $(cat did.err)"
assert_jq did.json '.tickets[0].ticket.state' rejected
assert_eq "$(assay why "$two" --json | jq -r .verdict.outcome)" quarantined 'a rejected one is out'
assert_eq "$(assay diff "$first" latest --json | jq -c "[.samples[] | [.sample, .to.outcome]]")" "[[\"$two\",\"quarantined\"]]" 'diff'
judge_pages
assert_eq "$(assay queue list --json --all "$one" "$two" | jq -r '[.[].state] | sort | join(" ")')" 'rejected waived' 'after a judging'
assay queue retry "$two" >out 2>err || fail "retry: $(cat err)"
assert_eq "$(assay why "$two" --json | jq -r .verdict.outcome)" accepted 'taken back'
assay queue retry "$one" >out 2>err || fail "retry: $(cat err)"
assert_eq "$(assay queue list --json "$one" "$two" | jq -r '[.[] | .state + " " + .origin] | join(", ")')" 'open feedback, open feedback' 'both are open again'
assert_eq "$(assay show latest --json | jq -r .version)" "$first" 'the version is the first one'
assay check >out || fail "check: $(cat out)"
echo 'decided upon'

# What the model got wrong goes with the work, and what was mended before does not.
assay queue resolve "$wrong" --text inbox/scans/mislabelled.gt.txt >out 2>err || fail "resolve: $(cat err)"
printf '{"key": "%s", "label": "hallucination", "score": 0.25, "note": "no such date"}\n{"key": "%s", "label": "hallucination"}\n' \
    "$wrong" "$letter" >eval2.jsonl
assay feedback import eval2.jsonl >out 2>err || fail "import: $(cat err)"
assay feedback open --eval eval2 --label hallucination --reason 'model 7 answers wrong' >out 2>err || fail "open: $(cat err)"
id=$(assay queue list --json "$wrong" | jq -r '.[0] | select(.checks[0].check == "cer") | .id')
told='model 7 answers wrong; evaluation E2 eval2: score 0.25, label hallucination: no such date'
assert_eq "$(assay queue show "$id" --json | jq -r '.[0].feedback')" "$told" 'the ticket'
assay queue show "$id" --work work >out
assert_jq "work/$id/task.json" '.feedback' "$told"
assay queue export --format labelstudio --out desk "$id" >out
wide='wide: page.width *, must be > 90000'
assert_match "$(jq -r '.[0].data.ask' desk/page/tasks.json)" "$told; $wide" 'what is asked'
assert_jq desk/page/tasks.json '.[0].meta | [.feedback, (.checks | map(.check))] | @json' "[\"$told\",[\"wide\"]]"
assay queue export --format csv --out tasks.csv "$id" "$letter" >out
assert_match "$(python3 -c 'import csv; print(*(r["failed"] for r in csv.DictReader(open("tasks.csv", newline=""))), sep="\n")')" \
    "$told; $wide
model 7 answers wrong; evaluation E2 eval2: label hallucination; $wide" 'the table'
cut=$(assay queue list --json inbox/scans/cut.tif | jq -r '.[0].id')
assay queue show "$cut" --work work >out
assert_jq "work/$cut/task.json" '.feedback' null
echo 'the work'

# Nothing is left to try of what passes: a person answers.
for remedy in '' '--remedy less'; do
    # shellcheck disable=SC2086
    assert_exit 64 assay queue retry "$one" $remedy
    id=$(assay queue list --json "$one" | jq -r '.[0].id')
    assert_match "$(cat err)" "*$id ($one) passes every check as the pipeline makes it: a remedy would not be tried; what the model got \
wrong is answered by 'assay queue resolve $id --text FILE', 'assay queue resolve $id --file FILE', \
'assay queue waive $id --owner NAME --reason TEXT', 'assay queue reject $id --reason TEXT'" "retry $remedy"
done
echo 'nothing to try'
