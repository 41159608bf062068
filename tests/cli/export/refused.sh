# A version that is delivered after judgings that came to none: what they wrote is not told of it, what stood when it
# was last come to is, and the rest is null and said to be.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test

text_dataset
cat >>values.odcs.yaml <<'EOF'
  - name: dataset
    quality:
      - {id: few, type: custom, engine: assay, implementation: {aggregate: count, population: all, mustBeLessOrEqualTo: 2}}
EOF
seconds=9000

# text NAME VALUE: that file, older than the run and younger than it was.
text() {
    printf 'value: %d\n' "$2" >"docs/$1.txt"
    seconds=$((seconds - 100))
    touch -d "$seconds seconds ago" "docs/$1.txt"
}

# ends CODE [OPTION...]: a run that ends with that exit code.
ends() {
    local want=$1 got=0
    shift
    assay_test run --store store --json --progress none "$@" >run.json 2>run.err || got=$?
    [ "$got" -eq "$want" ] || fail "the run exits with $got, not $want: $(tail -n 3 run.err)"
}

# told DIR VALUE: what is said of b in a delivery of the latest version, which must be the first one.
told() {
    assert_exit 0 assay export --store store latest --out "$1" --json
    assert_jq out .version "$first"
    cp err "$1.err"
    assert_eq "$(jq -c 'select(.key == "docs/b.txt#page=1") | .checks | if . == null then null else .[0].value end' "$1/others.jsonl")" "$2" 'value of b'
    assert_jq out .without_checks "$([ "$2" = null ] && echo 1 || echo 0)"
    assert_eq "$(grep -c 'of 1 that are not delivered it is not known any more which checks' "$1.err")" "$([ "$2" = null ] && echo 1 || echo 0)" 'warnings'
    assert_exit 0 assay verify "$1"
}

text a 5
text b 40
ends 0
first=$(version_of)
told first 40

text b 400
text c 5
ends 80
told refused null
echo 'findings of a refused judging are not told of the version before'

rm docs/c.txt
text b 44
ends 0
assert_eq "$(version_of)" "$first" 'the version: a finding is no part of it'
told again 44
text c 5
ends 80
told still 44
echo 'a version that was come to again keeps what stood then'

rm docs/c.txt
text b 41
ends 0 --no-commit
told without null
ends 0
told anew 41
sed -i 's/^version: .*/version: 2.0.0/; s/mustBeLessOrEqualTo: 2}/mustBeLessOrEqualTo: 1}/' values.odcs.yaml
ends 80
told contract 41
echo 'rows that a judging leaves are told'
