#!/usr/bin/env bash
# Compares functions in the watchdog's own JVM with OpenFaaS' entrypoint, and with that behind http mode. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/.."
. bench/needs.sh
openfaas=watchdog-undertow/target/openfaas
needs java javac nginx python3 wrk
needs_file "$jar" package
needs_file "$openfaas/entrypoint.jar" pre-integration-test

exec python3 -B bench/functions.py --jar "$jar" --openfaas "$openfaas" "$@"
