#!/usr/bin/env bash
# Measures in nanoseconds what each call passes: heads, the access line, counters. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java javac python3

exec python3 -B bench/jmh.py --jar "$jar" "$@"
