# A changed bound and `assay judge`: nothing is decoded, verdict and version change, `why` tells bound and value.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_strace

small_dataset
run_into store
first=$(version_of)
key='inbox/scans/mislabelled.png#page=1'
cer=$(tickets store | jq -r --arg s "$key" 'select(.subject == $s) | .checks[] | select(.check == "cer") | .value')
assert_match "$cer" '0.[0-9]*' 'measured CER'

sed -i 's/metric: ocr.cer, mustBeLessThan: 0.02/metric: ocr.cer, mustBeLessThan: 0.99/' contracts/scan.odcs.yaml
strace -f -qq -e trace=%file,%process -o trace "$ASSAY" judge --store store --json >run.json
assert_ne "$(version_of)" "$first" 'version id'
assert_conserved
assert_jq run.json .verdicts_changed 1
assert_jq run.json .units.run 0
# The contracts name remedies, so one worker is asked which models they would read; it has no child.
assert_eq "$(grep -o 'execve("[^"]*' trace | sed 's|.*/||' | paste -sd ' ')" 'assay assay-worker' 'programs started'
assert_eq "$(grep -cE '(fork|clone3?)\(.*SIGCHLD' trace)" 1 'processes started'
find inbox -type f -printf '%f\n' | while read -r name; do
    ! grep -qF "$name" trace || fail "judge touched $name"
done
echo 'judge gave no work to a worker and looked at no source'

assert_eq "$(tickets store | jq -r --arg s "$key" 'select(.subject == $s)')" '' 'open ticket'
assay why --store store "$key" >why
grep -qE 'bound is (< )?0\.99, was (< )?0\.02' why || fail "why does not name the bound: $(cat why)"
assay why --store store --json "$key" >why.json
assert_jq why.json '.verdict.outcome' accepted
echo 'why names the bound now and before'

sed -i 's/mustBeLessThan: 0.99/mustBeLessThan: 0.02/' contracts/scan.odcs.yaml
assay judge --store store --json >run.json
assert_eq "$(version_of)" "$first" 'version id with the bound as before'
run_into store
assert_eq "$(version_of)" "$first" 'version id of a run after it'
assert_jq run.json .units.run 0
echo 'the bound as before gives the id as before'
