# What upstream.py answers, as one process a call.
case $Http_Path in
  /events)
    for number in 0 1 2 3 4 5 6 7 8 9; do
      printf 'data: %d\n\n' "$number"
      sleep 0.05
    done
    ;;
  *)
    if [ "$Http_Method" = POST ]; then
      printf '%32d' "$(wc -c)"
    else
      head -c "${Http_Path#/}" /dev/zero | tr '\0' x
    fi
    ;;
esac
