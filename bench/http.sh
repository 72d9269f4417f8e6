#!/usr/bin/env bash
# Compares the watchdog with nginx, as a reverse proxy or as a server of files. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java nginx python3 wrk
needs_file "$jar" package

exec python3 -B bench/proxies.py --jar "$jar" "$@"
