# What chaosupstream.py answers, as one process for each request; the other paths are those of soak.sh.
case $Http_Path in
  /exit) exit 3 ;;
  /half)
    printf half
    exit 3
    ;;
  /killed) kill -9 $$ ;;
  /terminated) kill -15 $$ ;;
  /hang)
    sleep 60 &
    sleep 60
    ;;
  /deaf)
    exec <&-
    printf '%32d' 0
    ;;
  /wait)
    sleep 2
    head -c 32 /dev/zero | tr '\0' x
    ;;
  *) . "${0%/*}/soak.sh" ;;
esac
