# `feedback`: results come in once, by key or member, under any of their names; tickets are made of failures.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
version=$(jq_get .version run.json)
one='inbox/scans/notice.pdf#page=1'
two='inbox/scans/notice.pdf#page=2'

assert_exit 0 assay feedback list
assert_match "$(cat err)" '*no evaluation yet*' 'without one'
assert_eq "$(assay feedback list --json)" '[]' 'without one, for programs'
assert_exit 66 assay feedback report
assert_match "$(cat err)" "*there is no evaluation; see 'assay feedback list'" 'nothing to report'

# A page by its key, one by a file of the delivery, one by the path of its file; a mark, a carriage return, a blank line.
assay export latest --out delivery >/dev/null
words=$(jq -r --arg key "$one" 'select(.key == $key) | .artifacts[] | select(.role == "text") | .path' delivery/manifest.jsonl)
{
    printf '\xef\xbb\xbf{"key": "%s", "score": 0.1, "answer": {"text": "passed over"}}\r\n' "$two"
    printf '\n{"member": "delivery/%s", "value": "0.25", "passed": true, "comment": null}\n' "$words"
    printf '{"id": 17, "file": "./inbox/scans/letter.png", "score": 1, "verdict": "Wrong", "note": "total misread"}'
} >eval.jsonl
assay feedback import eval.jsonl --json >import.json
assert_jq import.json '[.imported, .evaluation, .name, .version, .results, .actor] | @json' \
    "[true,\"E1\",\"eval\",\"$version\",3,\"$(id -un)\"]"
digest=$(jq_get .digest import.json)
assay feedback import ./eval.jsonl --json >again.json
assert_jq again.json '[.imported, .evaluation, .digest] | @json' "[false,\"E1\",\"$digest\"]"
assert_match "$(assay feedback import eval.jsonl | head -n 1)" "the same 3 results are there already: E1 eval, of version ${version:7:12}" 'again'
# The order of lines is nothing.
{ cat eval.jsonl; echo; } | sed 's/^\xef\xbb\xbf//' | tac >turned.jsonl
assay feedback import turned.jsonl --eval vqa/model-7 --version "${version:7:12}" --json >turned.json
assert_jq turned.json '[.imported, .evaluation, .digest] | @json' "[true,\"E2\",\"$digest\"]"
assert_jq <(assay feedback list --json) 'map([.evaluation, .name, .results, .file]) | @json' \
    '[["E1","eval",3,"eval.jsonl"],["E2","vqa/model-7",3,"turned.jsonl"]]'
assert_match "$(assay feedback list | tail -n 1)" "E2 *vqa/model-7 *${version:7:12} *3 results  20??-*Z  by *, from turned.jsonl" 'a line for each'
assay check >out || fail "check: $(cat out)"
echo 'imported'

echo "{\"key\": \"$letter\", \"score\": 0}" >eval.jsonl
assert_exit 64 assay feedback import eval.jsonl
assert_match "$(cat err)" "*'eval' stands for other results of this version (E1); --replace puts these in their place*" 'taken'
assay feedback import eval.jsonl --replace >out
assert_match "$(head -n 1 out)" '1 results are E3 eval, of version*' 'replaced'
assert_exit 64 assay feedback import eval.jsonl --eval 'a b'
assert_exit 64 assay feedback import eval.jsonl --eval ''
for number in E1 e12; do
    assert_exit 64 assay feedback import eval.jsonl --eval $number
    assert_match "$(cat err)" "*the name '$number' is as the number of an evaluation*" 'a name that would hide another'
done
assert_exit 66 assay feedback import eval.jsonl --version v9
assert_exit 66 assay feedback import none.jsonl
assert_match "$(cat err)" "*there is no file 'none.jsonl'" 'no file'
assert_exit 66 assay feedback import eval.jsonl --store none
echo 'names'

# Every member of the schema is read, and means what the schema says.
schema=$EXAMPLES/../schemas/evaluation.schema.json
jq -r '.properties | to_entries[] | "\(.key) \(."value"."$ref" // "failed")"' "$schema" >members
[ "$(wc -l <members)" -gt 20 ] || fail 'few members'
n=0
while read -r member meaning; do
    case $meaning in
    */sample) line="{\"$member\": \"$letter\", \"score\": 0.$((++n + 10))}" ;;
    */score) line="{\"key\": \"$letter\", \"$member\": 0.$((++n + 10))}" ;;
    */note) line="{\"key\": \"$letter\", \"score\": 0, \"$member\": \"note $((++n))\"}" ;;
    *) line="{\"key\": \"$letter\", \"$member\": true}" ;;
    esac
    echo "$line" >member.jsonl
    assay feedback import member.jsonl --eval "of-$member" --json >member.json || fail "$member: $(cat member.json)"
    assert_jq member.json .results 1
    cat member.jsonl >>lines.jsonl
done <members
assert_jq <(assay feedback report --eval of-failed --json) .failed 1
assert_exit 64 assay feedback report --eval of-note
for member in correct passed ok; do
    assert_jq <(assay feedback report --eval "of-$member" --json) '[.failed, .passed] | @json' '[0,1]'
done
# Where there is a validator, it says the same of these lines and of wrong ones.
if python3 -c 'import jsonschema' 2>/dev/null; then
    printf '%s\n' '{"score": 1}' '{"key": 5, "score": 1}' '{"key": "a"}' '{"key": "a", "label": 3}' '{"key": "a", "label": null}' \
        '[]' '{"key": "a", "score": "high"}' '{"key": "a", "score": 1, "note": []}' >refused.jsonl
    python3 - "$schema" lines.jsonl refused.jsonl <<'PY' || fail 'the schema'
import json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for name, want in ((sys.argv[2], True), (sys.argv[3], False)):
    for line in open(name):
        if validator.is_valid(json.loads(line)) != want:
            sys.exit("%s: %s" % ("refused" if want else "taken", line))
PY
fi
echo 'the schema'

assay feedback report --eval vqa/model-7 >report
assert_match "$(sed -n 1p report)" "feedback  E2 vqa/model-7, of version ${version:7:12}" 'whose'
assert_eq "$(sed -n 2p report)" 'results   3 = 1 failed + 1 passed + 1 not judged, by label fail' 'counts'
assert_match "$(sed -n 3p report)" 'causes    0, of 0 possible in * attributes, at p < 0.01*' 'of two samples nothing can be said'
assay feedback report --eval E1 --fail-below 0.25 --json >report.json
assert_jq report.json '[.evaluation, .measure, .failed, .passed, .not_judged, .correction, .alpha, .causes, .more] | @json' \
    '["E1","score < 0.25",1,2,0,"bonferroni",0.01,[],false]'
assert_jq <(assay feedback report --eval E1 --fail-above 0.25 --json) '[.failed, .passed] | @json' '[1,2]'
assert_jq <(assay feedback report --eval E1 --label pass --json) '[.failed, .passed, .not_judged] | @json' '[1,1,1]'
assert_match "$(assay feedback report --eval E3 --fail-below 5)" '*results   1 = 1 failed + 0 passed*none: everything failed' 'all, of the last one'
assert_exit 64 assay feedback report --eval E1 --label unsure
assert_match "$(cat err)" "*no result has the label 'unsure'; there are 'fail', 'pass'" 'a label that nothing has'
assert_exit 64 assay feedback report --eval eval
assert_match "$(cat err)" '*none of the 1 results has a label: judge them by --fail-below SCORE or --fail-above SCORE' 'no label'
assert_exit 64 assay feedback report --fail-below 0.5 --label fail
assert_exit 64 assay feedback report --fail-below low
assert_exit 66 assay feedback report --eval E999
assert_match "$(cat err)" "*there is no evaluation 'E999'*" 'no such'
echo 'judged'

held() { find .assay -type f ! -name '*lock*' -exec sha256sum {} + | sort; }
before=$(held)
assay feedback open --eval E1 --fail-below 0.5 -n >dry
assert_eq "$(held)" "$before" 'nothing was written'
assay feedback open --eval E1 --fail-below 0.5 --dry-run --json >dry.json
assert_eq "$(tail -n 1 dry)" 'would be: 2 opened' 'dry'
assert_eq "$(assay queue list --json | jq length)" "$(assay queue list --origin judged --json | jq length)" 'nothing was opened'
assay feedback open --eval E1 --fail-below 0.5 --reason 'blurred' --json >open.json
assert_jq open.json '[.dry_run, .opened, .added, .already, .left] | @json' '[false,2,0,0,0]'
assert_eq "$(jq -c '[.tickets[] | [.subject, .done]], .opened' dry.json)" "$(jq -c '[.tickets[] | [.subject, .done]], .opened' open.json)" 'told as done'
ticket=$(jq -r --arg key "$two" '.tickets[] | select(.subject == $key) | .id' open.json)
assay queue show "$ticket" --json >show.json
assert_jq show.json '.[0] | [.subject, .state, .history[0].reason, .history[0].actor] | @json' \
    "[\"$two\",\"open\",\"blurred; evaluation E1 eval: score 0.1 < 0.5\",\"$(id -un)\"]"
assert_eq "$(assay queue list --origin feedback --json | jq length)" 2 'in the queue'
assert_match "$(assay queue list --origin feedback | grep -F "$two")" "$ticket *open *$two *blurred; evaluation E1 eval: score 0.1 < 0.5" 'a line'
assert_jq <(assay queue list --origin feedback --json) '[.[] | .feedback != null, .opened.run, .failure] | @json' '[true,null,null,true,null,null]'
assay queue show "$ticket" >show
assert_match "$(grep '^try' show)" "*: 'assay feedback report --eval E1 --fail-below 0.5'" 'what to try'
# advised TICKET: the report that is advised, of its own evaluation though others came later, by its own measure
advised() { eval "$(assay queue show "$1" --json | jq -r '.[0].try[0]' | sed "s/^[^:]*: //; s/^'\\(.*\\)'\$/\\1/") --json"; }
assert_jq <(advised "$ticket") '[.evaluation, .measure, .failed] | @json' '["E1","score < 0.5",2]'
assert_match "$(grep -c 'run 0' show || true) $(grep -A1 '^history' show | tail -n 1)" "0 *by $(id -un)" 'by whom, and by no run'
assay feedback open --eval E1 --fail-below 0.5 --reason 'blurred' >out
assert_eq "$(tail -n 1 out)" '0 opened; 2 told before' 'again'
assay feedback open --eval E2 --label fail >out
assert_eq "$(tail -n 1 out)" '1 opened' 'by label'
labelled=$(assay queue list --json --origin feedback "$letter" | jq -r '.[0].id')
assert_jq <(advised "$labelled") '[.evaluation, .measure, .failed] | @json' '["E2","label fail",1]'
printf '{"key": "%s", "label": "no date", "score": 7}\n' "$letter" >dates.jsonl
assay feedback import dates.jsonl >out
assay feedback open --label 'no date' >out
assert_match "$(assay queue show "$labelled" | grep '^try')" "*: assay feedback report --eval E* --label 'no date'" 'a label of words'
assert_jq <(advised "$labelled") '[.name, .measure, .failed] | @json' '["dates","label no date",1]'
assay feedback open --fail-above 6 >out
assert_eq "$(tail -n 1 out)" '0 opened; 1 told before' 'by another measure it is no news'
printf '{"key": "%s", "score": 7}\n' "$letter" >errors.jsonl
assay feedback import errors.jsonl >out
assay feedback open --fail-above 6 >out
assert_jq <(advised "$labelled") '[.name, .measure, .failed] | @json' '["errors","score > 6",1]'
assay feedback open --fail-above 5 >out
assert_eq "$(tail -n 1 out)" '0 opened; 1 told before' 'by another bound it is no news'
assay feedback open --eval E1 --fail-below 0.2 >out
assert_eq "$(tail -n 1 out)" '0 opened; 1 open already, told of it' 'an event'
assert_eq "$(assay queue show "$ticket" --json | jq '.[0].history | length')" 2 'history'
assert_eq "$(assay status --json | jq .version)" "\"$version\"" 'no version comes of it'
# What a person has settled stays so.
assay queue waive "$ticket" --owner ada --reason 'as it was scanned' >out
assert_jq <(assay queue show "$ticket" --json) '.[0].state' waived
assay feedback open --eval E1 --fail-below 0.5 --reason 'blurred' >out
assert_eq "$(tail -n 1 out)" '0 opened; 2 told before' 'settled since'
assert_jq <(assay queue show "$ticket" --json) '.[0].state' waived
assay feedback open --eval E1 --fail-below 0.5 --reason 'blurred indeed' >out
assert_eq "$(tail -n 1 out)" '1 opened; 1 open already, told of it' 'another reason'

# What is no longer delivered is left as it is; what has a ticket anyway is told of it.
write_contract 0
judge_pages
assay feedback open --eval E2 --label fail >out
assert_eq "$(tail -n 1 out)" '0 opened; 1 told before' 'quarantined since'
rm inbox/scans/notice.pdf
run_pages
assay feedback open --eval E1 --fail-below 0.3 >out
assert_match "$(tail -n 1 out)" '0 opened; *' 'gone'
assay check >out || fail "check: $(cat out)"
echo 'tickets'
