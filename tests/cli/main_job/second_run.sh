# A second run looks at each file once, opens none, gives no worker work, and ends with the same id.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_strace

small_dataset
sleep 2.1 # stamps are trusted once they are two seconds older than the look at the bytes
run_into store
first=$(version_of)
seen=$(jq_get .sources.seen run.json)

strace -f -qq -e trace=%file,%process -o trace "$ASSAY" run --store store --json --progress none >run.json 2>run.err
assert_eq "$(version_of)" "$first" 'version id'
assert_conserved
assert_jq run.json .sources.processed 0
assert_jq run.json .units.run 0
assert_jq run.json '.sources.unchanged + .sources.failed' "$seen"

find inbox -type f | while read -r file; do
    name=${file##*/}
    lines=$(grep -F "\"$name\"" trace || true)
    all=$(grep -F "$name" trace || true)
    assert_eq "$lines" "$all" "calls that name $file by another path"
    [[ $lines =~ (newfstatat|statx|lstat|stat)\( ]] || fail "no stat of $file: $lines"
    assert_eq "$(grep -c . <<<"$lines")" 1 "calls for $file"
done
# What could lie beside a file and does not was seen not to be there when its folder was read.
assert_eq "$(grep -E 'inbox|\.(png|tif|mkv|mp4|flac|wav|txt)"' trace | grep -c ENOENT || true)" 0 'looks for what is not there'
assert_eq "$(grep -cE '(newfstatat|statx|lstat|stat)\(.*\.(png|tif|mkv|mp4|flac|wav|txt)"' trace)" \
    "$(find inbox -type f | wc -l)" 'looks at files'
echo "$seen sources and their sidecars: one stat each, none opened"
# A worker is asked for what recipes name, and has no child.
assert_eq "$(grep -o 'execve("[^"]*' trace | sed 's|.*/||' | paste -sd ' ')" 'assay assay-worker' 'programs started'
assert_eq "$(grep -cE '(fork|clone3?)\(.*SIGCHLD' trace)" 1 'processes started'
echo 'no worker was given work'
