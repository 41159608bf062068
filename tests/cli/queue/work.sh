# `queue show --work`: a folder for each ticket with what a person needs to mend it.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages

# width_height PNG: as its header has them
width_height() {
    od -An -tu1 -j16 -N8 "$1" | awk '{ print ($3 * 256 + $4) " " ($7 * 256 + $8) }'
}

id=$(assay queue list --json --check cer | jq -r '.[0].id')
assay queue show "$id" --work desk >told
assert_match "$(cat told)" "desk/$id  $wrong: * files, text.txt to correct" 'what was done'
assert_jq "desk/$id/task.json" '.ticket' "$id"
assert_jq "desk/$id/task.json" '.key' "$wrong"
assert_jq "desk/$id/task.json" '.checks[0].check' cer
assert_jq "desk/$id/task.json" '.hand_in[0]' "assay queue resolve $id --text desk/$id/text.txt"
assert_jq "desk/$id/task.json" '.text + " " + .picture' 'text.txt page.png'
assert_jq "desk/$id/task.json" '.files | map(.name) | sort | join(" ")' "$(cd "desk/$id" && ls | grep -v task.json | sort | tr '\n' ' ' | sed 's/ $//')"
assert_eq "$(width_height "desk/$id/page.png")" "$(width_height inbox/scans/mislabelled.png)" 'size of the picture'
# What it says is what is typed where the folder was made.
for dir in desk/ "o'hara's desk" "$PWD/desk"; do
    [ -e "$dir" ] || assay queue show "$id" --work "$dir" >/dev/null
    assay queue show "$id" --work "$dir" --force --json >told
    eval "$(jq -r '.[0].hand_in[0]' told) --dry-run" >out 2>err || fail "$dir: $(cat err)"
done
assert_jq "o'hara's desk/$id/task.json" '.hand_in[0]' "assay queue resolve $id --text 'o'\\''hara'\\''s desk/$id/text.txt'"
echo 'page, text and task'

# Doubtful lines are cut out; the page of many lines that are none has some.
cp "$MEDIA/inbox/scans/blurred.jpg" inbox/scans/blurred.jpg
cp "$MEDIA/inbox/scans/blurred.gt.txt" inbox/scans/blurred.gt.txt
run_pages
blurred=$(assay queue list --json --source inbox/scans/blurred.jpg | jq -r '.[0].id')
assay queue show "$blurred" --work desk --json >told
assert_jq told 'length' 1
assert_jq told '.[0].lines | length > 0' true
assert_jq told '.[0].lines | all(.confidence < 60 and .doubted > 0 and (.text | length) > 0)' true
for line in $(jq -r '.[0].lines | keys[]' told); do
    want=$(jq -r ".[0].lines[$line].box | \"\(.[2] - .[0]) \(.[3] - .[1])\"" told)
    got=$(width_height "desk/$blurred/$(jq -r ".[0].lines[$line].picture" told)")
    # 4 pixels around it, cut to the page
    awk -v w="${want% *}" -v h="${want#* }" -v pw="${got% *}" -v ph="${got#* }" \
        'BEGIN { exit !(pw >= w && pw <= w + 8 && ph >= h && ph <= h + 8) }' || fail "line $line is $got, its box $want"
done
echo 'doubtful lines'

echo 'mine' >"desk/$id/text.txt"
assert_exit 64 assay queue show "$id" --work desk
assert_match "$(cat err)" "*'desk/$id' is there and not empty; --force writes it anew" 'not empty'
assert_eq "$(cat "desk/$id/text.txt")" mine 'text of the person'
assay queue show "$id" --work desk --force >told
assert_ne "$(cat "desk/$id/text.txt")" mine 'text after --force'
mkdir -p other/"$id" && echo precious >other/"$id"/thesis.txt
assert_exit 64 assay queue show "$id" --work other --force
assert_match "$(cat err)" "*is no folder of work" 'not ours'
assert_eq "$(cat other/"$id"/thesis.txt)" precious 'a file that is not ours'
mkdir -p linked && ln -s ../desk/"$id" linked/"$id"
assert_exit 74 assay queue show "$id" --work linked --force
assert_exit 64 assay queue show "$id" --force
echo 'nothing is lost'

# Another file stands in its place and fails too: it is what there is to work on.
{ cat inbox/scans/blurred.jpg; echo; } >again.jpg # the same picture; with the bytes of a source it would be a duplicate
assay queue resolve "$id" --file again.jpg --json >did.json 2>err || fail "resolve: $(cat err)"
assert_jq did.json '.tickets[0].ticket.state' needs-review
assay queue show "$id" --work replaced >told
assert_jq "replaced/$id/task.json" '.picture' page.png
cmp "replaced/$id/page.png" "desk/$blurred/page.png" || fail 'another picture'
assert_jq "replaced/$id/task.json" '.hand_in[0]' "assay queue resolve $id --file FILE"
assay queue export "$id" --format labelstudio --out tasks >told
assert_match "$(cat told)" "$id * left out: has another file in its place, which a text would take back*" 'no task'
assert_exit 1 test -e tasks
assay queue retry "$id" >/dev/null
echo 'another file'

# The file is not what was measured, or gone: everything but the picture is there.
cp inbox/scans/letter.png inbox/scans/mislabelled.png
assay queue show "$id" --work desk2 >told
assert_match "$(cat told)" '*no picture: the file has changed since it was read' 'changed file'
assert_jq "desk2/$id/task.json" .picture null
[ -s "desk2/$id/text.txt" ] || fail 'no text'
rm inbox/scans/mislabelled.png
assay queue show "$id" --work desk3 >told
assert_match "$(cat told)" '*no picture: the file cannot be opened' 'file that is gone'
echo 'without the file'
