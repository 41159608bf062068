# What decodes media is a program of its own: 'assay' loads none of its libraries, finds it, and takes no other's word.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_assay_test
need_strace
decoders='libavcodec|libavformat|libtesseract|liblept|libsndfile|libpoppler|libqpdf|libcairo'

ldd "$ASSAY-worker" | grep -E "$decoders" >/dev/null || fail 'the worker loads no decoder'
if ldd "$ASSAY" | grep -E "$decoders"; then fail 'assay loads decoders'; fi
assert_exit 64 "$ASSAY-worker"
assert_match "$(cat err)" "assay-worker: started by 'assay run'*"

# As it is installed: bin/assay and libexec/assay/assay-worker, wherever the two are.
mkdir -p bin libexec/assay
cp "$ASSAY" bin/
assert_exit 78 bin/assay stages page.read
assert_match "$(cat err)" "assay: start a worker: there is no program 'assay-worker' in '*/bin/' nor in '*/bin/../libexec/assay'*install Assay whole*"
assert_exit 0 bin/assay stages
assert_exit 0 bin/assay config schema
cp "$ASSAY-worker" libexec/assay/
chmod 644 libexec/assay/assay-worker
assert_exit 78 bin/assay stages page.read
assert_match "$(cat err)" "assay: start a worker: '*/libexec/assay/assay-worker' cannot be executed: Permission denied"
chmod 755 libexec/assay/assay-worker
# An empty file is no program, though it may be executed.
: >bin/assay-worker
chmod 755 bin/assay-worker
assert_exit 78 bin/assay stages page.read
assert_match "$(cat err)" "assay: start a worker: '*/bin/assay-worker' is no program: install Assay whole"
rm bin/assay-worker
assert_exit 0 bin/assay stages ocr.recognize
grep -q '^engine *tesseract ' out || fail 'no engine'

# Of another build: by what it answers first...
cp "$ASSAY_TEST-worker" bin/assay-worker
assert_exit 78 bin/assay stages page.read
assert_match "$(cat err)" "assay: the program of the workers, '*/bin/assay-worker', is of another build*install Assay whole*"
# ... and when it was exchanged under a run.
cat >exchanged <<'END'
#!/bin/sh
[ -e asked ] || { touch asked; exec "$@"; }
shift
exec "$OTHER" "$@"
END
chmod +x exchanged
sed -i "s|\$OTHER|$ASSAY-worker|" exchanged
text_dataset
echo 'act: sleep' >docs/a.txt # keeps the first worker, which was asked, until there is a second
echo 'value: 2' >docs/b.txt
settle docs
ASSAY_WORKER_WRAPPER=$PWD/exchanged assert_exit 78 assay_test run -j 2 --store store --progress none
assert_match "$(cat err)" "assay: start a worker: the program of the workers, '$ASSAY-worker', is of another build*"

# The one that is asked is the first that works.
rm docs/a.txt
cat >counted <<'END'
#!/bin/sh
echo "$$" >>workers
exec "$@"
END
chmod +x counted
ASSAY_WORKER_WRAPPER=$PWD/counted assert_exit 0 assay_test run -j 1 --store counted.store --progress none
assert_eq "$(wc -l <workers)" 1 'workers of a run with one job'
ASSAY_WORKER_WRAPPER=$PWD/counted assert_exit 0 assay_test run -j 1 --store counted.store --progress none
assert_eq "$(wc -l <workers)" 2 'workers with a run that had nothing to do, which asks'

# One that ends in between is not missed: another is started. Nothing is synced before all is asked; there it is killed.
echo 'value: 3' >docs/c.txt
settle docs
ASSAY_WORKER_WRAPPER=$PWD/counted ASSAY_TEST_READER=1 strace --seccomp-bpf -f -qq -o trace -e trace=fdatasync \
    -e inject=fdatasync:delay_enter=5s:when=1 "$ASSAY_TEST" run -j 1 --store counted.store --json --progress none >run.json 2>run.err &
traced=$!
syncs() { grep -q "^State:.*t " "/proc/$(pgrep -P "$traced")/status"; }
wait_for syncs
kill -KILL "$(tail -n 1 workers)"
wait "$traced" || fail "exit $?: $(cat run.err)"
assert_conserved
assert_jq run.json .units.run 1
assert_eq "$(wc -l <workers)" 4 'workers with one that was killed before it got work'

# One that takes its time: a signal ends the run, and with it the worker.
printf '#!/bin/sh\nexec sleep 60\n' >slow
chmod +x slow
ASSAY_TEST_READER=1 ASSAY_WORKER_WRAPPER=$PWD/slow "$ASSAY_TEST" run --store other --progress none >out 2>err &
pid=$!
sleep 1
kill "$pid"
code=0
wait "$pid" || code=$?
assert_eq "$code" 75 'stopped while a worker loads'
assert_match "$(cat err)" '*stopped by signal 15 before anything was done*'

# One that cannot tell.
printf '#!/bin/sh\nexit 3\n' >dumb
chmod +x dumb
ASSAY_WORKER_WRAPPER=$PWD/dumb assert_exit 74 assay_test status --store store
assert_match "$(cat err)" "*the worker ended before it told of its engines: exit status 3 (ASSAY_WORKER_DEBUG=1 *"
