# A chain of processes, each in a session of its own and an orphan, that leave some more on each level: $1 levels.
if [ "$1" -gt 0 ]; then
    sleep 600 &
    setsid sleep 600 &
    (setsid sleep 600 >/dev/null 2>&1 &)
    setsid sh "$0" $(($1 - 1)) </dev/null &
    exit 0
fi
echo ready
sleep 600
