# Needs a moment after SIGTERM, and says how it went. Its helper notes a SIGTERM of its own.
sh -c 'trap "echo helper was told too; exit 0" TERM; while :; do sleep 0.05; done' &
trap 'echo stopping; sleep 0.2; echo stopped; exit 3' TERM
echo ready
while :; do sleep 0.05; done
