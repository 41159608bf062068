# What the cases about whole runs share: small datasets, and what is asked of a run. Read after tests/cli/lib.sh.
# shellcheck shell=bash

# The tool with the stages of tests/stages beside the real ones.
need_assay_test() {
    local at
    for at in "${ASSAY_TEST-}" "${ASSAY%/*}/assay-test" "${ASSAY%/*}/../tests/assay-test" "${ASSAY%/*}/../tests/stages/assay-test"; do
        if [ -n "$at" ] && [ -x "$at" ]; then
            export ASSAY_TEST=$at
            return
        fi
    done
    skip "there is no assay-test beside '$ASSAY'; set ASSAY_TEST"
}

# assay-test with its page reader that needs no media library.
assay_test() {
    # shellcheck disable=SC2086 # the prefix is words
    ASSAY_TEST_READER=1 ${ASSAY_EXEC_PREFIX-} "$ASSAY_TEST" "$@"
}


need_corpus() {
    [ -n "${CORPUS-}" ] && [ -d "${CORPUS-}" ] || skip "CORPUS names no folder"
}

# Not root, and nothing that root may: permissions then mean something.
as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}

need_nobody() {
    need setpriv
    [ "$(id -u)" -eq 0 ] || skip "only root can become another user"
    as_nobody test -x "$ASSAY" || skip "nobody may not run '$ASSAY'"
}

# Old enough that their stamps are trusted once they are hashed.
settle() {
    find "$@" -type f -exec touch -d '1 hour ago' {} +
}

# Every modality, good and bad, a few seconds of work. No file is its own folder's only one.
small_dataset() {
    use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/letter_copy.png \
        inbox/scans/letter_copy.gt.txt inbox/scans/blank.png inbox/scans/cut.tif inbox/scans/empty.png \
        inbox/scans/mislabelled.png inbox/scans/mislabelled.gt.txt \
        inbox/video/archive.mkv inbox/video/cut.mp4 inbox/audio/tone.flac inbox/audio/silent.wav inbox/audio/cut.wav
    use_example mixed
    settle inbox
}

# A dataset for assay-test: text files in docs/ that say what happens to them.
text_dataset() {
    mkdir -p docs
    cat >assay.yaml <<'EOF'
dataset: texts
sources:
  - {path: "docs/**", modality: page, sidecars: {ground_truth: "{stem}.gt"}}
pipelines:
  page: [test.read]
contracts: [values.odcs.yaml]
limits: {memory_mib: 512, cpu_s: 3, wall_s: 5}
EOF
    cat >values.odcs.yaml <<'EOF'
apiVersion: v3.1.0
kind: DataContract
id: 0c1d7a5e-6a0b-4c59-8f0e-2f6f1f6a9b11
version: 1.0.0
status: active
schema:
  - name: page
    quality:
      - id: value
        type: custom
        engine: assay
        severity: error
        implementation: {metric: test.value, mustBeLessThan: 10, whenMissing: skip}
EOF
}

# run_into STORE [OPTION...]: a run that must end well, its summary in run.json.
run_into() {
    local store=$1
    shift
    assay run --store "$store" --json --progress none "$@" >run.json 2>run.err || fail "run into $store: $? $(tail -n 3 run.err)"
}

test_run_into() {
    local store=$1
    shift
    assay_test run --store "$store" --json --progress none "$@" >run.json 2>run.err || fail "run into $store: $? $(tail -n 3 run.err)"
}

version_of() {
    jq_get .version "${1:-run.json}"
}

# The open tickets of a store, as JSON objects one after another.
tickets() {
    assay queue list --store "$1" --json | jq -c '.[]'
}

# assert_failed STORE PATH STAGE CLASS: that source has one ticket, and it says so.
assert_failed() {
    local got
    got=$(tickets "$1" | jq -r --arg s "$2" 'select(.subject == $s) | "\(.failure.stage) \(.failure.class)"')
    assert_eq "$got" "$3 $4" "ticket of $2"
}

assert_conserved() {
    jq -e '.conserved and (.samples | .in == .accepted + .quarantined + .waived + .duplicate + .filtered)
        and (.sources | .seen == .processed + .unchanged + .failed)' "${1:-run.json}" >/dev/null ||
        fail "not conserved: $(jq -c '[.sources, .samples, .imbalance]' "${1:-run.json}")"
}

# counts FILE: what a run did, on one line.
counts() {
    jq -r '"seen \(.sources.seen) processed \(.sources.processed) unchanged \(.sources.unchanged) failed \(.sources.failed) missing \(.sources.missing) units \(.units.run)+\(.units.cached)"' "${1:-run.json}"
}

# A session of its own, so that whatever a run leaves behind can be seen: SID is its number.
in_session() {
    setsid --wait bash -c 'echo $$ >"$0"; exec "$@"' "$PWD/sid" "$@"
}

assert_nothing_left() {
    local sid left
    sid=$(cat sid)
    left=$(ps -o pid=,stat=,args= -s "$sid" || true)
    [ -z "$left" ] || fail "left behind: $left"
}

# Waits until a command succeeds, 20 s at most.
wait_for() {
    local tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || fail "waited 20 s for: $*"
        sleep 0.05
    done
}
