# Fills both pipes at once, many times over: whoever drains one after the other waits for ever.
i=0
while [ $i -lt "$1" ]; do
    echo "stdout line $i, with some text so that it has a usual length"
    echo "stderr line $i, with some text so that it has a usual length" >&2
    i=$((i + 1))
done
