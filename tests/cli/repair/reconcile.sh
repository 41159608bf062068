# Lines in doubt that are read again, and weighed: the text of damaged pages comes nearer to the truth, a clean page
# stays as it is, and any number of workers gives the same.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
degrade=${ASSAY%/*}/../tests/bench/pages-degrade
[ -x "$degrade" ] || skip "there is no pages-degrade beside '$ASSAY'"
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt
for level in 1 3; do
    "$degrade" speckled "$level" inbox/scans/letter.png "inbox/scans/dirty$level.png"
    cp inbox/scans/letter.gt.txt "inbox/scans/dirty$level.gt.txt"
done
settle inbox
config() { # RECONCILE
    cat >assay.yaml <<YAML
dataset: pages
sources:
  - {path: "inbox/**", modality: page, sidecars: {ground_truth: "{stem}.gt.txt"}}
pipelines:
  page: [ocr.recognize: {reconcile: $1}]
contracts: [pages.odcs.yaml]
YAML
}
cat >pages.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b17
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: words, type: custom, engine: assay, severity: error, implementation: {metric: ocr.words, mustBeGreaterThan: 0}}
YAML
config none
run_into plain
config doubtful
run_into one -j 1
one=$(version_of)
run_into two -j 2
assert_eq "$(version_of)" "$one" 'the version by two workers'
for store in plain one; do
    assay export latest --store "$store" --out "$store.out" >/dev/null
done
# PAGE METRIC STORE
value() {
    jq -r --arg p "inbox/scans/$1.png" --arg m "$2" 'select(.source.path == $p) | .measurements[$m]' "$3.out/manifest.jsonl"
}
for page in dirty1 dirty3; do
    before=$(value "$page" ocr.cer plain) after=$(value "$page" ocr.cer one)
    jq -en "($before > 0.1) and ($after < 0.9 * $before)" >/dev/null || fail "$page: $before became $after"
    [ "$(value "$page" ocr.lines_reread one)" -gt 0 ] || fail "$page: no line was read again"
    [ "$(value "$page" ocr.words_changed one)" -gt 0 ] || fail "$page: no word was changed"
    assert_eq "$(value "$page" ocr.lines_reread plain)" 0 'lines that are read again without being asked for'
done
for metric in ocr.cer ocr.words ocr.words_changed; do
    assert_eq "$(value letter "$metric" one)" "$(value letter "$metric" plain)" "$metric of a page that nobody doubts"
done
