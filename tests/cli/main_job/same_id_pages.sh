# What is made of pages by every operator that changes one, by readings that are weighed against each other, by the
# estimate of the error rate and by the search for tables is the same for one worker and two, and after kills.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
make_media=${ASSAY%/*}/../data/media/assay-make-media
[ -x "$make_media" ] || skip "there is no assay-make-media beside '$ASSAY'"
"$make_media" --planted all
mkdir inbox
for page in bordered bent small claimed spread; do mv "all/inbox/pages/$page.png" inbox; done
settle inbox
# No contract: all that is made is part of the version.
cat >assay.yaml <<'YAML'
dataset: gate
sources: [{path: "inbox/**", modality: page}]
pipelines:
  page: [page.crop, page.quality, page.orient, page.split, page.dewarp, page.resolution, page.upscale, ocr.recognize: {reconcile: all, second: always}, ocr.tables]
YAML
run_into one -j1
first=$(version_of)
assert_jq run.json .samples.accepted 7
shown() { # PAGE METRIC
    assay show --store one --json "inbox/$1" | jq -r --arg m "$2" '.measurements[] | select(.metric == $m) | .value'
}
# Each of them did something.
for did in 'bordered page.cropped' 'bent page.dewarped' 'small page.upscaled' 'small ocr.lines_reread' 'small ocr.readings' \
    'claimed table.count' 'claimed page.resolution_replaced' 'spread.png#page=1&half=2 page.half'; do
    read -r page metric <<<"$did"
    [[ $page == *#* ]] || page+='.png#page=1'
    jq -en "$(shown "$page" "$metric") > 0" >/dev/null || fail "$page: $metric is $(shown "$page" "$metric")"
done

run_into two -j2
assert_eq "$(version_of)" "$first" 'version id by two workers'

# Killed with all its processes while its first, its middle and its last pages are worked on; then run to the end.
for ms in 0.7 1.9 2.7; do
    setsid "$ASSAY" run --store killed -j1 --progress none >/dev/null 2>&1 &
    pid=$!
    sleep "$ms"
    kill -KILL -- "-$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
done
run_into killed -j2
assert_conserved
assert_eq "$(version_of)" "$first" 'version id after kills'
