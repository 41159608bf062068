# A mixed folder with planted bad pages (lying on the side, on the head, blank, cropped on the left, cropped above, blurred, faint, unevenly lit, in a dark border,
# bent, small, two on one picture, with a wrong resolution, in another language, with swapped columns of a table) under one contract: each has a ticket by the check that is made for its fault and by
# none that is made for another, and the clean pages have none. (What is small says a resolution that it has not, and an open
# book is not flat.)
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted .
settle inbox
cat >assay.yaml <<'YAML'
dataset: gate
sources: [{path: "inbox/pages/**", modality: page}]
pipelines: {page: [page.crop, page.quality, page.orient, page.split: {cut: false}, page.dewarp, page.resolution, page.upscale, ocr.recognize, ocr.tables]}
contracts: [gate.odcs.yaml]
YAML
check() { # ID METRIC BOUND
    echo "      - {id: $1, type: custom, engine: assay, severity: error, implementation: {metric: $2, $3}}"
}
{
    cat <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 3f6b6f50-9f55-4f2b-8f2e-6a1d6a0e5b21
version: 1.0.0
status: active
schema:
  - name: page
    quality:
YAML
    check upright page.orientation 'mustBe: 0, whenMissing: skip'
    check not-blank page.blank 'mustBe: false'
    check no-border page.cropped 'mustBe: 0'
    check one-page page.spread 'mustBe: 0'
    check resolution page.resolution_doubt 'mustBeLessThan: 2.5, whenMissing: skip'
    check flat page.bend 'mustBeLessThan: 24, whenMissing: skip'
    check print-size page.text_height 'mustBeGreaterThan: 16, whenMissing: skip'
    check in-focus page.focus 'mustBeGreaterThan: 0.2, whenMissing: skip'
    check contrast page.contrast 'mustBeGreaterThan: 0.2'
    check whole-lines ocr.margin_cut 'mustBeLessThan: 0.1, whenMissing: skip'
    check whole-rows ocr.rows_cut 'mustBe: 0, whenMissing: skip'
    check language ocr.language_doubt 'mustBeLessThan: 0.2, whenMissing: skip'
    check missed ocr.text_missed 'mustBeLessThan: 0.1, whenMissing: skip'
    check cer-estimated ocr.cer_estimated 'mustBeLessThan: 0.02, whenMissing: skip'
    cat <<'YAML'
  - name: table
    properties:
      - {name: Item, logicalType: string, required: true}
      - {name: Price, logicalType: number}
      - {name: Date, logicalType: date}
YAML
} >gate.odcs.yaml
run_into store -j2
assert_conserved

# What fails each sample, by the queue; and that what EXPECTED.json names is among it.
assay queue list --store store --json >queue.json
jq -r '.[] | select(.state == "open") | [.subject, ([.checks[].check] | sort | join(" "))] | join(" ")' queue.json | sort >found
cat found
jq -r '.files[].samples[] | select(.outcome == "quarantined") | [.key, .check] | join(" ")' EXPECTED.json >wanted
[ "$(wc -l <wanted)" -eq 15 ] || fail 'EXPECTED.json names other than fifteen faults'
while read -r key check; do
    grep -F "$key " found | grep -qw -e "$check" || fail "$key has no ticket by $check"
done <wanted
jq -r '.files[].samples[] | select(.outcome == "accepted") | .key' EXPECTED.json >clean
! grep -F -f <(sed 's/$/ /' clean) found || fail 'a clean page has a ticket'
