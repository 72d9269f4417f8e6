#!/usr/bin/env bash
# Loads http and streaming mode for minutes, and fails where they grow or a request fails. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
needs java python3
needs_file "$jar" package

exec python3 -B bench/soak.py --jar "$jar" "$@"
