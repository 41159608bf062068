# Findings with their places; a file alone against all metrics, with assay.yaml against those that are made.
use_example pages
assert_exit 0 assay contract lint
assert_exit 0 assay contract lint contracts/page.odcs.yaml
assert_eq "$(cat out)" 'contracts/page.odcs.yaml: no errors'

sed -i 's/metric: ocr.cer,/metric: ocr.cre,/' contracts/page.odcs.yaml
line=$(grep -n ocr.cre contracts/page.odcs.yaml | cut -d: -f1)
assert_exit 78 assay contract lint
assert_match "$(grep error: out)" "contracts/page.odcs.yaml:$line:*: error: *'ocr.cre'*did you mean 'ocr.cer'?*"
assert_exit 78 assay contract lint --json
assert_jq out '"\(.errors) \(.findings[0].file) \(.findings[0].line)"' "1 contracts/page.odcs.yaml $line"

sed -i '/ocr.cre,/{s/ocr.cre/audio.loudness/; s/mustBeLessThan: 0.02/mustBeLessThan: 2/}' contracts/page.odcs.yaml
assert_exit 78 assay contract lint contracts/page.odcs.yaml
mkdir alone && cp contracts/invoice.odcs.yaml alone/ && cd alone
assert_exit 0 assay contract lint invoice.odcs.yaml
assert_exit 66 assay contract lint
assert_exit 66 assay contract lint none.yaml
assert_exit 64 assay contract
assert_exit 64 assay contract list
