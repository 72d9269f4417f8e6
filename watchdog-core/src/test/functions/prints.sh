# Prints to both streams; the last line has no newline.
echo "to stdout"
echo "to stderr" >&2
printf 'a last line'
