# What went through each stage is told, and balances: in = consumed + passed + dropped.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"

small_dataset
run_into store
assert_jq run.json '[.stages[] | select(.in != .consumed + .passed + .dropped)]' '[]'
assert_jq run.json '[.stages[] | select(.dropped != ([.drops[]] | add // 0))]' '[]'
# What the pages' reader emitted is what the stage behind it took in.
assert_eq "$(jq '[.stages[] | select(.modality == "page")][0].out' run.json)" \
    "$(jq '[.stages[] | select(.modality == "page")][1].in' run.json)" 'pages from the reader to the next stage'
[ "$(jq '[.stages[] | select(.modality == "page")][0].out' run.json)" -gt 0 ] || fail 'no page was read'
assert_eq "$(jq -c '[.stages[].modality] == ([.stages[].modality] | sort_by({page: 1, video: 2, audio: 3}[.]))' run.json)" true order
echo 'every value accounted for'

run_into store
assert_jq run.json '.stages' '[]'
echo 'a run without work tells of no stage'
