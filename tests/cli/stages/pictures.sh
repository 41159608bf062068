# The pictures of operators on their pages are those that this build makes, where its libraries are those of the picture.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
. "$root/tests/cli/lib.sh"
build=$(cd "${ASSAY%/*}/.." && pwd)
[ -x "$build/data/media/assay-make-media" ] && [ -x "$build/tests/bench/pages-degrade" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$root/docs/operators-pictures" --check "$build"
for picture in "$root"/stages/ocr/pictures/*.png; do
    name=$(basename "$picture" .png)
    grep -q "](pictures/$name.png)" "$root/stages/ocr/$name.md" || fail "no page shows $picture"
done
