#!/usr/bin/env bash
# Compares a limit of requests at once with and without a queue behind it. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java python3 wrk
needs_file "$jar" package

exec python3 -B bench/waiting.py --jar "$jar" "$@"
