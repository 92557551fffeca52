# bench/lib.sh -- what the parts of bench/run share: databases, servers, pairs, medians.

say() { printf '[%4ds] %s\n' "$SECONDS" "$*" >&2; }
result() { echo "$1 $2" >> $out/results; say "  $1 $2"; }

# field NAME < lines of name=value
field() { grep -o "\b$1=[0-9.]*" | cut -d= -f2; }
median() { sort -g | awk '{ v[NR] = $1 } END {
    if (NR) print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2; else print 0 }'; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", b ? a / b : 0 }'; }
# times_of LOG A B  what A costs in Bs, by the clock or by the processor, whichever is more.
times_of() {
    local a b
    a=$(divide "$(grep "^$3 " "$1" | field per_second | median)" \
               "$(grep "^$2 " "$1" | field per_second | median)")
    b=$(divide "$(grep "^$2 " "$1" | field cpu_us | median)" \
               "$(grep "^$3 " "$1" | field cpu_us | median)")
    say "  $2: $a times the time of $3, $b times the processor"
    most "$a" "$b"
}
most() { printf '%s\n' "$@" | sort -g | tail -n 1; }

# --- processes -------------------------------------------------------------------------------

pid= port= pg=
# start COMMAND…  a server that says where it listens; sets pid and port.
start() {
    local i
    "$@" > $out/server.out 2>> $out/server.err &
    pid=$!
    for ((i = 0; i < 6000; i++)); do
        port=$(grep -o '127\.0\.0\.1:[0-9]*' $out/server.out | cut -d: -f2 || true)
        [ -z "$port" ] || return 0
        kill -0 $pid 2> /dev/null || break
        sleep 0.01
    done
    echo "bench: $1 does not start; see $out/server.err" >&2
    exit 1
}
stop() { kill "$pid"; wait "$pid" || true; pid=; }
serve() { start "$bin/regulars" serve --listen 127.0.0.1:0 --db "$@"; }

clean_up() {
    if [ -n "$pid" ] && ! kill -9 "$pid" 2> /dev/null; then
        echo "bench: the server is gone; see $out/server.err" >&2
    fi
    if [ -n "$pg" ]; then tools/pg.sh stop "$pg" || true; rm -rf "$pg"; fi
    rm -f $out/*.db $out/*.db-* $out/*.tape $out/*.requests
}

# --- databases on SQLite ----------------------------------------------------------------------

# seeded NAME MEMBERS RULES GIVING  makes $out/NAME.db once, and a key in $out/NAME.key.
seeded() {
    local db=$out/$1.db
    [ ! -f "$db" ] || return 0
    say "  seeding $1: $2 members"
    bench/setup "$3" "$4" > "$out/setup.json"
    "$bin/regulars" migrate --db "sqlite:$db" --setup "$out/setup.json" > /dev/null 2>> $out/server.err
    "$tools/seed" "sqlite:$db" "$2"
    key_of "sqlite:$db" > "$out/$1.key"
}
key_of() {
    "$bin/regulars" key create --name bench --may all --print-secret --db "$1" 2>> $out/server.err
}

# copied NAME AS  a fresh state, nothing of it waiting to be flushed.
copied() {
    rm -f "$out/$2".db "$out/$2".db-*
    cp "$out/$1.db" "$out/$2.db"
    sync "$out/$2.db"
}

# requests NAME KIND MEMBERS N [FILE]
requests() {
    local file=$out/$1.$2.requests
    [ -f "$file" ] || "$tools/requests" "$2" "$3" "$4" "$(cat "$out/$1.key")" ${5:+"$5"} > "$file"
}

# taped NAME MEMBERS  records the statements of the server into $out/NAME.tape.
taped() {
    [ ! -f "$out/$1.tape" ] || return 0
    requests "$1" sale "$2" $tape_n
    say "  recording $tape_n purchases"
    copied "$1" run
    start "$tools/record" "sqlite:$out/run.db" "$out/$1.tape"
    load "$1.sale" n=$tape_n > $out/record.log
    stop
}

# load REQUESTS [option…]
load() { "$tools/load" "$port" $connections "$out/$1.requests" pid="$pid" "${@:2}"; }

# --- pairs ------------------------------------------------------------------------------------

# pairs_of LOG  reads lines "floor n=…" and "server n=…", floor first and last: one line for each
# server between two floors: kept rate ratio cpu_ratio floor_rate
pairs_of() {
    awk '{ for (i = 2; i <= NF; i++) { split($i, kv, "="); v[kv[1]] = kv[2] } }
    $1 == "server" { rate = v["per_second"]; cpu = v["cpu_us"] }
    $1 == "floor" { f = v["per_second"]; c = v["cpu_us"]
        if (rate) { most = f > last ? f : last; least = f > last ? last : f; mean = (f + last) / 2
            print (most <= 1.15 * least), rate, rate / mean, (c + last_c) / 2 / cpu, mean }
        last = f; last_c = c; rate = 0 }' "$1"
}
# kept LOG COLUMN  the median over the pairs that stand; over all if none does.
kept() {
    local lines; lines=$(pairs_of "$1" | grep '^1' || pairs_of "$1")
    echo "$lines" | cut -d' ' -f"$2" | median
}
dropped() { pairs_of "$1" | grep -c '^0' || true; }

# sqlite_pairs NAME LOG PAIRS  floors and servers in turn, from the same state.
sqlite_pairs() {
    local name=$1 log=$2 n i
    copied "$name" floor
    n=$("$tools/floor_sqlite" "$out/$name.tape" $out/floor.db 5000 | field per_second)
    n=$(awk -v r="$n" -v s="$seconds" -v max=$tape_n \
        'BEGIN { n = int(r * s * 1.3); print (n > max ? max : n) }')
    say "  $3 pairs of $n purchases"
    for ((i = 0; i <= $3; i++)); do
        copied "$name" floor
        echo "floor $("$tools/floor_sqlite" "$out/$name.tape" $out/floor.db "$n")" | tee -a "$log" >&2
        [ $i -lt "$3" ] || break
        copied "$name" run
        serve "sqlite:$out/run.db"
        echo "server $(load "$name.sale" n="$n" shm=$out/run.db-shm)" | tee -a "$log" >&2
        stop
        [ $i -gt 0 ] || same_rows "$name"
    done
}
same_rows() {
    "$tools/rows" "sqlite:$out/floor.db" > "$out/$1.floor.rows"
    "$tools/rows" "sqlite:$out/run.db" > "$out/$1.server.rows"
}

# --- PostgreSQL -------------------------------------------------------------------------------

pg_bin=$(ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1 || true)
as_server() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
pg_ctl() { as_server "$pg_bin/pg_ctl" -D "$pg/data" -l "$pg/log" -w -t 120 "$@" > /dev/null; }

# pg_seeded  a server of our own with the members; its state is kept in $pg/seeded.
pg_seeded() {
    pg=$(mktemp -d /tmp/regulars-bench.XXXXXX)
    rmdir "$pg"
    pg_url=$(tools/pg.sh start "$pg")
    say "  seeding PostgreSQL: $members members"
    bench/setup 20 5 > $out/setup.json
    "$bin/regulars" migrate --db "$pg_url" --setup $out/setup.json > /dev/null 2>> $out/server.err
    "$tools/seed" "$pg_url" "$members"
    key_of "$pg_url" > $out/pg.key
    pg_ctl stop -m fast
    printf 'fsync = on\nfull_page_writes = on\nsynchronous_commit = on\n' |
        as_server tee -a "$pg/data/postgresql.conf" > /dev/null
    mv "$pg/data" "$pg/seeded"
}
pg_fresh() {
    if [ -f "$pg/data/postmaster.pid" ]; then pg_ctl stop -m immediate; fi
    rm -rf "$pg/data"
    cp -a "$pg/seeded" "$pg/data"
    sync -f "$pg/data"
    pg_ctl start
}
