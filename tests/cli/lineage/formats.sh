# `lineage --format prov` has the structure of W3C PROV-JSON; --format dot is a graph.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages

check_prov() {
    assay lineage "$@" --format prov >prov.json
    # Members are those of PROV-JSON 2.1, every name has the prefix, and what relations speak of is there.
    jq -e '
        . as $d
        | def there($kind): type == "string" and startswith("assay:") and (. as $name | $d[$kind] | has($name));
        def names: {entity: "entity", activity: "activity", agent: "agent", plan: "entity", collection: "entity",
            generatedEntity: "entity", usedEntity: "entity", informed: "activity", informant: "activity"};
        (keys - ["prefix", "entity", "activity", "agent", "used", "wasGeneratedBy", "wasInformedBy", "wasInfluencedBy", "wasDerivedFrom",
            "wasAssociatedWith", "wasAttributedTo", "hadMember"] == [])
        and (.prefix.assay | type == "string")
        and all(.entity, .activity, .agent; keys | all(startswith("assay:")))
        and all(.used, .wasGeneratedBy, .wasInformedBy, .wasInfluencedBy, .wasDerivedFrom, .wasAssociatedWith, .wasAttributedTo, .hadMember;
            all(to_entries[]; (.key | startswith("_:")) and
                all(.value | to_entries[]; .value as $v | (.key | ltrimstr("prov:")) as $k | $v | there(names[$k]))))' \
        prov.json >/dev/null || fail "prov of $* is not valid"
}

check_prov "$letter"
assert_jq prov.json '[.activity[] | select(.["prov:type"]["$"] == "assay:stage") | .["prov:label"]] | join(" ")' \
    'page.read page.quality ocr.recognize'
assert_jq prov.json '.wasGeneratedBy | to_entries | map(select(.value["prov:entity"] | test("artifact%3Atext"))) | .[0].value["prov:activity"] | test("/step/3$")' true
assert_jq prov.json '[.activity[] | select(.["prov:startTime"] != null) | (.["prov:startTime"] < .["prov:endTime"])] | all' true
assert_jq prov.json '.wasAssociatedWith | to_entries[0].value | has("prov:plan")' true
check_prov latest
check_prov inbox/scans/mislabelled.png --downstream
check_prov inbox/scans/notice.pdf
echo 'PROV-JSON'

assay lineage inbox/scans/notice.pdf --format dot >graph.dot
assert_match "$(head -n 1 graph.dot)" 'digraph lineage {' 'first line'
assert_eq "$(tail -n 1 graph.dot)" '}' 'last line'
awk '/^  n[0-9]+ \[/ { made[$1] = 1 } /->/ { if (!($1 in made) || !($3 in made)) exit 1; edges++ } END { exit edges == 0 }' graph.dot ||
    fail 'an arrow without its ends'
if command -v dot >/dev/null 2>&1; then
    dot -Tsvg graph.dot >graph.svg || fail 'dot refuses it'
fi
echo 'DOT'
