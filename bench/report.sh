#!/usr/bin/env bash
# Makes tables and charts from the files in a folder that the benchmarks have saved. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs python3

exec python3 -B bench/report.py "${1:-bench/results}"
