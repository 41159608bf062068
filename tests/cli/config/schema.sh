# The schemas are what the parser reads: shipped as printed, and they take the examples and refuse what the linter does.
schemas=$EXAMPLES/../schemas
for what in config contract; do
    assay $what schema >$what.schema.json
    diff "$schemas/$what.schema.json" $what.schema.json >difference ||
        fail "data/schemas/$what.schema.json is not what 'assay $what schema' prints: write it anew. $(head -n 5 difference)"
done
assert_jq config.schema.json '."$defs".stages | keys | join(" ")' \
    "$(assay stages --json | jq -r '[.stages[].name] | sort | join(" ")')"
assert_jq contract.schema.json '."$defs".metric.enum | join(" ")' \
    "$(assay stages --json | jq -r '[.stages[].metrics[].name] | unique | join(" ")')"
# Each parameter, as `assay stages` tells it.
assert_eq "$(jq -c '[."$defs".stages | to_entries[] | .key as $s | .value.properties | keys[] | "\($s).\(.)"] | sort' config.schema.json)" \
    "$(assay stages --json | jq -c '[.stages[] | .name as $s | .parameters[].name | "\($s).\(.)"] | sort')" parameters
assert_jq config.schema.json '."$defs".stages."page.deskew".properties.max_angle | [.type, .minimum, .maximum, .default] | @json' \
    '["number",0.1,15,5]'
echo 'as shipped'

# Every key of the configuration is one that the parser knows, and no other.
for path in dataset sources pipelines contracts remedies limits metadata_files fields fields_closed filters lanes; do
    jq -e ".properties.$path" config.schema.json >/dev/null || fail "no $path"
done
lint() {
    assay config lint --json -c "$1" >lint.json || true
    jq -r '[.findings[].message | select(startswith("unknown key"))] | length' lint.json
}
jq -r '.properties.limits.properties | keys[]' config.schema.json | sed 's/^/  /; s/$/: 1000/' >limits
jq -r '.properties.sources.items.properties.sidecars.properties | keys[]' config.schema.json |
    sed 's/^/      /; s/$/: "{stem}.x"/' >sidecars
{
    jq -r '.properties | keys[] | select(IN("limits", "sources") | not)' config.schema.json | sed 's/$/: null/'
    echo 'limits:' && cat limits
    echo 'sources:' && echo '  - path: "a/**"'
    jq -r '.properties.sources.items.properties | keys[] | select(IN("path", "sidecars") | not)' config.schema.json |
        sed 's/^/    /; s/$/: page/'
    echo '    sidecars:' && cat sidecars
} >assay.yaml
assert_eq "$(lint assay.yaml)" 0 'unknown keys'
echo 'nokey: 1' >>assay.yaml
assert_eq "$(lint assay.yaml)" 1 'unknown keys'
echo 'every key'

for modalities in '' page video audio 'page audio' 'page video audio'; do
    # shellcheck disable=SC2086 # words
    assay config template $modalities >assay.yaml
    assay config lint --json >lint.json || fail "the template of '$modalities': $(cat lint.json)"
    assert_jq lint.json '[.findings[].message | select(contains("no contracts") | not)] | length' 0
done
for parameter in $(assay stages --json | jq -r '[.stages[].parameters[].name] | unique | .[]'); do
    grep -q "^        # $parameter: " assay.yaml || fail "no parameter $parameter in the template"
done
for key in $(jq -r '.properties | keys[]' config.schema.json); do
    grep -qE "^(# )?$key:" assay.yaml || fail "no $key in the template"
done
# Quality is measured of the page as it was scanned, and what all pages do not need is left out.
assay config template page >assay.yaml
assert_eq "$(sed -n 's/^    - \([a-z]*\.[a-z]*\):*$/\1/p' assay.yaml | tr '\n' ' ')" \
    'page.read page.orient page.quality page.deskew ocr.recognize ' 'stages of a page'
# Its examples go together.
sed -i -E 's/^( *)# (metadata|fields|filters): /\1\2: /; s/^# fields_closed: false/fields_closed: true/' assay.yaml
assert_eq "$(grep -cE '^ *(metadata|fields|filters|fields_closed): ' assay.yaml)" 4 'examples'
assay config lint --json >lint.json || fail "examples: $(cat lint.json)"
for verb in 'config template' 'completion bash'; do
    # shellcheck disable=SC2086 # words
    assert_exit 64 assay $verb --json
    assert_match "$(cat err)" '*there is no --json*' "$verb"
done
assert_exit 64 assay config template pages
assert_match "$(cat err)" "*did you mean 'page'?*" 'a near modality'
echo templates

python3 -c 'import jsonschema, yaml' 2>/dev/null || skip 'python3-jsonschema or python3-yaml is not installed'
python3 - "$EXAMPLES" <<'PY' || fail 'the schemas do not take what the linter takes'
import copy, glob, json, sys, yaml
import jsonschema

def check(name, files, wrong):
    schema = json.load(open(name + ".schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    seen = 0
    for file in files:
        document = yaml.safe_load(open(file))
        for e in validator.iter_errors(document):
            sys.exit("%s: %s at %s" % (file, e.message, list(e.path)))
        for change in wrong:
            bad = copy.deepcopy(document)
            if change(bad) is not False:
                seen += 1
                if validator.is_valid(bad):
                    sys.exit("%s: a wrong document is taken (%d)" % (file, wrong.index(change)))
    assert seen >= len(wrong), "nothing was tried"

def step(d, value):
    pipeline = next(iter(d["pipelines"].values()))
    pipeline.append(value)

check("config", sorted(glob.glob(sys.argv[1] + "/*/assay.yaml")), [
    lambda d: d.update(nokey=1), lambda d: d.pop("dataset"), lambda d: d.update(dataset="a b"),
    lambda d: d["sources"][0].update(modality="pages"), lambda d: step(d, "no.stage"),
    lambda d: step(d, {"page.deskew": {"max_angle": 99}}), lambda d: step(d, {"page.deskew": {"nokey": 1}}),
    lambda d: d.update(limits={"cpu_s": 0}), lambda d: d.update(fields={"year": "int"}),
    lambda d: d.update(fields={"year": {"nokey": 1}}), lambda d: d.update(filters=[{"keep": {"a": 1}}]),
    lambda d: d.update(filters=[{"name": "n", "keep": {"a": {"least": 1}}}])])

def quality(d):
    return next((q for e in d["schema"] for q in e.get("quality", []) if "metric" in q.get("implementation", {})
                 and "aggregate" not in q["implementation"]), None)

def with_check(change):
    def wrong(d):
        q = quality(d)
        return False if q is None else change(q)
    return wrong

check("contract", sorted(glob.glob(sys.argv[1] + "/*/contracts/*")), [
    lambda d: d.update(nokey=1), lambda d: d.pop("version"), lambda d: d["schema"][0].update(name="pages"),
    with_check(lambda q: q["implementation"].update(metric="no.metric")),
    with_check(lambda q: q["implementation"].update(nokey=1)),
    with_check(lambda q: q["implementation"].update(mustBe=1, mustNotBe=2)),
    with_check(lambda q: q.pop("id")), with_check(lambda q: q.update(severity="fatal"))])
PY
echo 'examples, and what is wrong with them'
