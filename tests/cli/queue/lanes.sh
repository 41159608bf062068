# `lanes`: rules of assay.yaml say in which lane a ticket is, and change nothing else.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
pages_dataset
run_pages
version=$(assay show latest --json | jq -r .version)
id=$(assay queue list --json --check cer | jq -r '.[0].id')
assert_eq "$(assay queue list --json --check cer | jq -r '.[0].lane')" general 'lane without rules'
! assay queue show "$id" | grep -q '^lane ' || fail 'general is told'
echo 'without rules'

cat >>assay.yaml <<'YAML'
lanes:
  - {name: restorers, failures: [decode, short]}
  - {name: readers, checks: [cer], kind: page}
  - {name: machines, severity: failed}
YAML
assert_eq "$(assay queue list --json --check cer | jq -r '.[].lane' | sort -u)" readers 'lane by check'
assert_eq "$(assay queue show "$id" --json | jq -r '.[0].lane')" readers 'lane of show'
assay queue show "$id" | grep -qx 'lane      readers' || fail 'show does not tell the lane'
assay queue show "$id" --work desk >/dev/null
assert_jq "desk/$id/task.json" .lane readers
printf 'not an image' >inbox/scans/broken.png
assay run --progress none >/dev/null || true
assert_eq "$(assay queue list --json --source inbox/scans/broken.png | jq -r '.[0].lane')" machines 'lane of a failure'
all() {
    assay queue list --json | jq -c "map(select(.lane | IN($1))) | map(.id)"
}
for lanes in readers general machines,readers; do
    assert_eq "$(assay queue list --json --lane "$lanes" | jq -c 'map(.id)')" "$(all "\"${lanes/,/\",\"}\"")" "--lane $lanes"
done
assert_eq "$(assay queue list --lane machines --lane readers --group state | awk '{ n += $1 } END { print n }')" \
    "$(all '"machines", "readers"' | jq length)" 'count of two lanes'
assert_eq "$(assay queue list --lane readers --check none --json)" '[]' 'both hold'
assert_eq "$(assay queue list --group lane --json | jq -c 'map([.group, .tickets]) | sort')" \
    "$(assay queue list --json | jq -c 'group_by(.lane) | map([.[0].lane, length]) | sort')" 'count by lane'
assay queue show --lane machines | grep -q broken.png || fail 'show by lane'
assert_exit 64 assay queue list --lane experts
assert_match "$(cat err)" "*queue list: --lane: 'assay.yaml' has no lane 'experts'" 'unknown lane'
assay queue reject --lane machines --reason 'no pictures' --json >told
assert_jq told '.tickets | map(.ticket.source) | @json' '["inbox/scans/broken.png"]'
rm inbox/scans/broken.png
run_pages
assert_eq "$(assay show latest --json | jq -r .version)" "$version" 'version with lanes'
echo 'by rules'

printf 'wrong: [\n' >>assay.yaml
assert_eq "$(assay queue list --json --check cer | jq -r '.[0].lane')" null 'lane without a configuration'
assert_exit 78 assay queue list --lane readers
echo 'without a configuration'
