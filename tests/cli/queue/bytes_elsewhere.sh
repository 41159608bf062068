# A verdict that people decided on bytes which the file had before others waits when the file is gone, also where somebody
# had read those others under another name by then; and is told to be of other bytes while the file has them.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
ended() { assay queue list --ended --json 2>/dev/null | jq -r '.[].subject' | paste -sd' '; }
printf 'value: 12\n' >docs/a.txt
printf 'value: 14\n' >docs/d.txt
printf 'value: 13\n' >docs/b.txt
printf 'value: 15\n' >docs/c.txt
run
did waive 'docs/a.txt#page=1' --owner Anna --reason 'it is right'
did reject 'docs/d.txt#page=1' --reason 'no consent'

# The other bytes are those of a copy, which is a duplicate of it, or whose duplicate it is now.
cp docs/b.txt docs/a.txt
cp docs/c.txt docs/d.txt
run
assert_eq "$(ended)" 'docs/a.txt#page=1 docs/d.txt#page=1' 'other bytes'
for f in a d; do
    assert_match "$(assay why "docs/$f.txt#page=1")" '*not in force: the source has other bytes now*' "why of $f"
    assert_match "$(assay queue show "docs/$f.txt#page=1")" '*not in force: the source has other bytes now*' "show of $f"
done

mv docs/a.txt docs/a1.txt
rm docs/d.txt
run
assert_jq run.json '.ended | length' 0
assert_eq "$(ended)" '' 'gone'
for f in a d; do
    assert_match "$(assay why "docs/$f.txt#page=1")" '*not in force: what it is about is not there*it waits*' "why of $f"
done
for f in a1 b c; do
    assert_eq "$(assay why "docs/$f.txt#page=1" --json | jq -c '.verdict.decided_before_it_moved // []')" '[]' "nobody decided on $f"
done

# They hold when the bytes are there again; and of a file that goes with them they are told.
printf 'value: 12\n' >docs/a.txt
printf 'value: 14\n' >docs/d.txt
run
assert_eq "$(assay queue list --all --json | jq -c '[.[] | select(.subject | test("/[ad][.]")) | .state] | sort')" '["rejected","waived"]' 'back again'
mv docs/a.txt docs/a2.txt
mv docs/d.txt docs/d2.txt
run
assert_jq run.json '.ended | map(.moved_to) | @json' '["docs/a2.txt","docs/d2.txt"]'
assert_eq "$(ended)" 'docs/a.txt#page=1 docs/d.txt#page=1' 'renamed'
assay check --read-data >out || fail "check: $(cat out)"
