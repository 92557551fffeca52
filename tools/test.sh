# Sourced by ./dev test: runs every part, as many at once as there are cores, and adds up what each
# says of itself.
# A part prints lines "name: N passed, N failed".  One whose name ends with an engine ("sqlite",
# "crash postgres") counts there too; the total counts all.  Each has a folder (TMPDIR), a log and,
# where it asks for one, a PostgreSQL of its own; servers take a free port.  A part that has not
# ended after REGULARS_TEST_LIMIT seconds is ended, and has failed.

declare -A passed=([sqlite]=0 [postgres]=0 [total]=0) failed=([sqlite]=0 [postgres]=0 [total]=0)
names=() reds=()
work= logs= out= limit=${REGULARS_TEST_LIMIT:-900}

count() {                                   # NAME PASSED FAILED
    local where
    for where in ${1##* } total; do
        [ "$where" = sqlite ] || [ "$where" = postgres ] || [ "$where" = total ] || continue
        passed[$where]=$((passed[$where] + $2))
        failed[$where]=$((failed[$where] + $3))
    done
}

log_of() { echo "$logs/${1//[ \/]/-}.log"; }

# What runs behind part(): KIND is own (it counts for itself), pg (it also needs a PostgreSQL) or
# whole (right or wrong as one: its status is its count).
run_part() {                                # NAME KIND DIR COMMAND…
    local name=$1 kind=$2 dir=$3 status=0 began=$SECONDS child=
    shift 3
    trap - EXIT INT
    trap '[ -z "$child" ] || kill "$child" 2> /dev/null; exit 130' TERM
    mkdir "$dir"
    chmod 711 "$dir"                        # PostgreSQL's own user must get through
    unset REGULARS_TEST_PG
    if [ "$kind" = pg ]; then
        REGULARS_TEST_PG=$(tools/pg.sh start "$dir/pg") || status=$?
        export REGULARS_TEST_PG
    fi
    if [ $status = 0 ]; then
        TMPDIR=$dir timeout -k 10 "$limit" "$@" < /dev/null &
        child=$!
        wait "$child" || status=$?
    fi
    [ $status != 124 ] || echo "$name: ended after $limit seconds"
    [ "$kind" != pg ] || tools/pg.sh stop "$dir/pg"
    if [ "$kind" = whole ]; then
        echo "$name: $((status == 0)) passed, $((status != 0)) failed"
    fi
    echo "$status" > "$work/status.${dir##*/}"
    local how=ok
    [ $status = 0 ] || how=FAILED
    printf '%-6s %-14s %4d s\n' $how "$name" $((SECONDS - began)) >&3
    rm -rf "$dir"
}

part() {                                    # NAME KIND COMMAND…
    local name=$1 kind=$2
    shift 2
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
    names+=("$name")
    run_part "$name" "$kind" "$work/${#names[@]}" "$@" > "$(log_of "$name")" 2>&1 &
}

# A part that dies, or says nothing of itself, has failed once.
add_up() {                                  # NUMBER
    local name=${names[$1 - 1]} told=0 bad=0 line status
    status=$(cat "$work/status.$1" 2> /dev/null || echo unknown)
    while IFS= read -r line; do
        [[ $line =~ ^([a-z][a-z\ _-]*):\ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]] || continue
        count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
        told=1
        bad=$((bad + BASH_REMATCH[3]))
    done < "$(log_of "$name")"
    if [ $told = 0 ] || { [ "$status" != 0 ] && [ $bad = 0 ]; }; then
        echo "$name: ended with status $status and no word of a failure" >> "$(log_of "$name")"
        count "$name" 0 1
        bad=1
    fi
    [ $bad = 0 ] || reds+=("$name")
}

clean_up() {
    local pid dir
    for pid in $(jobs -rp); do kill "$pid" 2> /dev/null || true; done
    wait
    [ -n "$work" ] || return 0
    for dir in "$work"/*/pg; do [ ! -d "$dir" ] || tools/pg.sh stop "$dir"; done
    rm -rf "$work"
    work=
}

# The long ones first, so that the last to end began early.
all_parts() {
    local script name
    part crash pg test/crash/run
    part api pg test/api/run
    part "unit postgres" pg "$out/regulars-test" --engine postgres
    part "unit sqlite" pg "$out/regulars-test" --engine sqlite
    part race pg test/race/run
    part release whole make -s MODE=release all
    part clang whole make -s CC=clang objects
    for script in test/*/run; do
        name=${script#test/}
        name=${name%/run}
        case $name in
        crash|api|race) ;;
        *) [ ! -x "$script" ] || part "$name" own "$script" ;;
        esac
    done
    part style whole make -s tidy
    part citus whole node tools/citus.mjs --check
}

test_all() {
    local i e name only=
    case $#:${1-} in
    0:) ;;
    2:--only) only=$2 ;;
    *) echo "usage: ./dev test [--only WORD]" >&2; return 2 ;;
    esac
    out=${BUILD:-build}/debug
    logs=${BUILD:-build}/log
    work=$(mktemp -d /tmp/regulars-test.XXXXXX)
    chmod 711 "$work"
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    make -s -j"$(nproc)" MODE=debug all test-bin
    rm -rf "$logs"
    mkdir -p "$logs"
    export REGULARS_BIN=$PWD/$out/regulars
    exec 3>&1

    if [ -n "$only" ]; then
        part "unit sqlite" pg "$out/regulars-test" --engine sqlite --only "$only"
        part "unit postgres" pg "$out/regulars-test" --engine postgres --only "$only"
        part api pg test/api/run "$only"
    else
        all_parts
    fi
    wait

    for ((i = 1; i <= ${#names[@]}; i++)); do add_up $i; done
    for name in "${reds[@]}"; do
        printf '\n--- %s (%s)\n' "$name" "$(log_of "$name")"
        tail -n 200 "$(log_of "$name")"
    done
    if [ -n "$only" ] && [ $((passed[total] + failed[total])) = 0 ]; then
        echo "no test's file or name holds \"$only\""
        count "$only" 0 1
    fi
    echo
    for e in sqlite postgres; do echo "$e: ${passed[$e]} passed, ${failed[$e]} failed"; done
    echo "${passed[total]} passed, ${failed[total]} failed"
    [ "${failed[total]}" = 0 ]
}
