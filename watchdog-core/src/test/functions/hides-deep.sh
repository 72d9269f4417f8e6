# A chain of processes, each in a session of its own and an orphan, that leave some more on each level: $1 levels.
# The first process ends with its input. Until then "ready" can be read: with the process, the JDK closes its output.
if [ "$1" -gt 0 ]; then
    sleep 600 &
    setsid sleep 600 &
    (setsid sleep 600 >/dev/null 2>&1 &)
    setsid sh "$0" $(($1 - 1)) deeper </dev/null &
    [ "$2" = deeper ] || read -r _
    exit 0
fi
echo ready
sleep 600
