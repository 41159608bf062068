# Where there is nothing to see, assay.yaml says where to put it, and lints clean.
mkdir new
assert_exit 0 assay init new
assert_match "$(head -n 1 out)" 'found    no pages, video or audio: *'
(cd new && assay config lint && assay run --json --progress none 2>/dev/null | jq -e '.conserved and .sources.seen == 0')
