# A file stands for the only page of a source, and a copy of the source was decided upon since: what is delivered does not
# depend on whether the file had been read by the recipe in use.
. "$(dirname "${BASH_SOURCE[0]}")/../repair/decided.bash"
fates() {
    local key
    for key in c i; do
        assay why "docs/$key.txt#page=1" --json | jq -r '"\(.verdict.outcome) \(.verdict.way)"'
    done | paste -sd,
}
printf 'value: 30\n' >docs/i.txt
printf 'value: 5\n' >other.txt
printf 'value: 6\n' >fixed.txt
run
did resolve 'docs/i.txt#page=1' --file other.txt
mv docs/i.txt docs/c.txt
run
did resolve 'docs/c.txt#page=1' --text fixed.txt
printf 'value: 30\n' >docs/i.txt
run
was=$(fates)

# Nobody has read the file by this recipe.
sed -i 's/\[test.read\]/[test.read: {add: 1}]/' assay.yaml
run
assert_eq "$(fates)" "$was" 'read anew'
