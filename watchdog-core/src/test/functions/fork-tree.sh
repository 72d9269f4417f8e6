# A tree of three levels with 10 children each, 1110 processes, some of them in sessions of their own, that keeps on forking.
if [ "$1" = 0 ]; then
    exec sleep 600
fi
i=0
while [ $i -lt 10 ]; do
    if [ $((i % 5)) = 0 ]; then
        setsid sh "$0" $(($1 - 1)) &
    else
        sh "$0" $(($1 - 1)) &
    fi
    i=$((i + 1))
done
while :; do
    sleep 1
    sleep 600 &
done
