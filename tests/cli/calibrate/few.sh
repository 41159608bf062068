# A store that no model can be fitted to: what its pages lack is told, and it is no bug.
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt
mkdir in
for i in 1 2 3 4 5 6 7 8; do
    { cat inbox/scans/letter.png; printf %s "$i"; } >"in/$i.png"
done
cat >assay.yaml <<'YAML'
dataset: few
sources:
  - {path: "in/**", modality: page, sidecars: {ground_truth: "{stem}.gt.txt"}}
pipelines:
  page: [ocr.recognize: {languages: [eng]}]
YAML
find in -type f -exec touch -d '-1 hour' {} +
assay run --progress none -j 2 >/dev/null
assert_exit 65 assay calibrate
assert_match "$(cat err)" "*calibrate: a fit needs at least 8 pages whose text is known, and the store has 0, beside 8 without ground truth: name its files*" 'no ground truth'
for i in 1 2 3 4 5 6 7 8; do
    cp inbox/scans/letter.gt.txt "in/$i.gt.txt"
done
find in -type f -exec touch -d '-1 hour' {} +
assay run --progress none -j 2 >/dev/null
for way in '' '--base default'; do
    # shellcheck disable=SC2086
    assert_exit 65 assay calibrate $way
    assert_match "$(cat err)" "*calibrate: a fit needs at least 8 pages that were recognised twice: of 8 whose text is known, 0 were; set 'ocr.recognize: {second: always}' and run again*" 'recognised once'
done
