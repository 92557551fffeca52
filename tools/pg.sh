#!/bin/bash
# A private PostgreSQL in a folder: a socket, no port, nobody else's data.
#   tools/pg.sh start DIR     makes and starts it, prints its URL
#   tools/pg.sh stop DIR      stops it and removes DIR
# PG_FSYNC=on for a bench that wants the truth; tests do not wait for disks.
# DIR must be short (a socket's path has at most 107 bytes): mktemp -d /tmp/regulars-pg.XXXXXX
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$bin" ] || { echo "pg.sh: no PostgreSQL server on this machine" >&2; exit 1; }

# The server refuses to run as root; the package has made a user for it.
as_server() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start() {
    local dir=$1
    mkdir -p "$dir"
    chmod 700 "$dir"
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    cd "$dir"
    as_server "$bin/initdb" -D "$dir/data" -U regulars -A trust -E UTF8 --locale=C --no-sync \
        > /dev/null
    as_server tee -a "$dir/data/postgresql.conf" > /dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 100
fsync = ${PG_FSYNC:-off}
full_page_writes = ${PG_FSYNC:-off}
synchronous_commit = ${PG_FSYNC:-off}
max_wal_size = 2GB
timezone = 'UTC'
CONF
    as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start \
        > /dev/null 2>&1 < /dev/null || { cat "$dir/log" >&2; exit 1; }
    as_server "$bin/createdb" -h "$dir" -U regulars regulars
    echo "postgres://regulars@/regulars?host=$dir"
}

stop() {
    local dir=$1
    if [ -f "$dir/data/postmaster.pid" ]; then
        (cd / && as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop) \
            > /dev/null 2>&1 || true
    fi
    if [ -d "$dir/data" ]; then rm -rf "$dir"; else rmdir "$dir" 2>/dev/null || true; fi
}

case "${1:-}" in
start) start "$(realpath -m "${2:?DIR}")" ;;
stop)  stop "$(realpath -m "${2:?DIR}")" ;;
*)     echo "usage: tools/pg.sh start|stop DIR" >&2; exit 2 ;;
esac
