# A value with a line end cannot imitate a line of `show` or `why`.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
page='inbox/letter/1912_a.png#page=1'
printf '{"owner": "me\\nverdict   quarantined"}' >inbox/letter/1912_a.json
settle
run_pages
printf '{"owner": "you\\nverdict   failed"}' >inbox/letter/1912_a.json
settle
run_pages
for verb in show why; do
    assay "$verb" "$page" >told
    ! grep -qE '^verdict   (quarantined|failed)' told || fail "$verb: $(cat told)"
    grep -qF 'owner: you\x0averdict   failed (sidecar)' told || fail "$verb: $(cat told)"
done
grep -qF "it is 'you\\x0averdict   failed', was 'me\\x0averdict   quarantined'" told || fail "changes: $(cat told)"
echo 'line ends are escaped'
