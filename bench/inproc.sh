#!/usr/bin/env bash
# Compares functions in the watchdog's own JVM with OpenFaaS' entrypoint, and with that behind http mode. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for command in java javac nginx python3 wrk; do
  # Debian has nginx where only root's path leads.
  PATH=$PATH:/usr/sbin command -v "$command" >/dev/null || missing+=("$command")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "bench: needs ${missing[*]}; on Debian: apt-get install default-jdk-headless nginx-light python3 wrk" >&2
  exit 1
fi
jar=watchdog-undertow/target/watchdog.jar
openfaas=watchdog-undertow/target/openfaas
if [ ! -f "$jar" ] || [ ! -f "$openfaas/entrypoint.jar" ]; then
  echo "bench: no $jar, or no $openfaas; build them: ./mvnw -q -pl watchdog-undertow -am pre-integration-test -DskipTests" >&2
  exit 1
fi

PATH=$PATH:/usr/sbin exec python3 -B bench/functions.py --jar "$jar" --openfaas "$openfaas" "$@"
