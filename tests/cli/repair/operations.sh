# Random operations on the queue, some killed half way: everything adds up after each. The long run of it is
# tests/fault/queue_operations by itself.
. "$(dirname "${BASH_SOURCE[0]}")/../main_job/dataset.bash"
need_assay_test
ASSAY_TEST="$ASSAY_TEST" "$EXAMPLES/../../tests/fault/queue_operations" 40 20261122 >out || fail "$(cat out)"
tail -n 1 out
