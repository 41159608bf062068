# A version that was incomplete is so no more once its attempts were made, though they change nothing; and a run counts the
# samples that stand by an attempt, not the tickets that were settled by one.
. "$(dirname "${BASH_SOURCE[0]}")/values.bash"
values_dataset <<'YAML'
remedies:
  less: [test.read: {add: -5}]
  calm: {failures: [decode], attempts: [test.read: {obey: 0}]}
YAML
cp values.odcs.yaml whole.yaml
sed -i 's/, remedy: less//' values.odcs.yaml
printf 'value: 99\n' >docs/vain.txt
printf 'fail: decode\nvalue: 3\npages: 5\n' >docs/broken.txt
printf 'value: 3\n' >docs/good.txt
settle docs
export ASSAY_STORE=store
assay_test run --progress none >run.txt 2>err || fail "run: $(cat err)"
grep -qxF 'repairs   1 attempt made; 5 samples of the dataset stand by one' run.txt || fail "repairs: $(grep repairs run.txt)"
echo 'samples are counted'

# The page that fails has a remedy now: judged alone, its attempt is still to be made.
sed 's/version: 1.0.0/version: 1.0.1/' whole.yaml >values.odcs.yaml
assay_test judge --json >judged.json 2>err || fail "judge: $(cat err)"
version=$(version_of judged.json)
assert_jq judged.json .incomplete true
assert_eq "$(assay log --json | jq -r '.[0].incomplete')" true 'the log before the attempt'
assay show latest >shown
grep -q 'incomplete: attempts were to be made, or some failure' shown || fail "show: $(cat shown)"
test_run_into store
assert_jq run.json '[.version, .incomplete, .units.attempts] | @json' "[\"$version\",false,1]"
assert_eq "$(assay log --json | jq -r '.[0] | "\(.version) \(.incomplete)"')" "$version false" 'the log'
assert_eq "$(assay show latest --json | jq -r .incomplete)" false show
assay_test status >told
! grep -q incomplete told || fail "status: $(cat told)"
assay check >/dev/null || fail 'check finds something'
echo 'complete'
