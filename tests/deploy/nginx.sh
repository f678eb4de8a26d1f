#!/usr/bin/env bash
# The shipped nginx file for real: TLS with a throw-away certificate, two servers on one PostgreSQL
# behind it. Answers with canaries in address, browser, query, code and words; then all logs are
# searched. One request that could be read as two; one server killed; forms sent through all of it.
#   tests/deploy/nginx.sh PROGRAM        needs nginx, openssl, curl, psql and TEST_POSTGRES_URL
# Prints "ok - …" or "not ok - …" for each, and ends with 1 on a failure.
set -euo pipefail
program=$(readlink -f "$1")
here=$(cd "$(dirname "$0")/../.." && pwd)
for tool in nginx openssl curl psql python3; do
  command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 0; }
done
[ -n "${TEST_POSTGRES_URL:-}" ] || { echo "skipped: TEST_POSTGRES_URL is not set"; exit 0; }

work=$(mktemp -d)
failed=0
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  [ -f "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  wait 2>/dev/null || true
  psql --quiet --no-psqlrc -c "drop schema if exists $schema cascade" "$TEST_POSTGRES_URL" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT
ok() { echo "ok - $1"; }
not_ok() { echo "not ok - $1"; failed=1; }
check() { local what=$1; shift; if "$@"; then ok "$what"; else not_ok "$what"; fi; }

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
staff1=$(port); intake1=$(port); staff2=$(port); intake2=$(port); plain=$(port); tls=$(port)

schema=d$(python3 -c 'import uuid; print(uuid.uuid4().hex)')
psql --quiet --no-psqlrc -c "create schema $schema" "$TEST_POSTGRES_URL"
join='?'; case $TEST_POSTGRES_URL in *\?*) join='&' ;; esac
database="$TEST_POSTGRES_URL${join}options=-c%20search_path%3D$schema"

# Something to answer: the invented neighbourhood.
"$program" demo --fill-only --data "$work/data" --database-url "$database" --listen 127.0.0.1:1 >"$work/addresses"
form=$(sed -n 's#^pulse2 http://[^/]*##p' "$work/addresses" | head -n 1)
[ -n "$form" ] || { echo "not ok - the demonstration has no pulse2"; exit 1; }
door=${form#/p/}

serve() { # number staff intake
  RUST_LOG=${RUST_LOG:-info} "$program" serve --data "$work/data" --database-url "$database" \
    --listen "127.0.0.1:$2" --intake-listen "127.0.0.1:$3" --base-url https://localhost --proxy 127.0.0.1 \
    >"$work/server$1.log" 2>&1 &
  pids+=($!)
}
serve 1 "$staff1" "$intake1"; first=$!
serve 2 "$staff2" "$intake2"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
mkdir -p "$work/logs" "$work/tmp"
# The shipped file, with the places that its head names filled in, and ports of this test's own.
sed -e "s#127.0.0.1:8081#127.0.0.1:$intake1#; s#127.0.0.1:8083#127.0.0.1:$intake2#" \
    -e "s#127.0.0.1:8080 max#127.0.0.1:$staff1 max#; s#127.0.0.1:8082 max#127.0.0.1:$staff2 max#" \
    -e "s#/etc/letsencrypt/live/diagnosis.example.org/fullchain.pem#$work/cert.pem#" \
    -e "s#/etc/letsencrypt/live/diagnosis.example.org/privkey.pem#$work/key.pem#" \
    -e "s#diagnosis.example.org#localhost#; s#/var/log/nginx/#$work/logs/#" \
    -e "s#listen 80;#listen 127.0.0.1:$plain;#; s#listen 443 ssl;#listen 127.0.0.1:$tls ssl;#" \
    -e '/listen \[::\]/d' "$here/deploy/nginx.conf" >"$work/site.conf"
user=""; [ "$(id -u)" = 0 ] && user="user root;"
cat >"$work/nginx.conf" <<CONF
$user
pid $work/nginx.pid;
error_log $work/logs/error.log;
worker_processes 2;
events { worker_connections 1024; }
http {
  client_body_temp_path $work/tmp/body;
  proxy_temp_path $work/tmp/proxy;
  fastcgi_temp_path $work/tmp/f;
  uwsgi_temp_path $work/tmp/u;
  scgi_temp_path $work/tmp/s;
  access_log $work/logs/access.log;
  include $work/site.conf;
}
CONF
nginx -q -t -c "$work/nginx.conf" -e "$work/logs/error.log" && ok "nginx takes the shipped file" || not_ok "nginx takes the shipped file"
nginx -c "$work/nginx.conf" -e "$work/logs/error.log"

site=https://localhost:$tls
# Without these two a form comes from nowhere; browsers always send them.
own=(-H "Origin: $site" -H 'Sec-Fetch-Site: same-origin')
ask() { curl --silent --show-error --cacert "$work/cert.pem" --interface 127.0.0.77 --resolve "localhost:$tls:127.0.0.1" \
  -A canary-agent-5150 "${own[@]}" "$@"; }
ready=0
for _ in $(seq 300); do
  if curl -sf "http://127.0.0.1:$intake1/ready" >/dev/null && curl -sf "http://127.0.0.1:$intake2/ready" >/dev/null; then ready=1; break; fi
  sleep 0.1
done
[ "$ready" = 1 ] || { not_ok "both servers are ready"; cat "$work"/server*.log; exit 1; }
ok "both servers are ready"

uuid() { python3 -c 'import uuid; print(uuid.uuid4())'; }
send() { # extra arguments of curl
  ask -o "$work/answer" -w '%{http_code}' "$@" --data-urlencode "_id=$(uuid)" -d q1=safe \
    --data-urlencode "q7=canary-answer-5151" "$site$form/en?canary-query-5152=1"
}
count() { psql --quiet --no-psqlrc -At -c "select count(*) from $schema.$1" "$TEST_POSTGRES_URL"; }
before=$(count response)
check "a form through the proxy is taken" test "$(send)" = 303
check "and stored once" test "$(count response)" = $((before + 1))
check "the page comes through" test "$(ask -o /dev/null -w '%{http_code}' "$site$form/en")" = 200
check "sign-in comes through to the staff listener" test "$(ask -o /dev/null -w '%{http_code}' "$site/sign-in")" = 200
check "the intake listener itself has no sign-in" test "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$intake1/sign-in")" = 404
other=$(own=(-H 'Origin: https://elsewhere.example'); ask -o /dev/null -w '%{http_code}' -d _id=x "$site$form/en")
check "a form from another site is refused" test "$other" = 403
check "plain http leads to TLS" test "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$plain/p")" = 301
check "HSTS is said" grep -qi strict-transport-security <(ask -I "$site/p")
code=$(ask -o /dev/null -w '%{http_code}' --data-urlencode "door=7K2M-9QXA-R4TBZ" "$site/p")
check "a code typed at the wrong place is answered" test "$code" = 404
check "a packed body is refused" test "$(send -H 'Content-Encoding: gzip')" = 415
check "a server that is asked for a page that is not there says so" test "$(ask -o /dev/null -w '%{http_code}' "$site/p/nobody/en?canary-query-5152")" = 404

# Photos go through nginx too: a form in parts, larger than what stays in nginx's memory.
head -c 3000000 /dev/urandom >"$work/noise"
big=$(ask -o "$work/answer" -w '%{http_code}' -F "_id=$(uuid)" -F q1=safe -F "x=@$work/noise" "$site$form/en")
check "a file nobody asked for is refused behind the proxy, too ($big)" test "$big" = 413 -o "$big" = 422

# One request that a proxy and a server might read as two.
python3 - "$tls" "$form" >"$work/smuggled" <<'PY'
import socket, ssl, sys
port, form = int(sys.argv[1]), sys.argv[2]
hidden = f"POST {form}/en HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
head = f"POST {form}/en HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
tries = {
    "CL.TE": head + f"Content-Length: {len(hidden) + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
    "TE.CL": head + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + f"{len(hidden):x}\r\n{hidden}\r\n0\r\n\r\n",
    "xchunked": head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
    "TE space": head + "Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
    "two lengths": head + f"Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n" + hidden,
    "folded": head + "X: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
    "bare LF": head + f"X: 1\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
}
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
for name, bytes_ in tries.items():
    with socket.create_connection(("127.0.0.1", port)) as raw, context.wrap_socket(raw) as stream:
        stream.settimeout(30)
        stream.sendall(bytes_.encode())
        answer = b""
        try:
            while piece := stream.recv(65536):
                answer += piece
        except (OSError, TimeoutError):
            pass
    print(name, [answer[at + 9:at + 12].decode() for at in range(len(answer)) if answer.startswith(b"HTTP/1.1 ", at)])
PY
while read -r line; do
  # nginx refuses most of them itself; what it reads as one request is one request here as well.
  case $line in
    *"['400']") ok "smuggled ${line}" ;;
    "folded ['4"*"']" | "two lengths ['400']" | "bare LF ['400']" | "bare LF ['501']" | "xchunked ['501']") ok "smuggled ${line}" ;;
    *) not_ok "smuggled ${line}" ;;
  esac
done <"$work/smuggled"
check "nothing smuggled is stored" test "$(count response)" = $((before + 1))

# One of two servers dies: everybody is still answered, nothing is lost, nothing is there twice.
now=$(count response)
kill -9 "$first"; wait "$first" 2>/dev/null || true
taken=0
for _ in $(seq 20); do [ "$(send)" = 303 ] && taken=$((taken + 1)); done
check "with one server killed, 20 of 20 are taken ($taken)" test "$taken" = 20
check "and each is stored once" test "$(count response)" = $((now + 20))

# What can be read afterwards.
cat "$work"/logs/* "$work"/server*.log >"$work/said" 2>/dev/null || true
for canary in 127.0.0.77 canary-agent-5150 canary-answer-5151 canary-query-5152 7K2M-9QXA 7K2M9QXA; do
  hits=$(grep -c -F -- "$canary" "$work/said" || true)
  check "$canary stands $hits times in the logs of nginx and the servers" test "$hits" = 0
done
check "the door stands in no log" test "$(grep -c -F -- "/p/$door" <(sed '/^[a-z_/-]* http/d' "$work/said") || true)" = 0
left=$(find "$work/tmp" -type f | wc -l)
check "nginx left no file with what was sent ($left)" test "$left" = 0
exit "$failed"
