# A run's record has the code that the program ended with.
. "$(dirname "${BASH_SOURCE[0]}")/../queue/pages.bash"
pages_dataset
last_exit() {
    assay log --runs --limit 1 --json | jq '.[0].exit'
}

run_pages
assert_eq "$(last_exit)" 0 'run'
assert_exit 80 assay run --strict --progress none
assert_eq "$(last_exit)" 80 'run --strict'
assert_exit 80 assay run --strict --progress none
assert_eq "$(last_exit)" 80 'run --strict that judges nothing'
judge_pages
assert_eq "$(last_exit)" 0 'judge'
echo 'as the program ended'
