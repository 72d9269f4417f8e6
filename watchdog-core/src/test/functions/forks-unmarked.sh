# Starts processes that leave its session and have lost their marker, one after the other, $1 of them at most.
bare="env -i PATH=$PATH TEST_TREE=$TEST_TREE"
echo ready
i=0
while [ $i -lt "$1" ]; do
    $bare setsid sleep 600 </dev/null >/dev/null 2>&1 &
    i=$((i + 1))
done
wait
