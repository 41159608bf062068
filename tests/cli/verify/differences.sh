# Every way to change a delivery is named, also by one who makes SHA256SUMS fit again.
. "$(dirname "${BASH_SOURCE[0]}")/../export/delivery.bash"
make_version
assay export latest --out good >/dev/null
assert_exit 0 assay verify good
assert_match "$(cat out)" 'good is version *, complete and unchanged: *'
rm -r .assay assay.yaml contracts inbox # it needs none of them

# try WHAT EXPECTED COMMAND: in a copy of the delivery
try() {
    rm -rf d && cp -R good d
    (cd d && eval "$3")
    assert_exit 80 assay verify d
    grep -qxF -- "$2" out || fail "$1: '$2' is not among: $(cat out)"
}
resum() { (cd "${1-.}" && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z | xargs -0 sha256sum >SHA256SUMS); }
artifact=$(cd good && find artifacts -name '*.txt' | head -n 1)
hex=$(basename "$artifact" .txt)

try 'a changed file' "$artifact: has another digest than SHA256SUMS says" "echo >>$artifact"
try 'a missing file' "$artifact: is missing" "rm $artifact"
try 'an extra file' 'notes.txt: is not in SHA256SUMS' 'touch notes.txt'
try 'an extra folder' 'more: is a folder without a file of the delivery' 'mkdir more'
try 'a link' "$artifact: is a symbolic link" "ln -sf ../../README.md $artifact"
try 'a link to a folder' 'artifacts: is a symbolic link' 'mv artifacts ../moved && ln -s ../moved artifacts'
rm -rf moved
try 'a pipe' "$artifact: is no regular file" "rm $artifact && mkfifo $artifact"
try 'a path that escapes' \
    'SHA256SUMS:1: the path must lie inside the delivery and be another file than this one' \
    "sed -i '1s,  .*,  ../README.md,' SHA256SUMS"
try 'a control character' 'a%1B[31m: is not in SHA256SUMS' "touch \$'a\\e[31m'"

echo 'with SHA256SUMS made to fit'
try 'an artifact' 'manifest.jsonl:'"$(grep -n "$hex" good/manifest.jsonl | cut -d: -f1)"': it names an artifact by another digest than SHA256SUMS does' \
    "echo >>$artifact; resum"
try 'a measurement' 'manifest.jsonl:1: its content digest is not that of what the line says' \
    "sed -i '1s/\"audio.duration\":[0-9.]*/\"audio.duration\":1/' manifest.jsonl; resum"
try 'a text' "manifest.jsonl:$(grep -n '"kind":"page"' good/manifest.jsonl | head -n 1 | cut -d: -f1): its text is not that of its artifact" \
    "sed -i 's/\"text\":\"/\"text\":\"x/' manifest.jsonl; resum"
try 'a sample left out' 'manifest.jsonl: its lines are not those of the version that version.cbor names' \
    'sed -i 1d manifest.jsonl; resum'
try 'a failure left out' 'others.jsonl: its lines are not those of the version that version.cbor names' \
    'sed -i 1d others.jsonl; resum'
try 'an outcome' 'manifest.jsonl:1: it is waived, and no decision of the version waives it' \
    "sed -i '1s/\"outcome\":\"accepted\"/\"outcome\":\"waived\"/' manifest.jsonl; resum"
try 'a waiver' 'manifest.jsonl:1: it has a waiver and is not waived, or is waived and has none' \
    "sed -i '1s/\"waiver\":null/\"waiver\":{\"expires\":null}/' manifest.jsonl; resum"
try 'an outcome with a waiver' 'manifest.jsonl:1: it is waived, and no decision of the version waives it' \
    "sed -i '1s/\"accepted\"/\"waived\"/; 1s/\"waiver\":null/\"waiver\":{\"expires\":null}/' manifest.jsonl; resum"
try 'a treatment' 'manifest.jsonl:1: it is plain by the recipe of a remedy, or repaired by one that is none' \
    "sed -i '1s/\"plain\"/\"repaired\"/' manifest.jsonl; resum"
try 'a correction' 'manifest.jsonl:1: it is corrected, and no decision of the version corrects it' \
    "sed -i '1s/\"plain\"/\"corrected\"/' manifest.jsonl; resum"
try 'another file' 'manifest.jsonl:1: the file that stands in place of its source is not there, or is another one' \
    "sed -i '1s/\"plain\"/\"replaced\"/' manifest.jsonl; resum"
try 'no such treatment' 'manifest.jsonl:1: there is no such treatment' \
    "sed -i '1s/\"plain\"/\"blessed\"/' manifest.jsonl; resum"
try 'a count' 'version.json: counts accepted otherwise: the lines give 3' "sed -i 's/\"accepted\": 3/\"accepted\": 4/' version.json; resum"
try 'an id' 'version.json: the version it names is not that of version.cbor' "sed -i 's/\"version\": \"sha256:.../\"version\": \"sha256:x00/; s/sha256:x/sha256:0/' version.json; resum"
try 'a line that is no JSON' 'manifest.jsonl:1: this is no JSON object: string or '"'}'"' expected near '"'x'" "sed -i '1s/^{/{x/' manifest.jsonl; resum"
try 'an artifact that nobody names' 'artifacts/00/0.txt: is an artifact that no sample names' \
    'mkdir -p artifacts/00; echo >artifacts/00/0.txt; resum'

# Deliveries of before: format 2 says nothing of treatments and waivers, format 1 has filters where stages stand.
for format in 2 1; do
    rm -rf d && cp -R good d
    sed -i 's/"treatment":"plain","waiver":null,//' d/manifest.jsonl
    [ "$format" = 2 ] || sed -i 's/"stage":null,"filter":\("[^"]*"\)/"stage":\1/; s/"filter":null,//' d/others.jsonl
    sed -i "s/^  \"format\": 3,/  \"format\": $format,/" d/version.json
    (cd d && resum)
    assert_exit 0 assay verify d
done
sed -i 's/^  "format": 1,/  "format": 4,/' d/version.json
(cd d && resum)
assert_exit 80 assay verify d
grep -qxF 'version.json: is of a format that this release does not read' out || fail "a format to come: $(cat out)"
echo 'deliveries of other formats'

# A line that memory does not hold is no end of the file: it is told, and nothing is said of the version.
if ! grep -qE '__asan_init|__tsan_init|__msan_init' "$ASSAY"; then
    rm -rf d && cp -R good d
    (cd d && truncate -s 300M others.jsonl && resum)
    (ulimit -v 250000 && assert_exit 75 assay verify d) || exit 1
    assert_match "$(cat err)" "*line * of 'others.jsonl'*" 'a line without end'
    echo 'a line that is too long'
fi
