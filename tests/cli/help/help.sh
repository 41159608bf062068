# The tables of the verbs: help, hints, and what each verb must say of itself.
assay --help >help
grep -q 'first steps' help || fail 'no first steps'
mapfile -t verbs < <(sed -n 's/^  \([a-z]*\) \{2,\}[a-z].*/\1/p' help)
[ ${#verbs[@]} -gt 18 ] || fail "only ${#verbs[@]} verbs: ${verbs[*]}"
assert_eq "$(assay help)" "$(cat help)" "'assay help'"
echo 'the program'

for verb in "${verbs[@]}"; do
    assay "$verb" --help >of_verb
    assert_eq "$(assay help "$verb")" "$(cat of_verb)" "'assay help $verb'"
    grep -q "^usage: assay $verb" of_verb || fail "$verb: no usage"
    grep -q '^example:' of_verb || fail "$verb: no example"
    mapfile -t subs < <(sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' of_verb)
    for sub in "${subs[@]}"; do
        assay "$verb" "$sub" --help >of_sub
        assert_eq "$(assay help "$verb" "$sub")" "$(cat of_sub)" "'assay help $verb $sub'"
        grep -q "^usage: assay $verb $sub" of_sub || fail "$verb $sub: no usage"
    done
    [ ${#subs[@]} -gt 0 ] || subs=('')
    for sub in "${subs[@]}"; do
        # shellcheck disable=SC2086 # no sub-verb is no word
        assay "$verb" $sub --help >of_sub
        for part in options 'exit codes' example 'see also'; do
            grep -q "^$part:" of_sub || fail "$verb $sub: no $part"
        done
        # What is said to be worth seeing is there to be seen.
        while read -r word rest; do
            # shellcheck disable=SC2086
            assay help $word $rest >/dev/null || fail "$verb $sub: see also '$word $rest'"
        done < <(sed -n 's/^see also: //p' of_sub | tr ',' '\n')
        awk 'length > 121 {exit 1}' of_sub || fail "$verb $sub: a line too long"
        # Examples are words of this program, in options too: each is taken apart and help is printed.
        while read -r line; do
            line=${line%%|*}
            line=${line%%>*}
            [[ $line == assay\ * ]] || continue
            eval "set -- ${line#assay }"
            assay "$@" --help >/dev/null 2>example.err || fail "$verb $sub: example '$line': $(cat example.err)"
        done < <(sed -n '/^example:/,/^see also/s/^  //p' of_sub)
    done
done
echo 'every verb'

assert_exit 64 assay
assert_exit 64 assay qeue list
assert_eq "$(cat err)" "assay: unknown verb 'qeue', did you mean 'queue'?; see 'assay --help'" 'verb'
assert_exit 64 assay queue lst
assert_match "$(cat err)" "assay: queue: 'lst' is not list, show* or *, did you mean 'list'?; see 'assay queue --help'" 'sub-verb'
assert_exit 64 assay queue
assert_match "$(cat err)" "assay: queue needs list, show* or *; see 'assay queue --help'" 'no sub-verb'
assert_exit 64 assay queue list --chek cer
assert_eq "$(cat err)" "assay: queue list: unknown option '--chek', did you mean 'check'?; see 'assay queue list --help'" 'option'
assert_exit 64 assay help queue lst
assert_match "$(cat err)" "*there is no verb 'queue lst', did you mean 'list'?" 'help'
assert_exit 66 assay queue --store none list
assert_exit 66 assay queue --json list --store none
echo 'hints'
