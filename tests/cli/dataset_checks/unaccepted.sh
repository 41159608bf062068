# A check that looks at every sample: what quarantined ones measure is part of the version, so that results are never
# those of another judging. Store and deliveries are as if there had been no runs before.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
cat >>values.odcs.yaml <<'EOF'
      - {id: widest, type: custom, engine: assay, severity: warning,
         implementation: {aggregate: max, metric: test.value, population: all, mustBeLessOrEqualTo: 100}}
EOF
echo 'value: 5' >docs/a.txt

# quarantined VALUE SECONDS: docs/b.txt is that wide, and is kept out for it; written that long ago.
quarantined() {
    printf 'value: %d\n' "$1" >docs/b.txt
    touch -d "$2 seconds ago" docs/*.txt
}

# told STORE VERDICT: the last run's result of the check.
told() {
    test_run_into "$1"
    assert_jq run.json '.dataset_checks.checks[0] | "\(.value) \(.verdict)"' "$2"
}

# as_fresh: the delivery of the store is that of one that sees the files for the first time.
as_fresh() {
    rm -rf fresh fresh.out store.out
    assay_test run --store fresh --json --progress none >fresh.json 2>run.err || fail "fresh: $(tail -n 3 run.err)"
    assert_eq "$(version_of fresh.json)" "$(version_of)" 'id in a fresh store'
    assay export --store store latest --out store.out >out
    assay export --store fresh latest --out fresh.out >out
    diff -r store.out fresh.out >differ || fail "the delivery differs: $(head -c 600 differ)"
    assert_exit 0 assay verify store.out
}

quarantined 40 9000
told store '40 passed'
first=$(version_of)
quarantined 400 8000
told store '400 failed'
assert_ne "$(version_of)" "$first" 'id with other results'
told store '400 failed'
assert_jq run.json '.dataset_checks | "\(.passed) \(.warned)"' '0 1'
as_fresh
quarantined 40 7000
told store '40 passed'
assert_eq "$(version_of)" "$first" 'id of the first results'
told store '40 passed'
as_fresh
echo 'results are those of their version'
