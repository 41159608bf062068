# A picture of two pages becomes a page for each: named, recognised, scored, shown, corrected, replaced, tried otherwise and
# delivered as pages of their own.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted all
mkdir inbox
cp all/inbox/pages/{garden,kitchen,spread}.png inbox
cat >assay.yaml <<'YAML'
dataset: halves
sources: [{path: "inbox/*.png", modality: page, sidecars: {ground_truth: "{stem}.gt.txt"}}]
pipelines: {page: [page.split, ocr.recognize: {second: never}]}
contracts: [halves.odcs.yaml]
remedies:
  otherwise:
    - ocr.recognize: {segmentation: single_block}
    - page.split: {cut: false}
YAML
cat >halves.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 3f6b6f50-9f55-4f2b-8f2e-6a1d6a0e5b22
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: cer, type: custom, engine: assay, severity: error, implementation: {metric: ocr.cer, mustBeLessThan: 0.02, whenMissing: skip, remedy: otherwise}}
YAML
export ASSAY_STORE=store
settle inbox
one='inbox/spread.png#page=1&half=1'
two='inbox/spread.png#page=1&half=2'
valued() { # KEY METRIC
    assay show "$1" --json | jq -r ".measurements[] | select(.metric == \"$2\") | .value // .undefined // .reason"
}

run_into store
assert_jq run.json '[.conserved, .samples.in, .samples.accepted] | @json' '[true,4,4]'
assert_exit 66 assay show 'inbox/spread.png#page=1'
for name in garden kitchen; do
    assay show "inbox/$name.png#page=1" --artifact text >$name.txt
done
assert_eq "$(assay show "$one" --artifact text)" "$(cat garden.txt)" 'text of the left page'
assert_eq "$(assay show "$two" --artifact text)" "$(cat kitchen.txt)" 'text of the right page'
assert_eq "$(valued "$one" page.spread) $(valued "$one" page.half) $(valued "$two" page.half)" '1 1 2' 'what they say of themselves'
assert_eq "$(valued 'inbox/garden.png#page=1' page.half)" 0 'half of a whole page'
assay show "$two" --artifact alto >alto.xml
grep -qE '<Page [^>]*WIDTH="1[12][0-9][0-9]"' alto.xml || fail "ALTO is not of the half: $(grep '<Page ' alto.xml)"
echo 'two pages'

# Ground truth of both, divided; the second is of another page.
{
    cat garden.txt
    printf '\f'
    cat garden.txt
} >inbox/spread.gt.txt
settle inbox
run_into store
assert_jq run.json '[.conserved, .samples.accepted, .samples.quarantined] | @json' '[true,3,1]'
assert_eq "$(valued "$one" ocr.cer)" 0 'error rate of the left page'
assay queue list --json >queue.json
assert_jq queue.json '.[0] | [.subject, .state, (.attempts | map(.outcome))] | @json' "[\"$two\",\"needs-review\",[\"checks\",\"rejected\"]]"
assert_jq queue.json '.[0].attempts[1].note' "it gives no sample 'page=1&half=2'"
echo 'scored, and tried otherwise'

id=$(assay queue list --json --source inbox/spread.png | jq -r '.[0].id')
assay queue show "$id" --work desk >told
assert_jq "desk/$id/task.json" '.key + " " + .picture' "$two page.png"
width=$(od -An -tu1 -j18 -N2 "desk/$id/page.png" | awk '{ print $1 * 256 + $2 }')
[ "$width" -gt 1000 ] && [ "$width" -lt 1300 ] || fail "the picture is $width wide"
echo 'shown'

assay queue resolve "$two" --text garden.txt --json >did.json 2>err || fail "resolve: $(cat err)"
assert_jq did.json '.tickets[0].ticket.state' corrected
assert_eq "$(valued "$two" ocr.cer) $(valued "$one" ocr.confidence)" "0 $(valued 'inbox/garden.png#page=1' ocr.confidence)" 'corrected, and the other is not'
assay queue retry "$two" >/dev/null 2>err || fail "$(cat err)"
cp inbox/garden.png rescan.png
assay queue resolve "$two" --file rescan.png --json >did.json 2>err || fail "resolve: $(cat err)"
assert_jq did.json '.tickets[0].ticket.state' replaced
assert_eq "$(valued "$two" page.half) $(valued "$two" ocr.cer)" '0 0' 'the file is that page alone, scored by that half'
assay lineage "$two" >lineage.txt
grep -qF "sample    $two (page)" lineage.txt || fail "lineage: $(cat lineage.txt)"
echo 'corrected, and replaced'

assay judge --json >run.json 2>err || fail "judge: $(cat err)"
assert_jq run.json '[.conserved, .samples.accepted] | @json' '[true,4]'
assert_exit 0 assay export latest --out delivery
assay verify delivery >/dev/null || fail 'verify finds a difference'
assert_eq "$(jq -r .part delivery/manifest.jsonl | sort | paste -sd' ')" 'page=1 page=1 page=1&half=1 page=1&half=2' 'what is delivered'
echo 'delivered'
