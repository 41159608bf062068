# Helpers for the cases of tests/cli. The runner reads this before each case, in the case's scratch directory.
# shellcheck shell=bash

# The program, under ASSAY_EXEC_PREFIX when that is set (e.g. "valgrind -q").
assay() {
    # shellcheck disable=SC2086 # the prefix is words
    ${ASSAY_EXEC_PREFIX-} "$ASSAY" "$@"
}

# Ends the case, naming its line.
fail() {
    local i=0
    while [ $((i + 1)) -lt "${#BASH_SOURCE[@]}" ] && [ "${BASH_SOURCE[i]##*/}" = lib.sh ]; do
        i=$((i + 1))
    done
    printf 'FAIL: %s (%s:%s)\n' "$*" "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]}" >&2
    exit 1
}

# Ends the case as one that cannot run here.
skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}

# assert_eq ACTUAL EXPECTED [WHAT]
assert_eq() {
    [ "$1" = "$2" ] || fail "${3-value} is '$1', not '$2'"
}

assert_ne() {
    [ "$1" != "$2" ] || fail "${3-value} is '$1' and should not be"
}

# assert_match TEXT GLOB [WHAT]
assert_match() {
    # shellcheck disable=SC2053 # the right side is a pattern
    [[ $1 == $2 ]] || fail "${3-text} '$1' does not match '$2'"
}

# assert_exit CODE COMMAND...: the command ends with that code; its output goes to the files out and err.
assert_exit() {
    local want=$1 got=0
    shift
    "$@" >out 2>err || got=$?
    [ "$got" -eq "$want" ] || fail "'$*' exits with $got, not $want: $(head -c 600 err)"
}

# jq_get FILTER [FILE]: a value of a JSON document (standard input without FILE); fails when it is missing.
jq_get() {
    jq -r "$1 | if . == null then error(\"missing\") else . end" "${2:--}" || fail "no '$1' in ${2:-the document}"
}

# assert_jq FILE FILTER EXPECTED
assert_jq() {
    assert_eq "$(jq -r "$2" "$1")" "$3" "'$2' of $1"
}

# Copies the sample media here (inbox/, truth/, EXPECTED.json), or only the paths given.
use_media() {
    local path
    [ $# -gt 0 ] || set -- inbox truth EXPECTED.json
    for path in "$@"; do
        mkdir -p "$(dirname "$path")"
        cp -R "$MEDIA/$path" "$path"
    done
}

# use_example NAME: assay.yaml and contracts/ of data/examples/NAME.
use_example() {
    cp -R "$EXAMPLES/$1/." .
}

need() {
    command -v "$1" >/dev/null 2>&1 || skip "$1 is not installed"
}

# Sanitizers take signals, memory and tracing into their own hands, and their builds set no limit on memory.
need_plain_build() {
    ! grep -qE '__asan_init|__tsan_init|__msan_init' "$ASSAY" || skip 'not with a sanitizer'
}

need_strace() {
    need strace
    need_plain_build
}
