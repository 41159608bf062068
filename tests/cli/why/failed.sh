# `why` of a source that failed, and of what was found in the file in its place, tells who decided what, and why; also of one
# that was renamed since.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/values.bash"
values_dataset </dev/null
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 3\n' >docs/a.txt
printf 'fail: decode\n' >docs/c.txt
printf 'value: 4\n' >f.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
did() { assay queue "$@" --json >did.json 2>err || fail "queue $*: $(cat err)"; }
test_run_into store
assert_match "$(assay why docs/c.txt)" '*ticket *T1 open: test.read: decode*' 'its ticket'
did reject docs/c.txt --reason broken --actor Ed
assert_match "$(assay why docs/c.txt)" '*decision *rejected by Ed*broken*told by Ed*ticket *T1 rejected: broken*' 'given up'
assert_eq "$(assay why docs/c.txt --json | jq -c '[.ticket.state, .decisions.verdict.actor, .decisions.verdict.reason]')" '["rejected","Ed","broken"]' 'given up'

did resolve docs/c.txt --file f.txt --reason 'a copy' --actor Ben
page='docs/c.txt#page=1'
assert_match "$(assay why docs/c.txt)" "*decision *replaced by Ben with f.txt*a copy*samples *$page*by the other file*" 'the file in its place'
assert_match "$(assay why "$page")" '*made by *the other file*decision *replaced by Ben with f.txt*a copy*told by Ben*on all of docs/c.txt*' 'of its sample'
assert_eq "$(assay why "$page" --json | jq -c '.verdict.decisions.source | [.actor, .file, .reason, .not_in_force]')" '["Ben","f.txt","a copy",null]' 'of its sample'
assert_eq "$(assay why docs/a.txt#page=1 --json | jq -c .verdict.decisions.source)" null 'of another'

mv docs/c.txt docs/d.txt
settle docs
test_run_into store
assert_match "$(assay why docs/d.txt)" '*ticket *T2 open*decision *replaced by Ben with f.txt*a copy*not in force: on docs/c.txt, whose file is gone*' 'renamed'
assert_match "$(assay why "$page")" '*decision *replaced by Ben with f.txt*on all of docs/c.txt*not in force: its file is gone*' 'its sample'
assert_eq "$(assay why "$page" --json | jq -c '.verdict.decisions_ended')" '["source"]' 'its sample'
