#!/usr/bin/env bash
# Compares streaming mode with the least that one process a call can cost. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for command in cc curl java python3 wrk; do
  command -v "$command" >/dev/null || missing+=("$command")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "bench: needs ${missing[*]}; on Debian: apt-get install default-jre-headless curl gcc libc6-dev python3 wrk" >&2
  exit 1
fi
jar=watchdog-undertow/target/watchdog.jar
if [ ! -f "$jar" ]; then
  echo "bench: no $jar; build it: ./mvnw -q -pl watchdog-undertow -am package -DskipTests" >&2
  exit 1
fi

exec python3 -B bench/forks.py --jar "$jar" "$@"
