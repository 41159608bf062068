# Who decides and why stands in every history: not as blanks, and not without bound. A waiver's event tells who answers for
# it and until when. An empty value, which the shell makes of a variable that is not set, selects nothing.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
for name in a b c; do printf 'value: 15\n# %s\n' $name >docs/$name.txt; done
run
page() { printf 'docs/%s.txt#page=1' "$1"; }

# ---- nobody, and nothing said
refused() { assert_exit 64 assay queue "$@"; assert_match "$(tail -n 1 err)" "*$what*" "$*"; }
for blank in '' ' ' $'\t\n '; do
    what='--owner' refused waive "$(page a)" --owner "$blank" --reason fine
    what='--reason: say why' refused waive "$(page a)" --owner Ann --reason "$blank"
    what='--reason: say why' refused reject "$(page a)" --reason "$blank"
    what='--actor: the name is blank' refused reject "$(page a)" --reason bad --actor "$blank"
    what='--reason: the reason is blank' refused retry "$(page a)" --reason "$blank"
    what='--annotator: the name is blank' refused import t.csv --annotator "$blank"
done
what='--owner: the name is longer than 200 bytes' refused waive "$(page a)" --owner "$(printf '%0201d' 1)" --reason fine
what='--owner: the name holds a control character' refused waive "$(page a)" --owner $'a\nhistory' --reason fine
what='--actor: the name holds a control character' refused reject "$(page a)" --actor $'a\x1b[2J' --reason fine
what='--reason: the reason is longer than 4096 bytes' refused reject "$(page a)" --reason "$(printf '%04097d' 1)"
what='--reason is not UTF-8' refused reject "$(page a)" --reason $'\xff'
assert_eq "$(of a)" 'open judged' 'nothing was decided'
echo 'blank'

# ---- an empty selection is none
for option in source check stage state lane kind origin metadata modality age remedy failure; do
    what="--$option: is empty, which is no selection" refused reject "--$option" '' --reason bad --dry-run
    assert_exit 64 assay queue list "--$option" ''
done
assert_eq "$(assay queue list --json | jq -c 'map(.state)')" '["open","open","open"]' 'nothing was given up'
echo 'empty'

# ---- whose waiver, and for how long
did waive "$(page a)" --owner Anna --actor ben --reason 'a stamp' --expires 2199-01-01
assert_eq "$(told a -1)" 'ben: owner Anna, until 2199-01-01T00:00:00.000Z: a stamp' 'until then'
did waive "$(page a)" --owner Cy --actor ben --reason 'a stamp'
assert_eq "$(told a -1)" 'ben: owner Cy: a stamp' 'for good'
did reject "$(page b)" --actor ben --reason 'torn'
assert_eq "$(told b -1)" 'ben: torn' 'a rejection has no owner'
echo 'waived'

# ---- one person with a blank behind the name is one person
printf 'key,text,annotator\n%s,value: 4,anna\n%s,value: 4,"  anna "\n' "$(page c)" "$(page c)" >one.csv
assert_exit 65 assay queue import one.csv
assert_match "$(head -n 1 err)" '*the same person wrote*' 'twice the same'
printf 'key,text,annotator\n%s,value: 4,Jos\xc3\xa9\n%s,value: 4,Jose\xcc\x81\n' "$(page c)" "$(page c)" >one.csv
assert_exit 65 assay queue import one.csv
assert_match "$(head -n 1 err)" '*the same person wrote*' 'with the accent apart'
printf 'key,text,annotator\n%s,value: 4," "\n' "$(page c)" >nobody.csv
assert_exit 65 assay queue import nobody.csv
assert_match "$(tail -n 1 err)" '*holds no text that somebody wrote' 'a blank is nobody'
assert_eq "$(of c)" 'open judged' 'a row of nobody is as it was handed out'
assay queue import nobody.csv --annotator dee --json >out 2>err || fail "dee: $(cat err)"
assert_eq "$(of c | cut -d ' ' -f 1)" corrected 'by the one who is named'
echo 'persons'
