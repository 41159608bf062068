# Tickets of an evaluation: their samples pass every check. Waived they stay as they are, rejected they leave the dataset.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
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
