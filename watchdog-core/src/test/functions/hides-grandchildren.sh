# Starts processes that leave its session, ignore SIGTERM, lose their parents or lose their marker; stays or ends.
# With "no-session", none whose session alone tells whose it is.
trap '' TERM
dir=$(dirname "$0")
bare="env -i PATH=$PATH TEST_TREE=$TEST_TREE"
setsid sh "$dir/ignores-sigterm.sh" >/dev/null &
(setsid sh "$dir/ignores-sigterm.sh" >/dev/null &)
setsid sh -c "setsid sh $dir/ignores-sigterm.sh >/dev/null & setsid sleep 600 & wait" &
$bare sleep 600 &
[ "$2" = no-session ] || ($bare sleep 600 &)
nohup sleep 600 2>&1 &
if [ "$1" = stays ]; then
    # Nothing but its parent tells whose this one is.
    $bare setsid sleep 600 &
fi
# Until they are where they want to be.
sleep 0.5
echo ready
while [ "$1" = stays ]; do sleep 1; done
