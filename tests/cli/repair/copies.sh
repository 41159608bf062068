# What was decided on a sample holds for its bytes: a copy that is added later, and sorts first, is its duplicate.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<<'remedies: {less: [test.read: {add: -5}]}'
for name in m-waived m-rejected m-replaced m-expired m-open; do
    printf 'value: 99\n%s\n' "$name" >"docs/$name.txt"
done
printf 'value: 2\n' >other.txt
settle docs
export ASSAY_STORE=store ASSAY_TEST_READER=1
assay() {
    # shellcheck disable=SC2086
    ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}
now=2026-06-01T00:00:00Z
test_run_into store --as-of $now -j1
did() { assay queue "$@" --as-of $now >out 2>&1 || fail "queue $*: $(cat out)"; }
did waive 'docs/m-waived.txt#page=1' --owner Anna --reason legible
did waive 'docs/m-expired.txt#page=1' --owner Anna --reason legible --expires 2026-07-01
did reject 'docs/m-rejected.txt#page=1' --reason torn
did resolve 'docs/m-replaced.txt#page=1' --file other.txt
outcome() { assay why "docs/$1.txt#page=1" --json | jq -r '.verdict | .outcome + " " + (.duplicate_of // "-")'; }
test_run_into store --as-of $now
before=$(jq -c '[.samples.accepted, .samples.waived]' run.json)
opened() { assay queue list --all --json | jq -c "map(select(.subject == \"docs/$1.txt#page=1\"))[0] | [.state, .opened]"; }
waiting=$(opened m-open)

for name in waived rejected replaced expired open; do cp "docs/m-$name.txt" "docs/a-$name.txt"; done
settle docs
test_run_into store --as-of $now
version=$(version_of)
# A ticket is as old as the one that it takes the place of.
assert_eq "$(opened a-open)" "$waiting" 'age of the copy that took the place'
assert_eq "$(opened m-open | jq -r '.[0]')" passed 'it is a duplicate'
assert_jq run.json '[.conserved, .samples.duplicate] | @json' '[true,5]'
assert_eq "$(jq -c '[.samples.accepted, .samples.waived]' run.json)" "$before" 'what is delivered, still once each'
for name in waived rejected replaced expired; do
    assert_eq "$(outcome "a-$name")" "duplicate docs/m-$name.txt#page=1" 'the copy that sorts first'
done
assert_eq "$(outcome m-waived)" 'waived -' 'waived'
assert_eq "$(outcome m-rejected)" 'quarantined -' 'rejected'
assert_eq "$(outcome m-replaced)" 'accepted -' 'replaced'
assert_eq "$(outcome m-open)" 'duplicate docs/a-open.txt#page=1' 'where nothing was decided the first is the original'
cp -R store other
rm -r other/seen
test_run_into other --as-of $now -j1
assert_eq "$(version_of)" "$version" 'once more'

# A decision that no longer holds names no original.
assay judge --as-of 2026-07-01T00:00:00Z --json >run.json 2>err || fail "$(cat err)"
assert_eq "$(outcome m-expired)" 'duplicate docs/a-expired.txt#page=1' 'expired'
assert_jq run.json .conserved true
did retry 'docs/m-waived.txt#page=1'
assert_eq "$(outcome m-waived)" 'duplicate docs/a-waived.txt#page=1' 'taken back'
assay check >out || fail "check: $(cat out)"

# What takes the place of an original that is gone is not young; the oldest is told by its time, whatever its number.
rm docs/a-open.txt docs/a-expired.txt
test_run_into store --as-of 2026-07-01T00:00:00Z
assert_eq "$(opened m-open)" "$waiting" 'age of what is the original again'
assert_eq "$(opened a-open | jq -r '.[0]')" gone 'the ticket of what is gone'
assay status --json >status.json 2>err || fail "status: $(cat err)"
assert_jq status.json '.queue.oldest.opened' "$(jq -r '.[1].at' <<<"$waiting")"
assert_jq status.json '.queue.oldest.id' "$(assay queue list --sort age --json | jq -r '.[0].id')"
cat >>values.odcs.yaml <<'YAML'
slaProperties: [{property: queueAge, value: 1, unit: d}]
YAML
assay status --json >status.json 2>err || true
assert_jq status.json '.queue.agreements[0].ticket == .queue.oldest.id' true
# Other bytes in the original: its ticket goes on, now about those, and that of the copy is a new one.
printf 'value: 98\nquite another\n' >docs/m-open.txt
printf 'value: 99\nm-open\n' >docs/z-open.txt
settle docs
test_run_into store --as-of 2026-07-01T00:00:00Z
assert_eq "$(opened m-open)" "$waiting" 'a ticket that stays open keeps its age'
assert_ne "$(opened z-open | jq -c '.[1]')" "$(jq -c '.[1]' <<<"$waiting")" 'nobody has these bytes any more'

# Decided last is what holds, whichever comes back: a copy with an older decision overrules no newer one.
printf 'value: 99\nboth\n' >docs/b1.txt
printf 'value: 99\nmirror\n' >docs/c2.txt
settle docs
test_run_into store --as-of $now
did waive docs/b1.txt --owner Ben --reason legible
did reject docs/c2.txt --actor Ann --reason 'no consent'
mv docs/b1.txt docs/b2.txt
mv docs/c2.txt docs/c1.txt
test_run_into store --as-of $now
told() { jq -r '[.ended[] | "\(.subject) \(.moved_to) \(.original) \(.outcome)"] | sort | join("; ")' run.json; }
assert_eq "$(told)" 'docs/b1.txt#page=1 docs/b2.txt null quarantined; docs/c2.txt#page=1 docs/c1.txt null quarantined' 'moved'
did reject docs/b2.txt --actor Ann --reason 'no consent'
did waive docs/c1.txt --owner Ben --reason legible
cp docs/b2.txt docs/b1.txt
cp docs/c1.txt docs/c2.txt
settle docs
test_run_into store --as-of $now
assert_eq "$(outcome b1)" 'duplicate docs/b2.txt#page=1' 'an older waiver'
assert_eq "$(outcome b2)" 'quarantined -' 'the rejection since'
assert_eq "$(outcome c2)" 'duplicate docs/c1.txt#page=1' 'an older rejection'
assert_eq "$(outcome c1)" 'waived -' 'the waiver since'
assert_eq "$(told)" '' 'neither held in the last version'
listed() { assay queue list --ended --json | jq -r '[.[].subject | select(test("/[bc][12]"))] | sort | join(" ")'; }
assert_eq "$(listed)" 'docs/b1.txt#page=1 docs/c2.txt#page=1' 'they hold no more'
assert_match "$(assay why docs/b1.txt#page=1)" '*waived by Ben*not in force: it is a duplicate now of a copy that stands otherwise*' 'why'
# What holds for lack of the newer one gives way when that is back, and is named.
rm docs/b2.txt
test_run_into store --as-of $now
assert_eq "$(outcome b1)" 'waived -' 'its own decision is in force'
assert_eq "$(told)" 'docs/b2.txt#page=1 docs/b1.txt null waived' 'the newer rejection, whose file is gone'
cp docs/b1.txt docs/b2.txt
settle docs
test_run_into store --as-of $now
assert_eq "$(told)" 'docs/b1.txt#page=1 null docs/b2.txt#page=1 quarantined' 'the waiver gives way'
assay check >out || fail "check: $(cat out)"

# A file of one page in the place of the only page of a source stands for all of it: what has its bytes is there once.
printf 'value: 95\n# one\n' >docs/e1.txt
printf 'value: 95\n# two\n' >docs/e2.txt
printf 'value: 95\npages: 2\n' >docs/e3.txt
printf 'value: 3\n# good\n' >docs/g.txt
printf 'value: 3\npages: 2\n# many\n' >docs/h.txt
printf 'value: 95\n# three\n' >docs/e4.txt
settle docs
sed -i '/slaProperties/d' values.odcs.yaml
test_run_into store --as-of $now
for page in e1 e2 e3; do did resolve "docs/$page.txt#page=1" --file docs/g.txt; done
did resolve 'docs/e4.txt#page=1' --file docs/h.txt
assert_eq "$(outcome g)" 'accepted -' 'what has the bytes itself'
assert_eq "$(outcome e1) $(outcome e2)" 'duplicate docs/g.txt#page=1 duplicate docs/g.txt#page=1' 'the same file twice'
assert_eq "$(outcome e3)" 'accepted -' 'one page of two is no copy'
assert_eq "$(outcome e4) $(outcome h)" 'accepted - accepted -' 'the first page of a file of two is none either'
test_run_into store --as-of $now
assert_jq run.json '[.conserved, .ended] | @json' '[true,[]]'
rm docs/g.txt
test_run_into store --as-of $now
assert_eq "$(outcome e1) $(outcome e2)" 'accepted - duplicate docs/e1.txt#page=1' 'the first of the two'
did retry 'docs/e1.txt#page=1'
assert_eq "$(outcome e1) $(outcome e2)" 'quarantined - accepted -' 'taken back'
printf 'value: 3\n# good\n' >good.txt
did resolve 'docs/e1.txt#page=1' --file good.txt
assert_eq "$(outcome e2)" 'duplicate docs/e1.txt#page=1' 'the first of the two again'
did retry 'docs/e2.txt#page=1'
assert_eq "$(outcome e1) $(outcome e2)" 'accepted - quarantined -' 'of the duplicate'
assay check >out || fail "check: $(cat out)"
