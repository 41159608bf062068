# Bad pages fail for their own reason under the contract that init writes, and good ones pass.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted all
mkdir inbox
for page in harbour garden kitchen turned overturned cropped beheaded german; do
    mv "all/inbox/pages/$page.png" inbox/
done
rm -r all
settle inbox
assay init >/dev/null
assay run --json --progress none -j2 >run.json 2>run.err || fail "run: $? $(tail -n 3 run.err)"
assert_conserved
assert_jq run.json '"\(.samples.accepted) \(.samples.quarantined)"' '3 5'
assay queue list --json | jq -r '.[] | [.subject, (.checks[].check)] | join(" ")' | sort
