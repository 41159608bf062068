# What the cases about deliveries share. Read after tests/cli/lib.sh.
# shellcheck shell=bash

# Pages, sound and a duplicate, some that pass and some that do not; a store with one version of them.
make_version() {
    use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/letter_copy.png \
        inbox/scans/letter_copy.gt.txt inbox/scans/blank.png inbox/scans/cut.tif \
        inbox/audio/tone.flac inbox/audio/silent.wav
    use_example mixed
    assay run --json --progress none >run.json 2>run.err || fail "run: $(tail -n 3 run.err)"
}

# assert_delivery DIR: complete and unchanged, to sha256sum and to the tool.
assert_delivery() {
    (cd "$1" && sha256sum -c --quiet SHA256SUMS) || fail "sha256sum finds a difference in $1"
    assay verify "$1" >/dev/null || fail "verify finds a difference in $1"
}
