# `why`: the verdict with every check not passed, and what changed since the verdict before.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages

assay why "$wrong" --json >why.json
assert_jq why.json .kind page
assert_jq why.json .verdict.outcome quarantined
assert_jq why.json '.verdict.checks | map("\(.check) \(.severity)") | join(", ")' 'cer error, wide warning'
assert_jq why.json .verdict.before null
assay why "$letter" --json | jq_get .verdict.outcome | grep -qx accepted || fail 'letter is not accepted'
assay why "$copy" --json >why.json
assert_jq why.json '[.verdict.outcome, .verdict.duplicate_of] | @json' "[\"duplicate\",\"$letter\"]"
assay why inbox/scans/cut.tif --json >why.json
assert_jq why.json '[.verdict, .source.failure.stage, .source.failure.class] | @json' '[null,"page.read","short"]'
echo 'accepted, quarantined, duplicate, failed'

assay why inbox/scans/notice.pdf >why
assert_eq "$(grep -c 'inbox/scans/notice.pdf#page=' why)" 2 'pages in short'
assay why inbox/scans/notice.pdf --json >why.json
assert_jq why.json '.samples | map(.key) | join(" ")' 'inbox/scans/notice.pdf#page=1 inbox/scans/notice.pdf#page=2'
echo 'a path has all its samples'

write_contract 0.02 error 1.0.1
judge_pages
assay why "$wrong" >why
grep -q '^judged    by run .*-1 under .* 1.0.0$' why || fail "not since the first run: $(cat why)"
grep -q '^the same  by run .*-2 under .* 1.0.1$' why || fail "not the same since: $(cat why)"
assay why "$wrong" --json >why.json
assert_jq why.json '[.verdict.contracts[0].version, .verdict.the_same.contracts[0].version] | @json' '["1.0.0","1.0.1"]'
echo 'an edit that leaves the verdict leaves the row'

write_contract 99 warning
judge_pages
assay why "$wrong" >why
for text in 'verdict   accepted' 'before    quarantined; since then' 'cer: bound is < 99, was < 0.02' \
    'cer: severity is warning, was error'; do
    grep -qF "$text" why || fail "no '$text': $(cat why)"
done
sed -i '/id: wide/d' pages.odcs.yaml
judge_pages
assay why "$wrong" --json >why.json
assert_jq why.json '.verdict.before.changes[] | select(.name == "wide") | .now' null
assert_match "$(jq_get '.verdict.before.changes[] | select(.name == "wide").text' why.json)" \
    'wide: the check was taken out (it said page.width must be > 90000, warning)' text
echo 'what changed in the contract'

write_contract 0.02
judge_pages
cp inbox/scans/letter.gt.txt inbox/scans/mislabelled.gt.txt
settle
run_pages
assay why "$wrong" --json >why.json
assert_jq why.json '.verdict.before.made_anew' true
assert_jq why.json '.verdict.before.changes | map(.what) | unique | join(" ")' 'measurement sidecar'
assert_match "$(jq_get '.verdict.before.changes[] | select(.name == "ocr.cer").text' why.json)" 'ocr.cer is *, was 0.*' text
echo 'which value came out differently'

assert_exit 66 assay why inbox/scans/notice.pdf#page=7
assert_match "$(cat err)" "*has no part 'page=7'; it has 'page=1', 'page=2'" 'no such part'
assert_exit 66 assay why inbox/scans
assert_match "$(cat err)" "*is a folder of 5 sources; name one, such as 'inbox/scans/*'" 'a folder'
assert_exit 66 assay why inbox/scans/lettre.png
assert_match "$(cat err)" "*did you mean 'inbox/scans/letter.png'?" 'a slip'
assert_exit 0 assay why ./inbox/scans/letter.png
assert_exit 64 assay why
