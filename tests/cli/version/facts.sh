# Needs neither store nor configuration.
assay version >out
assert_eq "$(head -n 1 out)" "$(assay --version)"
grep -q '^  tesseract ' out || fail 'no engine'
assay version --json >version.json
jq -e '(.engines | length) > 0 and (.libraries | length) > 0 and .formats.store >= 1 and .formats.delivery >= 1
    and (.models | all(.stage and (.digest or .problem))) and (.sandbox | has("landlock"))' version.json >/dev/null || fail 'incomplete'
assert_eq "$(ls -A)" "$(printf 'out\nversion.json')" 'files here'
