# What people said of a source is taken back: rule, path, table and sidecar speak again at once, not first at the next run.
. "$(dirname "${BASH_SOURCE[0]}")/pages.bash"
metadata_dataset
write_config 'contracts: [wide.odcs.yaml]'
cat >wide.odcs.yaml <<'YAML'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b21
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - {id: wide, type: custom, engine: assay, severity: error, implementation: {metric: page.width, mustBeGreaterThan: 90000}}
YAML
decide() { assay queue "$@" --json >did.json 2>did.err || fail "queue $*: $(tail -n 2 did.err)"; }
said() { for name in invoice/1999_c invoice/2001_d; do assay show "inbox/$name.png#page=1" --json | jq -cS '.source.metadata // .metadata'; done; }
run_pages
version=$(jq_get .version run.json)
before=$(said)

decide resolve --source inbox/invoice --metadata language=la --metadata status=fair --metadata year=1800
assert_ne "$(said)" "$before" 'what was decided'
decide retry --source inbox/invoice --dry-run
assert_ne "$(said)" "$before" 'a dry run'
decide retry --source inbox/invoice
assert_eq "$(said)" "$before" 'taken back'
assert_jq did.json '.summary | [.version, .conserved] | @json' "[\"$version\",true]"
run_pages
assert_jq run.json '[.version, .units.run, .sources.processed] | @json' "[\"$version\",0,0]"
assert_eq "$(said)" "$before" 'a run finds the same'
echo 'at once'

# A sidecar that is another now is the next run's to read; a table that is broken takes nothing back.
decide resolve --source inbox/invoice --metadata language=la
echo '{"language": "en", "licence": "CC0"}' >inbox/invoice/2001_d.json
settle
decide retry --source inbox/invoice
assert_match "$(cat did.err)" "*metadata of 'inbox/invoice/2001_d.png' stay as they were decided until the next 'assay run'*" 'a warning'
assert_eq "$(said | jq -r .language)" $'de\nla' 'the other one is found'
run_pages
assert_eq "$(said | jq -r .language)" $'de\nen' 'the run reads it'
decide resolve --source inbox/invoice --metadata language=la
mv inbox/index.csv away.csv
assert_exit 65 assay queue retry --source inbox/invoice
assert_eq "$(said | jq -r .language)" $'la\nla' 'nothing was taken back'
mv away.csv inbox/index.csv
decide retry --source inbox/invoice
assert_eq "$(said | jq -r .language)" $'de\nen' 'now it is'
assay check >out || fail "check: $(cat out)"
