# A version that was come to again: why a sample is kept out is told by the rows that the last judgement found, though
# one between wrote them by other contracts; as in a store that sees the files for the first time.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

# version NUMBER VALUE SECONDS: contracts of that version, a quarantined text of that value, written that long ago.
version() {
    sed -i "s/^version: .*/version: $1/" values.odcs.yaml
    printf 'value: %d\n' "$2" >docs/b.txt
    touch -d "$3 seconds ago" docs/b.txt
    test_run_into store
}

text_dataset
echo 'value: 5' >docs/a.txt
touch -d '2 hours ago' docs/a.txt
version 1.0.0 40 9000
first=$(version_of)
version 2.0.0 44 8000
assert_ne "$(version_of)" "$first" 'id by other contracts'
version 1.0.0 44 8000
assert_eq "$(version_of)" "$first" 'id by the first contracts'
assay_test run --store fresh --json --progress none >fresh.json 2>run.err || fail "fresh: $(tail -n 3 run.err)"
assert_eq "$(version_of fresh.json)" "$first" 'id in a fresh store'
assay export --store store latest --out store.out >out
assay export --store fresh latest --out fresh.out >out
jq -c .checks store.out/others.jsonl >checks
assert_eq "$(jq '.[0].value' checks)" 44 'value of the finding'
diff -r store.out fresh.out >differ || fail "the delivery differs: $(head -c 600 differ)"
echo 'findings of a version that came back'
