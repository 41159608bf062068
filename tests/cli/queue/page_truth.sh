# Another file in the place of a page is measured against the part of the ground truth that is the place's, whatever number
# the page has in its own file, and however many pages that has.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
export ASSAY_STORE=store
run_pages
text_of() {
    assay show "$1" --artifact text
}
cer() {
    assay show "$1" --json | jq -r '.measurements[] | select(.metric == "ocr.cer") | .value // .undefined // .reason'
}
second='inbox/scans/notice.pdf#page=2'

# By its ground truth the second page should be the letter, and the page with the wrong text the notice's first.
text_of "$letter" >letter.txt
text_of 'inbox/scans/notice.pdf#page=1' >notice.txt
cp notice.txt inbox/scans/mislabelled.gt.txt
{
    cat notice.txt
    printf '\f'
    cat letter.txt
} >inbox/scans/notice.gt.txt
settle
run_pages
assert_eq "$(assay queue list --json | jq -r '[.[] | select(.kind == "page") | .subject] | sort | join(" ")')" "$wrong $second" 'what fails'

resolve() { # KEY FILE STATE
    assay queue resolve "$1" --file "$2" --reason 'scanned again' --json >did.json 2>err || fail "$1: $(cat err)"
    assert_eq "$(jq -r '.tickets[0].ticket.state' did.json)" "$3" "$1 with $2"
}
resolve "$second" inbox/scans/mislabelled.png needs-review
assert_jq did.json '.tickets[0].ticket.attempts[0].outcome' checks
assert_match "$(jq -r '.tickets[0].ticket.attempts[0].note' did.json)" '*cer*' 'a page of another text'
resolve "$second" inbox/scans/letter.png replaced
assert_eq "$(cer "$second")" 0 'the second of two pages, by the second part'
echo 'one page in the place of the second'

resolve "$wrong" inbox/scans/notice.pdf replaced
assert_eq "$(cer "$wrong")" 0 'the first of two pages, by the only part'
assay lineage "$wrong" >lineage.txt
grep -qF 'pages=1-1&place=1/1 of' lineage.txt || fail "lineage: $(cat lineage.txt)"
echo 'two pages in the place of one'

# The place is one of the unit's terms: nothing is made anew, and a delivery finds what it names.
run_pages
assert_jq run.json '[.units.run, .conserved] | @json' '[0,true]'
assert_exit 0 assay export latest --out delivery
assay verify delivery >/dev/null || fail 'verify finds a difference'
assert_eq "$(jq -r "select(.key == \"$second\") | .text" delivery/manifest.jsonl)" "$(cat letter.txt)" 'what is delivered'
assay check >/dev/null || fail 'check finds something'
echo 'delivered'
