#!/usr/bin/env bash
# Shows how the cost of http mode grows with connections and with bodies, beside nginx. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java nginx python3 wrk
needs_file "$jar" package

exec python3 -B bench/growth.py --jar "$jar" "$@"
