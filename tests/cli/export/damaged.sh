# An artifact that has rotted in the store is not delivered.
. "$(dirname "${BASH_SOURCE[0]}")/delivery.bash"
make_version
pack=$(find .assay/packs -type f | head -n 1)
size=$(stat -c %s "$pack")
for ((at = 200; at < size; at += 64)); do
    printf '\xff' | dd of="$pack" bs=1 seek="$at" conv=notrunc status=none
done
assert_exit 65 assay export latest --out d
[ ! -e d ] || fail 'delivered all the same'
assert_eq "$(find . -name '*.tmp-*')" '' 'left behind'
