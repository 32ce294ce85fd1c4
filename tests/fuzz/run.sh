#!/usr/bin/env bash
# Fuzzes each target for some minutes, two at a time, and prints what came of it.
#
#   tests/fuzz/run.sh MINUTES [TARGET...]
#
# Needs rustup with a nightly toolchain and a C++ compiler; installs cargo-fuzz if it is not there. Corpora and findings
# lie in target/fuzz/corpus and target/fuzz/findings and are used again by the next round. Environment:
#   SANITIZER   address (default) or none: faster, and nothing of the library is `unsafe`
#   JOBS        targets at a time, 2 by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

minutes="${1:?usage: tests/fuzz/run.sh MINUTES [TARGET...]}"
shift
all=(lex parse check run round_trip request conversions dates regex)
[ $# -gt 0 ] || set -- "${all[@]}"

export home=target/fuzz seconds=$((minutes * 60)) sanitizer="${SANITIZER:-address}"
binaries="$home/$(rustc +nightly -vV | sed -n 's/^host: //p')/release"
export binaries

command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
cargo +nightly fuzz build --fuzz-dir tests/fuzz --target-dir "$home" --no-default-features --features targets \
    -s "$sanitizer"

# Puts the scripts of some folders into a corpus.
scripts() {
    local corpus="$1"
    shift
    (cd tests/scripts && find "$@" -name '*.sil' -size -8k -exec cp -n --parents -t "$OLDPWD/$corpus" {} +)
}

# The seeds of a target, in its corpus.
seed() {
    local target="$1" corpus="$home/corpus/$1" line number=0
    mkdir -p "$corpus"
    case "$target" in
    lex | parse | round_trip) scripts "$corpus" lex parse corpus ;;
    check) scripts "$corpus" check run ;;
    # Bytes like any others; they become choices.
    run) scripts "$corpus" corpus ;;
    *)
        # One seed a line, with the escapes of printf.
        while IFS= read -r line; do
            number=$((number + 1))
            printf '%b' "$line" >"$corpus/seed$number"
        done <"tests/fuzz/seeds/$target"
        ;;
    esac
}

# The last number behind a word in a log.
last() {
    grep -o "$1 *[0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo 0
}

# Fuzzes one target until its time is over, also past findings; prints a line.
fuzz() {
    local target="$1" log="$home/$1.log" findings="$home/findings/$1" left found executions=0 cpu start
    mkdir -p "$findings"
    rm -f "$log" "$log.all"
    seed "$target"
    start=$SECONDS
    while left=$((seconds - (SECONDS - start))) && [ "$left" -gt 0 ]; do
        # Sanitizers do not know that the library asks for stack before it needs it.
        ASAN_OPTIONS=detect_stack_use_after_return=0:detect_leaks=0 "$binaries/$target" "$home/corpus/$target" \
            -dict=tests/fuzz/sil.dict -max_total_time="$left" -timeout=60 -rss_limit_mb=2048 -max_len=8192 \
            -artifact_prefix="$findings/" -print_final_stats=1 >"$log" 2>&1 || true
        cat "$log" >>"$log.all"
        executions=$((executions + $(last 'stat::number_of_executed_units:' "$log")))
        found="$(sed -n 's/^artifact_prefix=.*Test unit written to //p' "$log" | tail -n 1)"
        [ -n "$found" ] || break
        "$binaries/$target" -minimize_crash=1 -runs=20000 -max_total_time=30 -exact_artifact_path="$found.small" "$found" \
            >/dev/null 2>&1 || true
        # What is found again and again ends the round.
        [ "$(find "$findings" -type f | wc -l)" -lt 40 ] || break
    done
    # What the processes of this shell worked; in a subshell it would be nothing.
    times >"$log.times"
    cpu="$(tail -n 1 "$log.times" | tr 'ms' '  ' | awk '{ printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }')"
    printf '%-12s %12s executions %8s cov %7s corpus %4s findings %6s s wall %6s s CPU\n' "$target" "$executions" \
        "$(last 'cov:' "$log")" "$(find "$home/corpus/$target" -type f | wc -l)" \
        "$(find "$findings" -type f ! -name '*.small' | wc -l)" "$((SECONDS - start))" "$cpu" |
        tee -a "$home/rounds.txt"
}

export -f scripts seed last fuzz
printf '%s\n' "$@" | xargs -P "${JOBS:-2}" -I{} bash -c 'fuzz {}'
printf 'findings lie in %s/findings\n' "$home"
find "$home/findings" -type f
