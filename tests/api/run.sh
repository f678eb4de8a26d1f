#!/usr/bin/env bash
# Schemathesis against a live server: every address of the description with a bounded number of
# requests, good ones and bad ones, signed in and not. Every answer must be one that the description
# names, in the shape it gives.
#   tests/api/run.sh PROGRAM [SCHEMATHESIS] [REQUESTS]
set -euo pipefail
program=$1
tool=${2:-schemathesis}
examples=${3:-20}
if ! command -v "$tool" >/dev/null; then
  echo "skipped: schemathesis is not here, so no program was let loose on the interface"
  exit 0
fi
folder=$(mktemp -d)
stop() {
  if [ -n "${server:-}" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT
"$program" demo --data "$folder/data" --listen 127.0.0.1:0 >"$folder/out" 2>"$folder/err" &
server=$!
for _ in $(seq 600); do
  if grep -q coordinator "$folder/out"; then break; fi
  kill -0 "$server" 2>/dev/null || { cat "$folder/err"; exit 1; }
  sleep 0.2
done
link=$(grep -m1 '^coordinator' "$folder/out" | grep -o 'http://[^ ]*')
base=${link%%/i/*}
cookie=$(curl -s -o /dev/null -c - -d passphrase= -H 'sec-fetch-site: same-origin' "$link" | awk '$6 == "miradouro" { print $7 }')
[ -n "$cookie" ] || { echo "nobody could sign in"; exit 1; }
slug=$(curl -s "$base/api/v1/diagnoses" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["slug"])')
hash=$(curl -s "$base/api/v1/diagnoses/$slug/instruments" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["hash"])')
# What is there, so that not every request meets nothing.
cat >"$folder/schemathesis.toml" <<T
[parameters]
"path.slug" = "$slug"
"path.number" = 1
"path.hash" = "$hash"
T
curl -s "$base/api/v1/openapi.json" | sed 's/__Host-miradouro/miradouro/' >"$folder/openapi.json"
# Without the first line a request with a wrong cookie would be taken for a good one.
checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method
for who in nobody coordinator; do
  header=()
  if [ "$who" = coordinator ]; then header=(--header "Cookie: miradouro=$cookie"); fi
  for what in known any; do
    configured=()
    if [ "$what" = known ]; then configured=(--config-file "$folder/schemathesis.toml"); fi
    echo "$who, $what addresses"
    "$tool" "${configured[@]}" run "$folder/openapi.json" --url "$base" "${header[@]}" --checks "$checks" \
      --max-examples "$examples" --phases examples,coverage,fuzzing --seed 6 --no-color \
      >"$folder/said" 2>&1 || { cat "$folder/said"; exit 1; }
    tail -n 12 "$folder/said"
  done
done
