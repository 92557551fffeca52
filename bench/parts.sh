# bench/parts.sh -- one function for each part of bench/run.

part_purchase_sqlite() {
    local log=$out/purchase.sqlite.log
    seeded large "$members" 20 5
    taped large "$members"
    sqlite_pairs large "$log" "$pairs"
    result floor.sqlite.per_second "$(kept "$log" 5)"
    result floor.rows_equal \
        "$(cmp -s $out/large.floor.rows $out/large.server.rows && echo 1 || echo 0)"
    result purchase.sqlite.per_second "$(kept "$log" 2)"
    result purchase.sqlite.ratio "$(kept "$log" 3)"
    result purchase.sqlite.cpu_ratio "$(kept "$log" 4)"
    result purchase.sqlite.written_kb "$(grep ^server "$log" | field written_kb | median)"
    result purchase.sqlite.pairs_dropped "$(dropped "$log")"
}

# The server's cost of a purchase grows by (its rate with few) / (its rate with many), the floor's
# likewise: the quotient of the two is the quotient of the ratios.
part_growth() {
    local log=$out/growth.log large=$out/purchase.sqlite.log n=$(((pairs + 1) / 2))
    if [ ! -f "$large" ]; then
        seeded large "$members" 20 5
        taped large "$members"
        sqlite_pairs large "$large" "$n"
    fi
    seeded small $few 20 5
    taped small $few
    sqlite_pairs small "$log" "$n"
    result growth.ratio "$(divide "$(kept "$log" 3)" "$(kept "$large" 3)")"
}

# The floor: an empty answer, and then the statements of an identification, bare, on members drawn the
# same way; their times add up.
part_identify() {
    local log=$out/identify.log i empty bare
    seeded large "$members" 20 5
    requests large identify "$members" 200000
    requests large empty 1 1
    copied large run
    for ((i = 0; i <= (pairs + 1) / 2; i++)); do
        start "$tools/empty"
        empty=$(load large.empty seconds="$seconds" | field per_second)
        stop
        bare=$("$tools/floor_identify" "$out/run.db" "$members" 3 | field per_second)
        bare=$("$tools/floor_identify" "$out/run.db" "$members" "$seconds" | field per_second)
        echo "empty per_second=$empty" | tee -a "$log" >&2
        echo "floor per_second=$(awk -v a="$empty" -v b="$bare" \
            'BEGIN { printf "%.1f", 1 / (1 / a + 1 / b) }') cpu_us=0 bare=$bare" | tee -a "$log" >&2
        [ $i -lt $(((pairs + 1) / 2)) ] || break
        serve "sqlite:$out/run.db"
        load large.identify seconds=2 > /dev/null          # what a shop has in memory by ten
        echo "server $(load large.identify seconds="$seconds")" | tee -a "$log" >&2
        stop
    done
    result identify.per_second "$(kept "$log" 2)"
    result identify.ratio "$(kept "$log" 3)"
    result identify.empty_ratio "$(divide "$(grep ^server "$log" | field per_second | median)" \
        "$(grep ^empty "$log" | field per_second | median)")"
}

part_latency() {
    local log=$out/latency.log i
    seeded large "$members" 20 5
    requests large sale "$members" $tape_n
    copied large run
    serve "sqlite:$out/run.db"
    for ((i = 0; i < 5; i++)); do
        load large.sale rate=300 seconds="${BENCH_LATENCY_SECONDS:-20}" from=$((i * 6000)) |
            tee -a "$log" >&2
    done
    stop
    result latency.p99_ms "$(field p99_ms < "$log" | median)"
}

# Members with 200 sales each, as a server booked them; then returns and late sales in turn, against
# sales of today in the same database.
part_late() {
    local log=$out/late.log i crowd=300
    seeded small $few 20 5
    requests small past $crowd $((crowd * 200))
    copied small late
    say "  $crowd members buy 200 times each"
    serve "sqlite:$out/late.db"
    load small.past n=$((crowd * 200)) > $out/past.log
    stop
    requests small late $crowd 1500 $out/late.db
    requests small sale $few $tape_n
    for i in 1 2 3; do
        copied late run
        serve "sqlite:$out/run.db"
        echo "sale $(load small.sale n=9000 shm=$out/run.db-shm)" | tee -a "$log" >&2
        echo "late $(load small.late n=1500 shm=$out/run.db-shm)" | tee -a "$log" >&2
        stop
    done
    result late.per_second "$(grep ^late "$log" | field per_second | median)"
    result late.cost "$(times_of "$log" late sale)"
}

part_rules_1000() {
    local log=$out/rules_1000.log i k
    seeded rules10 $few 10 10
    seeded rules1000 $few 1000 10
    for k in 10 1000; do requests rules$k sale $few 20000; done
    for i in 1 2 3; do
        for k in 10 1000; do
            copied rules$k run
            serve "sqlite:$out/run.db"
            echo "rules$k $(load rules$k.sale n=10000 shm=$out/run.db-shm)" | tee -a "$log" >&2
            stop
        done
    done
    result rules_1000.ratio "$(times_of "$log" rules1000 rules10)"
}

# The process's own memory after purchases of a large shop; then, killed with a log full of them, how
# long until it is ready again.
part_memory() {
    local began
    seeded large "$members" 20 5
    requests large sale "$members" $tape_n
    copied large run
    serve "sqlite:$out/run.db"
    load large.sale n=15000 > $out/memory.log
    result memory.rss_anon_mb "$(awk '/RssAnon/ { printf "%.1f", $2 / 1024 }' /proc/$pid/status)"
    load large.sale from=15000 seconds=3 >> $out/memory.log &
    sleep 2
    kill -9 $pid
    wait $pid 2> /dev/null || true
    wait || true
    began=$(date +%s%3N)
    serve "sqlite:$out/run.db"
    until curl -sf "http://127.0.0.1:$port/readyz" > /dev/null; do sleep 0.005; done
    result start.ready_ms $(($(date +%s%3N) - began))
    stop
}

part_purchase_postgres() {
    local log=$out/purchase.postgres.log n i
    seeded large "$members" 20 5
    taped large "$members"
    pg_seeded
    cp $out/large.sale.requests $out/pg.sale.requests
    "$tools/requests" sale "$members" $tape_n "$(cat $out/pg.key)" > $out/pg.sale.requests
    pg_fresh
    n=$("$tools/floor_postgres" $out/large.tape "$pg_url" 3000 $workers | field per_second)
    n=$(awk -v r="$n" -v s="$seconds" -v max=$tape_n \
        'BEGIN { n = int(r * s * 1.3); print (n > max ? max : n) }')
    say "  $pairs pairs of $n purchases"
    for ((i = 0; i <= pairs; i++)); do
        pg_fresh
        echo "floor $("$tools/floor_postgres" $out/large.tape "$pg_url" "$n" $workers)" |
            tee -a "$log" >&2
        [ $i -lt "$pairs" ] || break
        pg_fresh
        serve "$pg_url" --workers $workers
        echo "server $(load pg.sale n="$n")" | tee -a "$log" >&2
        stop
    done
    result floor.postgres.per_second "$(kept "$log" 5)"
    result purchase.postgres.per_second "$(kept "$log" 2)"
    result purchase.postgres.ratio "$(kept "$log" 3)"
}

# How long until a publication is answered, in force, where a thousand rules have a hundred versions
# each: rules put one after the other, each by a request of its own.
part_publish() {
    local log=$out/publish.log i path doc
    seeded publish $few 1000 10
    copied publish run
    sqlite3 $out/run.db "
        WITH RECURSIVE n(v) AS (SELECT 2 UNION ALL SELECT v + 1 FROM n WHERE v < 100)
        INSERT INTO config_object
        SELECT kind, id, v, config_version + (v - 1) * 1000, effective_at + v * 60000, code, name,
               doc, numbers, is_archived, by_kind, by_id, created_at, 0
          FROM config_object, n WHERE kind = 'rule';
        UPDATE config SET version = (SELECT MAX(config_version) FROM config_object);"
    serve "sqlite:$out/run.db"
    doc=$(sqlite3 $out/run.db "SELECT doc FROM config_object WHERE kind = 'rule' LIMIT 1")
    for ((i = 0; i < 61; i++)); do
        path=$(curl -s "http://127.0.0.1:$port/v1/rules?limit=1" \
            -H "Authorization: Bearer $(cat $out/publish.key)" | grep -o 'rul_[0-9a-z]*' | head -n 1)
        echo "publish ms=$(curl -s -o $out/publish.out -w '%{time_total}' -X PUT \
            "http://127.0.0.1:$port/v1/rules/$path" -d "$doc" -H 'Content-Type: application/json' \
            -H "Authorization: Bearer $(cat $out/publish.key)" -H "If-Match: \"$((100 + i))\"" |
            awk '{ printf "%.2f", $1 * 1000 }')" | tee -a "$log" >&2
    done
    grep -q '"version":161' $out/publish.out
    say "  the server holds $(awk '/RssAnon/ { printf "%d", $2 / 1024 }' /proc/$pid/status) MB"
    stop
    result publish.ms "$(tail -n 60 "$log" | field ms | median)"
}

# A bulk job (six million answers that are to be forgotten, 200 in a step): how many steps it makes when
# nobody else is there, and what 300 sales a second wait beside it.
part_jobs() {
    local log=$out/jobs.log before after
    seeded small $few 20 5
    requests small sale $few $tape_n
    copied small run
    sqlite3 $out/run.db "
        WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 6000000)
        INSERT INTO answer (id, member_id, status, body, version, store_id, at, seal)
        SELECT v, 0, 200, '{}', 0, 0, 0, 0 FROM n;"
    serve "sqlite:$out/run.db"
    sleep 1
    before=$(oldest_answer)
    sleep 3
    after=$(oldest_answer)
    echo "beside $(load small.sale rate=300 seconds=10)" | tee -a "$log" >&2
    say "  in three seconds from answer $before to $after, then to $(oldest_answer)"
    [ "$(oldest_answer)" -lt 6000000 ]                    # or the job was not there all the time
    stop
    result jobs.steps_per_second "$(awk -v n=$((after - before)) 'BEGIN { printf "%.1f", n / 3 / 200 }')"
    result jobs.counter_p99_ms "$(field p99_ms < "$log")"
}
oldest_answer() { sqlite3 -readonly $out/run.db "SELECT COALESCE(MIN(id), 6000000) FROM answer"; }
