# What an evaluation told of bytes that the file had before others waits when it is gone, or goes to what has those bytes: of
# the others, which somebody read under another name, it told nothing.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
for f in a:2 b:3 d:4 e:5; do printf 'value: %s\n' "${f#*:}" >"docs/${f%:*}.txt"; done
run
{
    printf '{"key": "docs/%s.txt#page=1", "label": "fail"}\n' a d
    printf '{"key": "docs/%s.txt#page=1", "label": "pass"}\n' b e
} >eval.jsonl
assay feedback import eval.jsonl --eval vqa >/dev/null
assay feedback open --eval vqa --label fail --reason 'read wrong' >/dev/null
did waive 'docs/d.txt#page=1' --owner Anna --reason 'it is right' --expires 2100-01-01

# While the file is there somebody has to say that the others are better.
cp docs/b.txt docs/a.txt
cp docs/e.txt docs/d.txt
run
assert_eq "$(of a); $(of d)" 'open feedback; open feedback' 'other bytes'
rm docs/a.txt docs/d.txt
run
assert_jq run.json .queue.opened 0
for f in b e; do assert_exit 66 assay queue show "docs/$f.txt#page=1"; done

# The bytes that it told of, under other names: what was let pass of them is answered.
printf 'value: 2\n' >docs/a1.txt
printf 'value: 4\n' >docs/d1.txt
run
assert_eq "$(of a1)" 'open feedback' 'the same bytes'
assert_match "$(told a1 -1)" "*an evaluation told of 'docs/a.txt#page=1', in whose place it is: read wrong; *" 'why'
assert_exit 66 assay queue show 'docs/d1.txt#page=1'
assay judge --as-of 2100-01-01 >/dev/null
assert_eq "$(of d1)" 'open feedback' 'its day has come'

# And what came to a copy is of its own bytes from then on.
cp docs/e.txt docs/a1.txt
run
rm docs/a1.txt
run
assert_exit 66 assay queue show 'docs/e.txt#page=1'
printf 'value: 2\n' >docs/a2.txt
run
assert_eq "$(of a2)" 'open feedback' 'once more'
assay check --read-data >out || fail "check: $(cat out)"
