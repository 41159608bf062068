# A dataset of a few pages, good and bad, for the cases about the verbs that explain. Read after tests/cli/lib.sh.
# shellcheck shell=bash

letter='inbox/scans/letter.png#page=1'
wrong='inbox/scans/mislabelled.png#page=1'
copy='inbox/scans/letter_copy.png#page=1'

# write_config [STEP-PARAMETERS]: assay.yaml, with these parameters of ocr.recognize.
write_config() {
    cat >assay.yaml <<YAML
dataset: pages
sources:
  - {path: "inbox/**", modality: page, metadata: {doc_type: ${DOC_TYPE-letter}}, sidecars: {ground_truth: "{stem}.gt.txt"}}
pipelines:
  page: [page.quality, ocr.recognize: {languages: [eng]${1+, $1}}]
contracts: [pages.odcs.yaml]
YAML
}

# write_contract [CER-BOUND [CER-SEVERITY [VERSION]]]
write_contract() {
    cat >pages.odcs.yaml <<YAML
apiVersion: v3.1.0
kind: DataContract
id: 5d0f5e0e-5a3a-4f0c-8b65-0a1d0c1f2e01
name: pages
version: ${3-1.0.0}
status: active
schema:
  - name: page
    quality:
      - {id: cer, type: custom, engine: assay, severity: ${2-error}, implementation: {metric: ocr.cer, mustBeLessThan: ${1-0.02}, whenMissing: skip}}
      - {id: wide, type: custom, engine: assay, severity: warning, implementation: {metric: page.width, mustBeGreaterThan: 90000}}
YAML
}

# Four scans and a document of two pages: accepted, its duplicate, quarantined, failed. Old enough to be trusted.
pages_dataset() {
    use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/letter_copy.png \
        inbox/scans/letter_copy.gt.txt inbox/scans/mislabelled.png inbox/scans/mislabelled.gt.txt \
        inbox/scans/cut.tif inbox/scans/notice.pdf
    write_config
    write_contract
    settle
}

settle() {
    find inbox -type f -exec touch -d '1 hour ago' {} +
}

run_pages() {
    assay run -j1 --json --progress none "$@" >run.json 2>run.err || fail "run: $? $(tail -n 3 run.err)"
}

judge_pages() {
    assay judge --json >run.json 2>run.err || fail "judge: $? $(tail -n 3 run.err)"
}
