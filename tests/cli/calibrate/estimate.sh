# Pages made bad in known ways are found each for its own reason, and a model is fitted to them.
degrade=$(dirname "$ASSAY")/../tests/bench/pages-degrade
[ -x "$degrade" ] || skip 'no pages-degrade'
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt
mkdir in/good in/worse -p
mv inbox/scans/letter.* in/good/
"$degrade" coarse 3 in/good/letter.png small.png
"$degrade" blur 2 small.png in/worse/blurred.png
cp in/good/letter.gt.txt in/worse/blurred.gt.txt
for page in blur1 blur3 noise2 faint3 light2 cut2 coarse3 dark2 speckled2; do
    "$degrade" "${page%?}" "${page#"${page%?}"}" in/good/letter.png "in/worse/$page.png"
    cp in/good/letter.gt.txt "in/worse/$page.gt.txt"
done
cat >assay.yaml <<'YAML'
dataset: estimate
sources:
  - {path: "in/**", modality: page, sidecars: {ground_truth: "{stem}.gt.txt"}}
pipelines:
  page: [ocr.recognize: {languages: [eng], second: always}]
contracts: [pages.odcs.yaml]
YAML
cat >pages.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 5d0f5e0e-5a3a-4f0c-8b65-0a1d0c1f2e77
name: pages
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: estimated, type: custom, engine: assay, severity: error, implementation: {metric: ocr.cer_estimated, mustBeLessThan: 0.02}}
      - {id: margin, type: custom, engine: assay, severity: error, implementation: {metric: ocr.margin_cut, mustBeLessThan: 0.2}}
YAML
find in -type f -exec touch -d '-1 hour' {} +
assay run --progress none -j 1 >ran
failed() {
    assay why "in/$1#page=1" | sed -n 's/^error  *\([a-z]*\):.*/\1/p' | sort | paste -sd ' '
}
assert_eq "$(failed good/letter.png)" '' 'a good page'
assert_eq "$(failed worse/cut2.png)" 'estimated margin' 'a margin that is cut'
assert_eq "$(failed worse/blurred.png)" 'estimated' 'a blurred page'
assert_eq "$(failed worse/light2.png)" 'estimated' 'a page of which next to nothing is left'
assay why 'in/worse/faint3.png#page=1' | grep -q 'no text found' || fail 'a blank page'
echo 'found, each for its own reason'

# The same under another locale and with two workers.
LC_ALL=C.UTF-8 assay run --store other --progress none -j 2 >ran.other
for page in good/letter.png worse/blurred.png worse/light2.png; do
    assay show "in/$page#page=1" --artifact evidence >one
    assay show "in/$page#page=1" --artifact evidence --store other >two
    cmp one two || fail "evidence of $page differs"
done
assert_eq "$(awk '/^version/ { print $2 }' ran)" "$(awk '/^version/ { print $2 }' ran.other)" 'version'
echo 'equal for any number of workers'

assay calibrate --out own.estimate >told
grep -qE '^pages +10 in 2 families; 0 corrected by hand, 0 without ground truth, 1 without evidence' told || fail "$(cat told)"
assay calibrate --out again.estimate --store other --json >told.json
cmp own.estimate again.estimate || fail 'models of equal pages differ'
assert_jq told.json '[(.pages | length), .estimate.doubt.pages, (.families | map(.family) | join(" "))] | @json' \
    '[10,10,"in/good/ in/worse/"]'
assert_jq told.json '[.pages[].estimated] | map(. >= 0 and . <= 1) | all' true
assay calibrate --base default --families file --out scaled.estimate >/dev/null
assert_eq "$(grep -c ^term scaled.estimate)" "$(grep -c ^term "$(dirname "$ASSAY")/../../../data/models/pages.estimate")" 'terms'
echo 'a model, and one on top of that of the program'

# What people wrote stands above the ground truth: of a page whose text they confirm as it was read, nothing is wrong.
blurred='in/worse/blurred.png#page=1'
assert_jq told.json ".corrected, (.pages[] | select(.sample == \"$blurred\") | .cer > 0)" '0
true'
assay show "$blurred" --artifact text >as-read.txt
assay queue resolve "$blurred" --text as-read.txt --reason 'as it is printed' >/dev/null
assay calibrate --json >corrected.json
assert_jq corrected.json ".corrected, (.pages[] | select(.sample == \"$blurred\") | .cer)" '1
0'
assert_jq corrected.json '.pages | length' 10
echo 'a corrected page is measured by what people wrote'

sed -i 's/second: always/second: always, estimate: own.estimate/' assay.yaml
assay run --progress none >/dev/null
assay why in/good/letter.png#page=1 | grep -q estimate || fail 'the model is no reason'
echo 'odd' >>own.estimate
assert_exit 78 assay run --progress none
assert_match "$(cat err)" "*own.estimate:*: 'odd' begins no line of a model*" 'a line that is wrong'
echo 'the model is part of the recipe, and a fault of it is told with its line'

assert_exit 64 assay calibrate --families book
assert_match "$(cat err)" "*--families is folder or file, not 'book'*" 'families'
