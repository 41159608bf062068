# The version id depends on the sources and the configuration alone: not on workers, order, place, store or environment.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"

mkdir here
cd here
small_dataset
run_into ../store1 -j1
assert_conserved
first=$(version_of)

same() {
    assert_conserved
    assert_eq "$(version_of)" "$first" "version id ($1)"
    echo "same id: $1"
}

run_into ../store2 -j2
same 'two workers, a fresh store'

# The copy is made file by file in reverse, so that its folders list their entries in another order.
cd ..
mkdir -p 'another place/with ünicode'
(cd here && find . -type f | sort -r) | while read -r file; do
    mkdir -p "another place/with ünicode/$(dirname "$file")"
    cp "here/$file" "another place/with ünicode/$file"
done
cd 'another place/with ünicode'
run_into ../../store3 -j1
same 'another absolute path, files made in another order, other times'

cd ..
mkdir nowhere
(
    umask 077
    HOME=$PWD/nowhere LC_ALL=$(locale -a | grep -im1 -E 'utf-?8' || echo C) TZ=Pacific/Kiritimati \
        OMP_NUM_THREADS=7 TESSDATA_PREFIX=/nonexistent FONTCONFIG_FILE=/nonexistent LD_BIND_NOW=1 \
        run_into ../store4 -j2 -c 'with ünicode/assay.yaml'
)
same 'another umask, locale, time zone and home; -c with a relative path'

cd ..
mkdir linked
ln -s "$PWD/here/inbox" linked/inbox
cp -R here/assay.yaml here/contracts linked
run_into store5 -c "$PWD/linked/assay.yaml"
same 'the folder is a symbolic link; -c with an absolute path'

echo '# a comment is no change' | cat - here/assay.yaml >linked/assay.yaml
run_into store5 -c linked/assay.yaml
same 'a comment in the configuration'
assert_jq run.json .units.run 0
