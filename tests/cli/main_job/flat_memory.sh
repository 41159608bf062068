# A child needs no more memory for a long stream than for a short one.
. "$(dirname "${BASH_SOURCE[0]}")/dataset.bash"
need_plain_build
maker=${MAKE_MEDIA:-${ASSAY%/*}/../data/media/assay-make-media}
[ -x "$maker" ] || skip "there is no '$maker'"

# peak NAME EXTENSION SECONDS: the peak over one such stream, in PEAK.
peak() {
    rm -rf "$1"
    mkdir -p "$1/inbox/$1"
    "$maker" "--long-$1" "$3" "$1/inbox/$1/long.$2"
    use_example mixed
    mv assay.yaml contracts "$1"
    # A run may be over before the first look at it.
    for _ in 1 2 3 4 5 6 7 8; do
        PEAK=$("$EXAMPLES/../../tests/fault/peak_memory" "$1")
        [ "$PEAK" -lt 1000 ] || break
    done
    [ "$PEAK" -ge 1000 ] || fail 'nothing was measured'
    echo "$1 of $3 s: $PEAK KiB"
}
for stream in 'video mkv' 'video mp4' 'audio wav' 'audio flac'; do
    # shellcheck disable=SC2086 # two words
    set -- $stream
    peak "$1" "$2" 600
    long=$PEAK short=0
    # A short stream is over in a blink: a busy machine may see too little of it, never too much.
    for _ in 1 2 3 4 5 6 7 8; do
        peak "$1" "$2" 120
        [ "$PEAK" -le "$short" ] || short=$PEAK
        [ "$long" -gt $((short * 120 / 100)) ] || break
    done
    [ "$long" -le $((short * 120 / 100)) ] || fail "$stream: $short KiB over 2 min, $long KiB over 10 min"
done
