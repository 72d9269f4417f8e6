#!/usr/bin/env bash
# Measures how long the watchdog takes to start, and what it holds while idle. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
openfaas=watchdog-undertow/target/openfaas
needs java javac python3
needs_file "$jar" package

exec python3 -B bench/starts.py --jar "$jar" --openfaas "$openfaas" "$@"
