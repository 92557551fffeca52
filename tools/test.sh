# Sourced by ./dev test: runs every suite, adds up what each says of itself.
# A suite prints lines "name: N passed, N failed".  One whose name ends with an engine ("sqlite",
# "crash postgres") counts there too; the total counts all.

declare -A passed=([sqlite]=0 [postgres]=0 [total]=0) failed=([sqlite]=0 [postgres]=0 [total]=0)
work=

count() {                                   # NAME PASSED FAILED
    local where
    for where in ${1##* } total; do
        [ "$where" = sqlite ] || [ "$where" = postgres ] || [ "$where" = total ] || continue
        passed[$where]=$((passed[$where] + $2))
        failed[$where]=$((failed[$where] + $3))
    done
}

# suite NAME COMMAND…  A suite that dies, or says nothing of itself, has failed once.
suite() {
    local name=$1 log=$work/log status=0 told=0 bad=0 line
    shift
    echo "--- $name"
    "$@" 2>&1 | tee "$log" || status=$?
    while IFS= read -r line; do
        [[ $line =~ ^([a-z][a-z\ _-]*):\ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]] || continue
        count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
        told=1
        bad=$((bad + BASH_REMATCH[3]))
    done < "$log"
    if [ $told = 0 ] || { [ $status != 0 ] && [ $bad = 0 ]; }; then
        echo "$name: ended with status $status and no word of a failure"
        count "$name" 0 1
    fi
}

# A command that is right or wrong as a whole, as a suite of one.
whole() {                                   # NAME COMMAND…
    local name=$1
    shift
    if "$@"; then echo "$name: 1 passed, 0 failed"; else echo "$name: 0 passed, 1 failed"; fi
}

clean_up() {
    [ -z "$work" ] || { tools/pg.sh stop "$work/pg"; rm -rf "$work"; }
    work=
}

build_all() {
    make -s -j"$(nproc)" MODE=debug all test-bin
}

test_all() {
    local out=${BUILD:-build}/debug script
    work=$(mktemp -d /tmp/regulars-test.XXXXXX)
    chmod 711 "$work"                       # PostgreSQL's own user must get through
    trap clean_up EXIT
    trap 'exit 130' INT TERM
    build_all
    REGULARS_TEST_PG=$(tools/pg.sh start "$work/pg")
    export REGULARS_TEST_PG REGULARS_BIN=$PWD/$out/regulars

    suite "unit sqlite" "$out/regulars-test" --engine sqlite "$@"
    suite "unit postgres" "$out/regulars-test" --engine postgres "$@"
    if [ $# = 0 ]; then
        suite tidy whole tidy make -s tidy
        suite citus whole citus node tools/citus.mjs --check
        suite release whole release make -s -j"$(nproc)" MODE=release all
        suite clang whole clang make -s -j"$(nproc)" CC=clang objects
        for script in test/*/run; do
            [ ! -x "$script" ] || suite "$script" "$script"
        done
    fi

    local e
    echo
    for e in sqlite postgres; do echo "$e: ${passed[$e]} passed, ${failed[$e]} failed"; done
    echo "${passed[total]} passed, ${failed[total]} failed"
    [ "${failed[total]}" = 0 ]
}
