# `queue list`: a line per ticket with value and bound, or stage and failure; --json is complete; filters narrow it.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages

assay queue list >list
assert_eq "$(wc -l <list)" 2 'open tickets'
grep -qE "^T[0-9]+ +open +error +$wrong +cer: ocr.cer [0-9.]+, must be < 0.02 \(and 1 more\)$" list || fail "no line of $wrong: $(cat list)"
grep -qE '^T[0-9]+ +open +failed +inbox/scans/cut.tif +page.read short: ' list || fail "no line of cut.tif: $(cat list)"
echo 'a line names value and bound, or stage and failure'

assay queue list --json >list.json
size=$(od -An -tu1 -j16 -N8 inbox/scans/mislabelled.png | awk '{ print ($3 * 256 + $4) "," ($7 * 256 + $8) }')
assert_jq list.json 'length' 2
assert_jq list.json 'all(.id | test("^T[0-9]+$"))' true
assert_jq list.json ".[] | select(.subject == \"$wrong\") | [.kind, .state, .source, .failure] | @json" \
    '["page","open","inbox/scans/mislabelled.png",null]'
assert_jq list.json ".[] | select(.subject == \"$wrong\") | .checks[0] | [.check, .metric, .operator, .bound, .severity, .reason] | @json" \
    '["cer","ocr.cer","mustBeLessThan",0.02,"error",null]'
assert_jq list.json '.[] | select(.kind == "source") | [.subject, .failure.stage, .failure.class, (.checks | length)] | @json' \
    '["inbox/scans/cut.tif","page.read","short",0]'
assert_jq list.json 'all(.work_key | test("^sha256:[0-9a-f]{64}$"))' true
assert_jq list.json ".[0].opened.run == \"$(jq_get .run run.json)\"" true
assert_jq list.json ".[] | select(.subject == \"$wrong\") | .region | [.page, .size, .box, .span] | @json" \
    "[1,[$size],[0,0,$size],null]"
assert_jq list.json '.[] | select(.kind == "source") | .region' null
cp -R .assay damaged
LC_ALL=C sed -i 's/{"width":/{"wedth":/g' damaged/packs/*.pack
assert_exit 80 assay check --store damaged --read-data
assay queue list --store damaged --json >damaged.json 2>err || fail "a list ends with words that cannot be read: $(cat err)"
assert_jq damaged.json ".[] | select(.subject == \"$wrong\") | .region | @json" '{"page":1,"size":null,"box":null,"span":null}'
echo 'json has all of a ticket'

count() {
    assay queue list --json "$@" | jq length
}
assert_eq "$(count --check cer)" 1 'with --check'
assert_eq "$(count --check wide)" 1 'with --check of a warning'
assert_eq "$(count --stage page.read)" 1 'of a stage that failed'
assert_eq "$(count --stage ocr.recognize)" 1 'of a stage whose measurement failed'
assert_eq "$(count --failure short)" 1 'with --failure'
assert_eq "$(count --source inbox/scans/m)" 1 'with --source'
assert_eq "$(count --source inbox/scans/m --failure short)" 0 'with two filters'
assert_eq "$(count --limit 1)" 1 'with --limit'
echo 'filters narrow it'

write_contract 99
judge_pages
assert_eq "$(count)" 1 'open after the bound was raised'
assay queue list --all >list
grep -qE "^T[0-9]+ +passed +error +$wrong " list || fail "no settled ticket: $(cat list)"
assert_exit 0 assay queue list --check cer
assert_eq "$(cat out)" '' 'standard output without a match'
assert_match "$(cat err)" 'assay: no ticket matches' 'standard error without a match'
echo 'settled tickets are in --all'

assert_exit 64 assay queue
assert_exit 64 assay queue lst
assert_match "$(cat err)" "*did you mean 'list'?*" 'hint'
assert_exit 64 assay queue list --failure decod
assert_match "$(cat err)" "*did you mean 'decode'?" 'hint'
assert_exit 66 assay queue list inbox
assert_match "$(cat err)" "*'inbox' is a folder of*" 'a folder is no ticket'
assert_exit 66 assay queue list --store nowhere
