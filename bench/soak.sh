#!/usr/bin/env bash
# Loads the watchdog for minutes, and fails where it grows or a request fails; with --chaos beside faults. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
program=bench/soak.py
needs java python3
for argument in "$@"; do
  if [ "$argument" = --chaos ]; then
    program=bench/chaos.py
    needs curl javac
  fi
done
needs_file "$jar" package

exec python3 -B "$program" --jar "$jar" "$@"
