#!/bin/bash
# ./dev cdnow FILE [--db sqlite|postgres] [--in DIR]: a real shop's sales into the books, and the books
# proven.  SQLite in a new folder by default; with --in DIR, DIR/regulars.db is kept and continued.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=${REGULARS_BIN:-$root/build/release/regulars}
file= engine=sqlite dir=

while [ $# -gt 0 ]; do
    case $1 in
    --db) engine=${2:?--db sqlite or postgres}; shift ;;
    --in) dir=${2:?--in DIR}; shift ;;
    --*)  echo "cdnow: there is no $1" >&2; exit 2 ;;
    *)    file=$1 ;;
    esac
    shift
done
[ -r "$file" ] || { echo "usage: ./dev cdnow FILE [--db sqlite|postgres] [--in DIR]" >&2; exit 2; }
file=$(realpath "$file")

work=$(mktemp -d "${TMPDIR:-/tmp}/regulars-cdnow.XXXXXX")
chmod 711 "$work"
clean_up() { [ ! -d "$work/pg" ] || "$root/tools/pg.sh" stop "$work/pg"; rm -rf "$work"; }
trap clean_up EXIT
trap 'exit 130' INT TERM

case $engine in
sqlite)
    if [ -n "$dir" ]; then mkdir -p "$dir"; db=sqlite:$(realpath "$dir")/regulars.db
    else db=sqlite:$work/regulars.db; fi ;;
postgres)
    [ -z "$dir" ] || { echo "cdnow: --in DIR is for SQLite" >&2; exit 2; }
    db=$("$root/tools/pg.sh" start "$work/pg") ;;
*)  echo "cdnow: --db sqlite or postgres" >&2; exit 2 ;;
esac

cat > "$work/setup.json" <<'JSON'
{"company": {"code": "CDNOW", "name": "CDNOW"},
 "stores": [{"code": "WEB", "name": "On-line", "kind": "online"}],
 "units": [{"code": "points", "name": "points", "valid_days": 365}],
 "tiers": {"levels": [{"code": "one", "name": "One", "threshold_minor": 10000},
                      {"code": "two", "name": "Two", "threshold_minor": 30000},
                      {"code": "three", "name": "Three", "threshold_minor": 100000}],
           "window_days": 365, "term_days": 365, "renew": "at_term_end", "down": "recompute"},
 "rules": [{"name": "1 point for each whole dollar", "on": "purchase", "then": [
            {"points.grant": {"unit": "points", "amount": {"per": 100, "give": 1}}}]}],
 "effective_at": "1997-01-01T05:00:00Z"}
JSON

now=1998-07-01T00:00
began=$(date +%s.%N)
"$bin" migrate --db "$db" --zone America/New_York --currency USD --decimals 2 --region US \
    --now $now --setup "$work/setup.json" >&2
"$bin" import purchases "$file" --db "$db" --now $now --delimiter blank --time 12:00 --store WEB \
    --provider ext:cdnow --map member=1,date=2,total=4 --rejects "$work/rejected" > "$work/rows"
[ ! -s "$work/rejected" ] || { echo "cdnow: rows were refused:" >&2; head -n 20 "$work/rejected" >&2; }
status=0
"$bin" check --db "$db" --now $now --deep --totals > "$work/check" || status=$?
ended=$(date +%s.%N)

grep -v '^check ' "$work/check" || true
grep -v '^rows_rejected ' "$work/rows"
awk -v a="$began" -v b="$ended" 'BEGIN { printf "seconds %.1f\n", b - a }'
grep '^check ' "$work/check" || true
exit $status
