# Prints lines of several kinds, and then runs on without listening anywhere.
printf '%s\n' '{"level": "info"}' '' 'two  blanks'
head -c 300000 /dev/zero | tr '\0' x
echo
echo 'the end of the output'
echo 'a warning' >&2
exec sleep 600
