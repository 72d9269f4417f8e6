# A line of the given number of bytes, without a newline of its own, between two short ones.
echo before
head -c "$1" /dev/zero | tr '\0' x
echo
echo after
