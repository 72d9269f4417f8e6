#!/usr/bin/env bash
# Compares unary gRPC calls through the watchdog with nginx and with none in between. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java nginx python3 h2load go
needs_file "$jar" package

exec python3 -B bench/calls.py --jar "$jar" "$@"
