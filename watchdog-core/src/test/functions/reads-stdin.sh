# Says so when its standard input ends or gives a line.
echo ready
read -r line
echo "standard input: '$line'"
