# Numbers of lines, which the layout passes over, are read with `reconcile`: a page of a transcript with a frame around its text.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need jq
spoken=('A.   That was the basement.' 'Q.   That was also the basement?' 'A.   Yes.  There was a workshop there, so'
    'I do not get confused now and I do not confuse' 'anyone else, the goods, most of the goods' 'were mixed or blended on the second or third floor'
    'because that was the level of the tanks that the' 'raw material was either poured into or dumped' 'in.  So this may have been, when I am saying'
    'workshop number two, I am guessing that was the' 'second floor.  I am just' 'Q.   Your best memory.' 'A.   Yes.  I am trying to be exact here.'
    'Q.   So you just give your best memory.' 'A.   Right.' 'Q.   Now, I cannot quite read this.  Can you' 'read what you wrote here?'
    'A.   The second drawer.  All right.  So' 'maybe.  I am not sure.' 'Q.   This is the one that you labelled the' 'drawer?' 'A.   It is.'
    'Q.   And was that drawer below some kind of' 'a door?' '     THE WITNESS:  Yes.')

# transcript: its page as PDF
transcript() {
    local content='1.5 w 118 60 390 700 re S' i x
    for i in "${!spoken[@]}"; do
        x=140
        [[ ${spoken[i]} != [AQ].* ]] || x=175
        content+=" BT /F 12 Tf $((i < 9 ? 100 : 93)) $((720 - 26 * i)) Td ($((i + 1))) Tj ET BT /F 12 Tf $x $((720 - 26 * i)) Td (${spoken[i]}) Tj ET"
    done
    printf '%%PDF-1.4\n'
    printf '1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n'
    printf '2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n'
    printf '3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>> endobj\n'
    printf '4 0 obj <</Length %d>> stream\n%s\nendstream endobj\n' ${#content} "$content"
    printf '5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Courier>> endobj\n'
    printf 'trailer <</Root 1 0 R/Size 6>>\n%%%%EOF\n'
}

transcript >page.pdf
cat >assay.yaml <<'YAML'
dataset: transcript
sources: [{path: "*.pdf", modality: page}]
pipelines: {page: [page.read: {dpi: 200}, ocr.recognize: {languages: [eng], reconcile: doubtful}]}
YAML
assert_exit 0 assay run --progress none
assay show 'page.pdf#page=1' --artifact text | tr -s ' \n' '\n' >words
for i in "${!spoken[@]}"; do
    grep -qx "$((i + 1))" words || fail "no number of line $((i + 1)): $(tr '\n' ' ' <words)"
done
assert_eq "$(grep -cx '[AQ]\.' words)" 12 'who speaks'
assay show 'page.pdf#page=1' --json | jq -e '[.measurements[] | select(.metric == "ocr.words_changed")][0].value > 10' >/dev/null || fail 'none of them by itself'
