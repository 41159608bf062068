# Two folders of pages whose names say what they are, a table, and sidecars. Read after tests/cli/lib.sh.
# shellcheck shell=bash

# write_config [MORE-LINES]: assay.yaml. MORE-LINES come last.
write_config() {
    cat >assay.yaml <<YAML
dataset: pages
sources:
  - path: "inbox/{doc_type}/{year}_*.png"
    modality: page
    metadata: {licence: CC-BY-4.0, owner: archive}
    sidecars: {metadata: "{stem}.json"}
pipelines:
  page: [page.quality]
metadata_files: [inbox/index.csv]
${1-}
YAML
}

# Four pages with bytes of their own, and none that the clock could make look young.
metadata_dataset() {
    local name
    use_media inbox/scans/letter.png
    mkdir -p inbox/letter inbox/invoice
    for name in letter/1912_a letter/1913_b invoice/1999_c invoice/2001_d; do
        { cat inbox/scans/letter.png && printf '%s' "$name"; } >"inbox/$name.png"
    done
    rm -r inbox/scans
    printf 'path,language,status\nletter/1912_a.png,de,final\nletter/1913_b.png,fr,final\n' >inbox/index.csv
    printf 'invoice/1999_c.png,de,draft\n' >>inbox/index.csv
    echo '{"language": "de", "licence": "CC0", "scan": {"dpi": 300.0}}' >inbox/invoice/2001_d.json
    write_config
    settle
}

settle() {
    find inbox -type f -exec touch -d '1 hour ago' {} +
}

run_pages() {
    assay run -j1 --json --progress none "$@" >run.json 2>run.err || fail "run: $? $(tail -n 3 run.err)"
}

judge_pages() {
    assay judge --json >run.json 2>run.err || fail "judge: $? $(tail -n 3 run.err)"
}

# outcomes: "a accepted, b filtered" in order of path
outcomes() {
    local key all=
    for key in invoice/1999_c invoice/2001_d letter/1912_a letter/1913_b; do
        all+="${all:+, }${key##*_} $(assay why "inbox/$key.png#page=1" --json | jq -r .verdict.outcome)"
    done
    printf '%s' "$all"
}
