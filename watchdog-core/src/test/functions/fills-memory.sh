# Two processes, one of them with $1 bytes of memory, which the system takes some time to free.
exec 3>&1
{ head -c "$1" /dev/zero; echo ready >&3; exec sleep 600; } | tail -c "$1"
