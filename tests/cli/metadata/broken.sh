# Files of metadata that are broken: a sidecar fails its source, a table stops the run, both with their place.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
run_pages
version=$(jq_get .version run.json)

printf '{"language": "de",\n "licence" "CC0"}' >inbox/invoice/2001_d.json
settle
run_pages
assert_jq run.json '[.sources.failed, .samples.in, .samples.accepted, .conserved, .queue.open] | @json' '[1,3,3,true,1]'
assay why inbox/invoice/2001_d.png --json >why.json
assert_jq why.json '[.source.failure.class, .source.failure.deterministic] | @json' '["metadata",true]'
assert_match "$(jq_get .source.failure.message why.json)" \
    'inbox/invoice/2001_d.json: line 2, column 16: not JSON: *' message
assay queue show T1 >ticket
grep -qF 'line 2, column 16' ticket || fail "ticket: $(cat ticket)"
run_pages
assert_jq run.json '[.sources.failed, .sources.seen, .sources.unchanged, .queue.opened] | @json' '[1,4,3,0]'
echo '{"language": "de", "licence": "CC0", "scan": {"dpi": 300.0}}' >inbox/invoice/2001_d.json
settle
run_pages
assert_jq run.json '[.units.run, .sources.failed, .samples.accepted, .queue.open, .version] | @json' \
    "[0,0,4,0,\"$version\"]"
echo 'a broken sidecar'

head -c 1048577 /dev/zero | tr '\0' ' ' >inbox/letter/1912_a.json
mkdir inbox/letter/1913_b.json
settle
run_pages
assert_match "$(assay why inbox/letter/1912_a.png --json | jq -r .source.failure.message)" \
    'inbox/letter/1912_a.json: metadata of one source are at most 1 MiB' 'large'
assert_jq run.json '[.sources.failed, .samples.accepted] | @json' '[1,3]'
rm -r inbox/letter/1912_a.json inbox/letter/1913_b.json
echo 'a large sidecar; a folder is none'

printf 'letter/1912_a.png,fr,final\n' >>inbox/index.csv
assert_exit 65 assay run --progress none
grep -qF "inbox/index.csv:5:1: error: language of 'inbox/letter/1912_a.png' is 'fr' here, and 'de' in inbox/index.csv:2" \
    err || fail "run: $(cat err)"
assert_exit 78 assay config lint
grep -qF "assay.yaml: 1 error" out || fail "lint: $(cat out)"
assert_exit 65 assay status
assert_exit 0 assay judge
sed -i '$d' inbox/index.csv
printf 'letter/1912_x.png,fr,final\n../other.txt,fr,\n' >>inbox/index.csv
touch other.txt
assert_exit 0 assay config lint
grep -qF "inbox/index.csv:5:1: warning: there is no file 'inbox/letter/1912_x.png' below the folder of assay.yaml" out &&
    grep -qF "inbox/index.csv:6:1: warning: 'other.txt' is no source: no path of assay.yaml takes it" out ||
    fail "lint: $(cat out)"
run_pages
assert_jq run.json .metadata_rows.without_source 2
assay run --progress none >out 2>err
grep -qF "metadata  2 of 5 rows speak of no source, the first: inbox/index.csv:5, 'inbox/letter/1912_x.png'" out ||
    fail "summary: $(cat out)"
echo 'tables'

# Names that nothing gives are told, with a near one.
rm inbox/invoice/2001_d.json
sed -i '/sidecars/d' assay.yaml
cat >c.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: page
    customProperties:
      - {property: appliesTo, value: {langauge: de}}
    quality:
      - {id: wide, type: custom, engine: assay, implementation: {metric: page.width, mustBeGreaterThan: 1}}
YAML
printf 'contracts: [c.odcs.yaml]\nfilters: [{name: f, keep: {stauts: final}}]\n' >>assay.yaml
assert_exit 0 assay config lint
grep -qF "c.odcs.yaml:11:10: warning: appliesTo: nothing gives 'langauge', so check 'wide' applies to no sample, did you mean 'language'?" out &&
    grep -qF "filter 'f': nothing gives 'stauts', so it takes out everything, did you mean 'status'?" out ||
    fail "lint: $(cat out)"
cat >c.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: c
version: 1.0.0
status: active
slaProperties:
  - {property: freshness, value: 2, unit: d, element: page.scannt_at}
  - {property: latency, value: 2, unit: d, element: page.language}
YAML
sed -i 's/^filters:.*/filters: [{name: f, drop: {status: draft}, modality: video}]/' assay.yaml
assert_exit 0 assay config lint
grep -qF "c.odcs.yaml:7:6: warning: element: nothing gives 'scannt_at', so check 'page.scannt_at.freshness' always fails" out &&
    grep -qF "warning: filter 'f': no source is of modality video, so it takes out nothing" out || fail "lint: $(cat out)"
assert_eq "$(grep -c "warning: [ef]" out)" 2 "warnings: $(cat out)"
sed -i 's/modality: video/modality: page/; s/scannt_at/status/' assay.yaml c.odcs.yaml
assert_exit 0 assay config lint
assert_eq "$(grep -c "warning: [ef]" out)" 0 "warnings: $(cat out)"
echo 'unknown names'
