# Manual pages: one for each verb, the same each time, and without a warning of man's.
assay help --man --out one
assay help --man --out two
diff -r one two || fail 'two different sets of pages'
assert_eq "$(find one -name 'assay-*.1' | wc -l)" "$(assay --help | sed -n 's/^  \([a-z]*\) \{2,\}[a-z].*/\1/p' | wc -l)" pages
assert_eq "$(assay help --man run)" "$(cat one/assay-run.1)" 'one page'
assert_eq "$(assay help --man)" "$(cat one/assay.1)" 'the page of the program'
assert_exit 64 assay help --out three
assert_exit 64 assay help --man --out three run
! grep -l '[^ -~]' one/* || fail 'a page with bytes that are not printable ASCII'
# Each reference leads to a page.
grep -ho 'fBassay\\-[a-z]*' one/* | sort -u | sed 's/.*\\-//' | while read -r name; do
    [ -f "one/assay-$name.1" ] || fail "no page assay-$name"
done
echo pages
need man
need groff
for page in one/*; do
    MANWIDTH=80 LC_ALL=C.UTF-8 man --warnings -l "$page" >text 2>warnings || fail "$page: $(cat warnings)"
    [ ! -s warnings ] || fail "$page: $(cat warnings)"
    grep -q '^EXAMPLES\|^EXIT STATUS' text || fail "$page: no section"
done
if command -v mandoc >/dev/null; then
    mandoc -T lint -W error one/* || fail 'mandoc'
fi
echo 'no warnings'
