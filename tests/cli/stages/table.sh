# One table for people and programs.
assay stages >list
grep -q '^  ocr.recognize ' list || fail 'no ocr.recognize'
assay stages ocr.recognize >one
grep -q '^  languages ' one || fail 'no parameter'
grep -q '^  ocr.cer ' one || fail 'no metric'
assay stages --json >all.json
jq -e '.stages | length > 5 and all(.name and .version and .modality and .summary and (.metrics | all(.unit and .resolution and (.kinds | length) > 0 and .help))
    and (.parameters | all(.name and .type and .help and (.default | type) == "string")))' all.json >/dev/null || fail 'incomplete'
assert_eq "$(jq -r '.stages[].name' all.json | sort)" "$(sed -n 's/^  \([a-z.]*\) .*/\1/p' list | sort)" names
assert_eq "$(assay stages ocr.recognize --json | jq -r '.stages[].name')" ocr.recognize
assert_exit 64 assay stages ocr.recognise
assert_eq "$(cat err)" "assay: there is no stage 'ocr.recognise', did you mean 'ocr.recognize'?; 'assay stages' lists them"
