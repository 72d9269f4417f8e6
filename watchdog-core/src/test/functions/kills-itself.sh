# Ends by the signal given.
kill -"$1" $$
