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
