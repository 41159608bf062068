# What changes is named by `why`, and only what depends on it runs again.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"

# Three formats of one pipeline each, little work.
use_media inbox/scans/letter.png inbox/scans/letter.gt.txt inbox/scans/blank.png inbox/video/archive.mkv \
    inbox/audio/tone.flac inbox/audio/silent.wav
use_example mixed
settle inbox
run_into store
first=$(version_of)
units=$(jq_get .units.run run.json)
assert_eq "$units" 5 'units of five sources'

# why_text PATH: what `why` says; causes PATH: the causes it names, in JSON.
why_text() {
    assay why --store store "$1"
}
causes() {
    assay why --store store --json "$1" | jq -r '.work.causes | join(" ")'
}
# again UNITS WHAT: the next run does so many units.
again() {
    run_into store
    assert_conserved
    assert_eq "$(jq_get .units.run run.json)" "$1" "units run ($2)"
    echo "$2: $1 of $units units run again"
}

sed -i 's/- page.deskew$/- page.deskew: {max_angle: 4}/' assay.yaml
again 2 'a parameter of the page pipeline'
assert_ne "$(version_of)" "$first" 'version id'
assert_eq "$(causes inbox/scans/letter.png)" recipe causes
why_text inbox/scans/letter.png | grep -q 'max_angle' || fail "why does not name the parameter: $(why_text inbox/scans/letter.png)"
assert_eq "$(causes inbox/audio/tone.flac)" new causes
sed -i 's/- page.deskew: {max_angle: 4}/- page.deskew/' assay.yaml
again 0 'the parameter as it was'
assert_eq "$(version_of)" "$first" 'version id'

printf 'x' >>inbox/scans/letter.gt.txt
again 1 'an edited ground truth'
assert_ne "$(version_of)" "$first" 'version id'
assert_eq "$(causes inbox/scans/letter.png)" sidecar causes
why_text inbox/scans/letter.png | grep -q 'ground_truth.*letter.gt.txt' || fail "why does not name the ground truth: $(why_text inbox/scans/letter.png)"
cp "$MEDIA/inbox/scans/letter.gt.txt" inbox/scans/letter.gt.txt
again 0 'the ground truth as it was'
assert_eq "$(version_of)" "$first" 'version id'

touch inbox/scans/letter.png
again 0 'a touched source of the same bytes'
assert_eq "$(version_of)" "$first" 'version id'
assert_match "$(causes inbox/scans/letter.png)" '*touched*' causes

mv inbox/scans/letter.gt.txt kept
again 1 'a ground truth that vanished'
assert_eq "$(causes inbox/scans/letter.png)" sidecar causes
why_text inbox/scans/letter.png | grep -q 'ground_truth.*vanished' || fail 'why does not say that it vanished'
mv kept inbox/scans/letter.gt.txt
again 0 'and came back'

cp "$MEDIA/inbox/audio/offset.flac" inbox/audio/tone.flac
again 1 'changed content'
assert_eq "$(causes inbox/audio/tone.flac)" content causes
assert_ne "$(version_of)" "$first" 'version id'
cp "$MEDIA/inbox/audio/tone.flac" inbox/audio/tone.flac
again 0 'the content as it was'
assert_eq "$(version_of)" "$first" 'version id'

mv inbox/audio/tone.flac away.flac
again 0 'a removed file'
assert_jq run.json .sources.missing 1
assert_ne "$(version_of)" "$first" 'version id'
mv away.flac inbox/audio/tone.flac
again 0 'the file returned'
assert_match "$(causes inbox/audio/tone.flac)" '*returned*' causes
assert_eq "$(version_of)" "$first" 'version id'

mv inbox/video/archive.mkv inbox/video/renamed.mkv
again 0 'a renamed file'
assert_eq "$(causes inbox/video/renamed.mkv)" new causes
assert_ne "$(version_of)" "$first" 'version id'
mv inbox/video/renamed.mkv inbox/video/archive.mkv
again 0 'the name as it was'
assert_eq "$(version_of)" "$first" 'version id'

sed -i 's/doc_type: invoice/doc_type: letter/' assay.yaml
again 0 'metadata in the configuration'
assert_match "$(causes inbox/scans/letter.png)" '*metadata*' causes
