# No more workers are started than there are units for, whatever -j allows; and those that are needed start at once.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test

# Notes its start. It takes longer than digesting some files, so that all that are needed are started meanwhile.
cat >slow_start <<'END'
#!/bin/sh
echo start >>starts
sleep 2
exec "$@"
END
chmod +x slow_start
export ASSAY_WORKER_WRAPPER=$PWD/slow_start

# assert_starts N WHAT: a run of the documents in docs/, into a store of its own
assert_starts() {
    rm -rf store starts
    settle docs
    test_run_into store -j6
    assert_conserved
    assert_eq "$(wc -l <starts)" "$1" "workers for $2"
    echo "$2: $1"
}

text_dataset
echo 'value: 1' >docs/a.txt
assert_starts 1 'one page'
echo 'value: 2' >docs/b.txt
echo 'value: 3' >docs/c.txt
assert_starts 3 'three files'
for n in $(seq 20); do echo "value: $n" >"docs/$n.txt"; done
assert_starts 6 'more files than -j'

# A document's first unit is alone; then three are waiting, and the worker that is there takes one of them.
rm docs/*
echo 'pages: 64' >docs/book.txt
assert_starts 3 'a document of four units'
# The parts of two documents are counted together.
echo 'pages: 32' >docs/other.txt
assert_starts 4 'two documents of four and of two units'
