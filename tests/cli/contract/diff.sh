# `contract diff`: files and versions, and the effect of what changed.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
write_contract
cp pages.odcs.yaml old.yaml
write_contract 0.05 warning
cp pages.odcs.yaml new.yaml

assay contract diff old.yaml new.yaml --json >diff.json
assert_jq diff.json '[.differ, .loosened, .tightened, .altered] | @json' '[true,2,0,0]'
assert_jq diff.json '.changes | map([.name, .before, .now, .effect]) | @json' \
    '[["cer","< 0.02","< 0.05","loosened"],["cer","error","warning","loosened"]]'
assert_jq <(assay contract diff new.yaml old.yaml --json) '[.loosened, .tightened] | @json' '[0,2]'
assert_eq "$(assay contract diff old.yaml new.yaml | head -n 1)" 'loosened  cer: bound is < 0.05, was < 0.02' text
assert_exit 80 assay contract diff old.yaml new.yaml --exit-code
assert_exit 0 assay contract diff old.yaml old.yaml --exit-code
assert_eq "$(cat out)" 'no difference' same
grep -v 'id: wide' new.yaml >less.yaml
assert_jq <(assay contract diff new.yaml less.yaml --json) '.changes | map([.name, .now, .effect]) | @json' '[["wide",null,"loosened"]]'
assert_jq <(assay contract diff less.yaml new.yaml --json) '.changes | map([.name, .before, .effect]) | @json' '[["wide",null,"tightened"]]'
dataset_check() {
    cat new.yaml
    cat <<YAML
  - name: dataset
    quality:
      - {id: enough, type: custom, engine: assay, implementation: {aggregate: count, mustBeGreaterThan: $1}}
YAML
}
dataset_check 2 >two.yaml
dataset_check 3 >three.yaml
assert_jq <(assay contract diff two.yaml three.yaml --json) '.changes | map([.name, .effect]) | @json' '[["enough","tightened"]]'
assert_jq <(assay contract diff two.yaml new.yaml --json) '.changes | map([.name, .now, .effect]) | @json' '[["enough",null,"loosened"]]'
echo files

# every term of a check of the dataset, alone
terms() { # <what the check says after its engine>
    cat new.yaml
    printf '  - name: dataset\n    quality:\n      - {id: d, type: custom, engine: assay%s}\n' "$1"
}
differs() { # <what is expected> <before> <now>
    terms "$2" >was.yaml
    terms "$3" >is.yaml
    assert_exit 80 assay contract diff was.yaml is.yaml --exit-code
    assert_eq "$(cat out)" "$1" "$3"
}
count() { # <more of the implementation> <more of the check>
    echo "${2-}, implementation: {aggregate: count, $1}"
}
differs 'altered   d: where is lang=en, was lang=de' "$(count 'where: {lang: de}, mustBeGreaterThan: 2')" \
    "$(count 'where: {lang: en}, mustBeGreaterThan: 2')"
differs 'altered   d: where is all, was lang=de' "$(count 'where: {lang: de}, mustBeGreaterThan: 2')" "$(count 'mustBeGreaterThan: 2')"
differs 'altered   d: population is accepted, was all
altered   d: bound is > 1, was > 2' "$(count 'population: all, mustBeGreaterThan: 2')" "$(count 'mustBeGreaterThan: 1')"
differs 'loosened  d: severity is warning, was error' "$(count 'mustBeGreaterThan: 2')" \
    "$(count 'mustBeGreaterThan: 2' ', severity: warning')"
psi() {
    echo ", implementation: {drift: psi, metric: ocr.cer, against: gold, mustBeLessThan: 0.2, $1}"
}
differs 'altered   d: bins is 20, was 10' "$(psi 'bins: 10')" "$(psi 'bins: 20')"
differs 'loosened  d: whenMissing is skip, was fail' "$(psi 'whenMissing: fail')" "$(psi 'whenMissing: skip')"
property() { # <logicalType and options, or a check of the field>
    cat new.yaml
    printf '  - name: dataset\n    properties:\n      - {name: lang, %s}\n' "$1"
}
rules_differ() {
    property "$2" >was.yaml
    property "$3" >is.yaml
    assert_exit 80 assay contract diff was.yaml is.yaml --exit-code
    assert_match "$(cat out)" "$1" "$3"
}
invalid="quality: [{id: v, metric: invalidValues, mustBeLessThan: 5"
rules_differ "altered *pattern '^b'*pattern '^a'*" 'logicalType: string, logicalTypeOptions: {pattern: ^a}' \
    'logicalType: string, logicalTypeOptions: {pattern: ^b}'
rules_differ "altered *type 'number'*type 'integer'*" 'logicalType: integer' 'logicalType: number'
rules_differ "altered *minimum '2'*minimum '1'*" 'logicalType: integer, logicalTypeOptions: {minimum: 1}' \
    'logicalType: integer, logicalTypeOptions: {minimum: 2}'
rules_differ "altered *v: rules is valid 'b', was valid 'a'" "$invalid, arguments: {validValues: [a]}}]" "$invalid, arguments: {validValues: [b]}}]"
rules_differ "altered *v: unit is percent, was rows*" "$invalid, arguments: {validValues: [a]}}]" \
    "$invalid, unit: percent, arguments: {validValues: [a]}}]"
echo 'terms of checks of the dataset'

assert_exit 66 assay contract diff old.yaml none.yaml
assert_match "$(cat err)" "*no file 'none.yaml'*" 'neither'
sed 's/ocr.cer/ocr.cerr/' new.yaml >wrong.yaml
assert_exit 78 assay contract diff old.yaml wrong.yaml
assert_match "$(cat err)" "*wrong.yaml:*did you mean 'ocr.cer'*" 'finding'
echo 'what is wrong'

pages_dataset
run_pages
assert_exit 0 assay contract diff latest old.yaml --exit-code
assert_jq <(assay contract diff latest new.yaml --json) .loosened 2
echo versions

# a file stands for one contract: the others of the version were not asked about
sed 's/^id: .*/id: second/' old.yaml | sed 's/id: cer/id: other/; s/id: wide/id: broad/' >second.odcs.yaml
sed -i 's/^contracts:.*/contracts: [pages.odcs.yaml, second.odcs.yaml]/' assay.yaml
grep -q second assay.yaml || fail 'no second contract'
assay judge >/dev/null
assert_exit 0 assay contract diff latest pages.odcs.yaml --exit-code
assert_exit 0 assay contract diff second.odcs.yaml latest --exit-code
echo 'one of several contracts'
