# `show VERSION`: its record, by "latest" or the start of its id.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
version=$(jq_get .version run.json)

assay show latest --json >show.json
assert_jq show.json .version "$version"
assert_jq show.json .dataset pages
assert_jq show.json '.recipes | keys | join(" ")' page
assert_jq show.json .recipes.page.digest "$(jq_get .recipe.page run.json)"
assert_jq show.json '.recipes.page.steps | map(.stage) | join(" ")' 'page.read page.quality ocr.recognize'
assert_jq show.json '.recipes.page.steps[2].params.languages' '[eng]'
assert_jq show.json '.recipes.page.steps[2].files | map(.role) | join(" ")' 'model estimate'
assert_jq show.json '.recipes.page.steps[2].files[0].digest | test("^sha256:[0-9a-f]{64}$")' true
assert_jq show.json '.contracts | map([.name, .version, (.checks | map(.check) | join(" "))]) | @json' '[["pages","1.0.0","cer wide"]]'
assert_jq show.json '[.accepted.entries, .others.entries] | @json' '[3,3]'
echo 'recipes, contracts and tries'

hex=${version#sha256:}
for name in "${hex:0:4}" "${hex:0:12}" "$hex" "sha256:${hex:0:8}"; do
    assay show "$name" --json | cmp - show.json || fail "'$name' shows something else"
done
assay show latest >show
grep -qxE "version   $version" show || fail "no id: $(head -n 3 show)"
grep -qF 'ocr.recognize version' show || fail 'no stages'
echo 'by prefix and as text'

assert_exit 66 assay show 00000000
assert_exit 66 assay show letterpress
assert_exit 64 assay show latest --artifact text
