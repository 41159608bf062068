# Findings on standard output, named as seen from here.
mkdir set && (cd set && use_example pages)
assert_exit 0 assay config lint -c set/assay.yaml
assert_eq "$(cat out)" 'set/assay.yaml: no errors'
sed -i 's/page.deskew: {max_angle: 5,/page.deskew: {max_angel: 5,/' set/assay.yaml
line=$(grep -n max_angel set/assay.yaml | cut -d: -f1)
assert_exit 78 assay config lint -c set/assay.yaml
assert_match "$(head -n 1 out)" "set/assay.yaml:$line:*: error: *'max_angel'*did you mean 'max_angle'?*"
assert_eq "$(tail -n 1 out)" 'set/assay.yaml: 1 error'
assert_exit 78 assay config lint -c set/assay.yaml --json
assert_jq out '.findings[0].severity' error
assert_exit 66 assay config lint
assert_match "$(cat err)" "assay: there is no 'assay.yaml'; 'assay init' writes one"
assert_exit 64 assay config show
