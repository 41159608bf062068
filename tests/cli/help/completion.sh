# What bash offers, with the script as it is sourced: verbs, options, values, and names of a store.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
run_pages
version=$(jq_get .version run.json)
assay tag v1.0 latest >out
assay tag release/current latest >out
mkdir bin
ln -s "$(readlink -f "$ASSAY")" bin/assay
assay completion bash >assay.bash
bash -n assay.bash

# offers WORDS...: what is offered for the last word, one to a line.
offers() {
    PATH=$PWD/bin:$PATH bash -c '
        set -u
        . ./assay.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        compopt() { :; }
        _assay assay "${!#}" ""
        printf "%s\n" ${COMPREPLY[@]+"${COMPREPLY[@]}"}' bash "$@" 2>&1
}

assert_eq "$(offers assay qu)" queue 'a verb'
[ "$(offers assay '' | wc -l)" -gt 18 ] || fail 'verbs'
! offers assay '' | grep -q __complete || fail 'a hidden verb'
assert_eq "$(offers assay queue s)" show 'a sub-verb'
assert_eq "$(offers assay queue list --fa)" --failure 'an option'
assert_eq "$(offers assay run --progress p)" plain 'a fixed value'
assert_eq "$(offers assay run --progress = p)" plain 'a fixed value after ='
assert_eq "$(offers assay queue list --failure dec)" decode 'a value that the build knows'
assert_eq "$(offers assay stages ocr.r)" ocr.recognize 'a stage'
assert_eq "$(offers assay completion z)" zsh 'a shell'
assert_eq "$(offers assay lineage --format = | head -n 1)" text 'all values after ='
echo 'from the tables'

assert_eq "$(offers assay show v)" v1.0 'a tag'
assert_eq "$(offers assay export rel)" release/current 'a tag with a slash'
assert_eq "$(offers assay export "${version:7:5}")" "${version:7:12}" 'an id'
assert_eq "$(offers assay diff v1.0 lat)" latest 'the second operand'
assert_eq "$(offers assay show inbox/scans/let | head -n 1)" 'inbox/scans/letter.png#page=1' 'a key'
assert_eq "$(offers assay show 'inbox/scans/letter.png#page' '=' | sort -u)" 1 'a key, after the break'
assert_eq "$(offers assay why inbox/scans/cu)" inbox/scans/cut.tif 'a path'
assert_eq "$(offers assay queue list --check c)" cer 'a check'
assert_eq "$(offers assay queue show T1 | head -n 1)" T1 'a ticket'
assert_eq "$(offers assay show --store none v)" '' 'no store, nothing to say'
assert_eq "$(offers assay export latest --out bi)" bin 'a folder'
assert_match "$(offers assay export latest latest2)" '' 'one operand too many'
echo 'from a store'

find .assay -type f ! -name lock.mdb -exec sha256sum {} + | sort >before
chmod -R a-w .assay
exec 9<.assay/lock
flock 9
started=$SECONDS
assert_eq "$(offers assay show v)" v1.0 'beside a writer'
[ $((SECONDS - started)) -lt 10 ] || fail 'it waited'
chmod -R u+w .assay
find .assay -type f ! -name lock.mdb -exec sha256sum {} + | sort | diff before - || fail 'it wrote'
assert_exit 0 assay __complete -- show x
assert_exit 0 assay __complete
assert_exit 0 assay __complete -- no-such-verb x
assert_exit 0 assay __complete -- tag --store
echo 'never writes, never waits'

for shell in zsh fish; do
    assay completion $shell >script
    if command -v $shell >/dev/null; then
        $shell -n script || fail "$shell does not take it"
    fi
done
assert_exit 64 assay completion tcsh
