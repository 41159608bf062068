# `lineage`: up to source, sidecar, recipe and model; down to samples, artifacts, tickets and every version, past ones too.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
first=$(jq_get .version run.json)
recipe=$(jq_get .recipe.page run.json)

types() {
    jq -r '[.nodes[].type] | unique | join(" ")' "$1"
}

# Every edge names two nodes, and no id stands twice.
assert_graph() {
    jq -e '([.nodes[].id] | length == (unique | length)) and ([.nodes[].id] as $ids | all(.edges[]; (.from | IN($ids[])) and (.to | IN($ids[]))))' \
        "$1" >/dev/null || fail "$1 is no graph"
}

assay lineage "$letter" --upstream --json >up.json
assert_graph up.json
assert_eq "$(types up.json)" 'file recipe run sample sidecar source unit' 'upstream of a sample'
assert_jq up.json '.nodes[] | select(.type == "source") | .digest' "sha256:$(sha256sum <inbox/scans/letter.png | cut -d' ' -f1)"
assert_jq up.json '.nodes[] | select(.type == "sidecar") | [.role, .path, .digest] | @json' \
    "[\"ground_truth\",\"inbox/scans/letter.gt.txt\",\"sha256:$(sha256sum <inbox/scans/letter.gt.txt | cut -d' ' -f1)\"]"
assert_jq up.json '.nodes[] | select(.type == "recipe") | .steps | map(.stage) | join(" ")' 'page.read page.quality ocr.recognize'
assert_jq up.json '.nodes[] | select(.role == "model") | .name' eng.traineddata
assert_jq up.json '.nodes[] | select(.type == "unit") | .cpu_us > 0' true
assert_jq up.json '.nodes[] | select(.type == "run") | .cpu_features != ""' true
echo 'upstream of a sample'

assay lineage inbox/scans/letter.png --json >both.json
assert_graph both.json
assert_eq "$(types both.json)" 'artifact file recipe run sample sidecar source unit version' 'both ways from a source'
echo 'both ways, it is told how'

text=$(assay show "$letter" --json | jq -r '.artifacts[0].digest')
assay lineage "$text" --json >up.json
assert_jq up.json '[.nodes[] | select(.type == "source") | .path] | index("inbox/scans/letter.png") != null' true
assert_jq up.json "[.nodes[] | select(.type == \"version\") | .digest] | @json" "[\"$first\"]"
assay lineage "${text:0:19}" --json | cmp - up.json || fail 'a prefix leads elsewhere'
echo 'an artifact by digest and by prefix'

assay lineage inbox/scans/mislabelled.png --downstream --json >down.json
assert_graph down.json
assert_eq "$(types down.json)" 'artifact run sample source ticket unit' 'downstream of a quarantined source'
echo 'a ticket comes of it, and no version'

write_contract 99
judge_pages
second=$(jq_get .version run.json)
write_config 'dictionary: false'
run_pages
third=$(jq_get .version run.json)
rm inbox/scans/mislabelled.png
run_pages
assay lineage inbox/scans/mislabelled.png --downstream --json >down.json
assert_graph down.json
assert_jq down.json '[.nodes[] | select(.type == "version") | .digest] | sort | @json' \
    "$(jq -cn --arg a "$second" --arg b "$third" '[$a, $b] | sort')"
assert_jq down.json '[.nodes[] | select(.type == "unit")] | length' 2
assert_jq down.json '[.nodes[] | select(.type == "sample") | .missing] | @json' '[true,true]'
assert_jq down.json '.nodes[] | select(.type == "source") | .missing' true
echo 'past units and versions of a source that is gone'

assay lineage "$recipe" --downstream --json >down.json
assert_graph down.json
assert_jq down.json '[.nodes[] | select(.type == "sample") | .key] | unique | length' 5
assert_jq down.json "[.nodes[] | select(.type == \"version\") | .digest] | index(\"$first\") != null" true
assert_jq down.json "[.nodes[] | select(.type == \"version\") | .digest] | index(\"$third\")" null
gt=$(sha256sum <inbox/scans/letter.gt.txt | cut -d' ' -f1)
assay lineage "$gt" --downstream --json >down.json
assert_jq down.json "[.nodes[] | select(.type == \"sample\") | .key] | index(\"$letter\") != null" true
model=$(assay show latest --json | jq -r '.recipes.page.steps[2].files[0].digest')
assay lineage "$model" --downstream --json >down.json
assert_jq down.json '[.nodes[] | select(.type == "recipe")] | length' 2
echo 'downstream of a recipe, a sidecar, a model'

# Twice replaced: neither the row of the source nor that of its sample knows the first bytes any more.
before=$(sha256sum <inbox/scans/letter.png | cut -d' ' -f1)
for path in inbox/scans/tilted.png inbox/scans/speckled.png; do
    cp "$MEDIA/$path" inbox/scans/letter.png
    settle
    run_pages
done
assay lineage inbox/scans/letter.png --downstream --json >down.json
assert_graph down.json
assert_jq down.json "[.nodes[] | select(.type == \"source\") | .digest] | index(\"sha256:$before\") != null" true
assert_jq down.json "[.nodes[] | select(.type == \"version\") | .digest] | index(\"$first\") != null" true
assay lineage "$recipe" --downstream --json >down.json
assert_jq down.json "[.nodes[] | select(.type == \"sample\") | .key] | index(\"$letter\") != null" true
assert_jq down.json "[.nodes[] | select(.type == \"version\") | .digest] | index(\"$first\") != null" true
echo 'a past state that only versions know'

assay lineage latest --upstream --json >up.json
assert_graph up.json
assert_jq up.json '[.edges[] | select(.relation == "hadMember")] | length' "$(jq_get .samples.accepted run.json)"
assay lineage "$letter" >text
for word in sample source sidecar recipe unit run artifact version; do
    grep -q "^$word " text || fail "no $word in the text"
done
echo 'a version, and text'

assert_exit 66 assay lineage 00000000
assert_exit 66 assay lineage inbox/scans/lettre.png
assert_exit 64 assay lineage "$letter" --format yaml
assert_exit 64 assay lineage "$letter" --format dot --json
