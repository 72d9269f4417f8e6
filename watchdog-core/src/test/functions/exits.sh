# Ends with the status given.
exit "$1"
