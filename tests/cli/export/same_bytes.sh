# The same version gives the same bytes: from the store it was made in, and from another made of the same files
# elsewhere by another number of workers.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
make_version
assay export latest --out one >/dev/null
assay export "$(jq -r '.version[7:15]' run.json)" --out two/ >/dev/null
diff -r one two

mkdir elsewhere && cp -R inbox contracts assay.yaml elsewhere/
(cd elsewhere && assay run -j1 --progress none >/dev/null 2>&1 && assay export latest --out ../three >/dev/null)
diff -r one three
[ -z "$(find . -name '*.tmp-*')" ] || fail 'a temporary folder is left'
