# Killed with its whole process group at 20 random moments and run again: the id is the usual one, the store is sound.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need jq

small_dataset
"$EXAMPLES/../../tests/fault/kill_resume" "$PWD" 20 "${ASSAY_TEST_SEED-}"
