#!/usr/bin/env bash
# Compares streaming mode with the least that one process a call can cost. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs cc curl java python3 wrk
needs_file "$jar" package

exec python3 -B bench/forks.py --jar "$jar" "$@"
