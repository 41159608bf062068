# Faults planted one at a time: each is caught by the check that is meant for it and by no other, there is no version
# and the exit code is 80; without the fault the same id comes back.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
. "$(dirname "${BASH_SOURCE[0]}")/planted.bash"
need_assay_test

gold
good=$(version_of)

# caught CHECKS: the last run refused the version for these.
caught() {
    assert_eq "$(failed_checks)" "$1" 'failed checks'
    assert_jq run.json .version null
    assert_jq run.json .exit 80
    assert_conserved
    assert_eq "$(assay show --store store latest --json | jq -r .version)" "$good" 'latest version'
    echo "caught by: $1"
}

# the batch comes a second time, under other names
mkdir docs/again
cp -p docs/0*.txt docs/1*.txt docs/again
run_as_of 80
caught doubled
assert_jq run.json '.dataset_checks.checks[] | select(.check == "doubled") | .examples | join(" ")' \
    'docs/again/01.txt#page=1 docs/again/02.txt#page=1 docs/again/03.txt#page=1'
rm -r docs/again
run_as_of 0
assert_eq "$(version_of)" "$good" 'version id after it'

# nothing new for three days
run_as_of 80 2026-01-13T00:00:00Z
caught fresh
assert_jq run.json '.dataset_checks.checks[] | select(.check == "fresh") | .value' 259200

# every value ten higher: both checks of drift are meant for it
values 60
run_as_of 80
caught 'shifted shifted-ks'
values 50
run_as_of 0
assert_eq "$(version_of)" "$good" 'version id after it'

# a source without the field
sed -i 's|^  - {path: "docs/\*\*"|  - {path: "docs/07.txt", modality: page}\n&|' assay.yaml
run_as_of 80
caught type.required
assert_jq run.json '.dataset_checks.checks[] | select(.check == "type.required") | .examples | join(" ")' 'docs/07.txt#page=1'
sed -i '/07.txt/d' assay.yaml
run_as_of 0
assert_eq "$(version_of)" "$good" 'version id after it'

# lost files
rm docs/4*.txt docs/3*.txt
run_as_of 80
caught rows
