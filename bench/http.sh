#!/usr/bin/env bash
# Compares the watchdog with nginx as a reverse proxy, both in front of the same function. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for command in java nginx python3 wrk; do
  # Debian has nginx where only root's path leads.
  PATH=$PATH:/usr/sbin command -v "$command" >/dev/null || missing+=("$command")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "bench: needs ${missing[*]}; on Debian: apt-get install default-jre-headless nginx-light python3 wrk" >&2
  exit 1
fi
jar=watchdog-undertow/target/watchdog.jar
if [ ! -f "$jar" ]; then
  echo "bench: no $jar; build it: ./mvnw -q -pl watchdog-undertow -am package -DskipTests" >&2
  exit 1
fi

PATH=$PATH:/usr/sbin exec python3 -B bench/proxies.py --jar "$jar" "$@"
