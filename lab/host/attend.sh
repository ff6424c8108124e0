#!/bin/sh
# Waits for a program on the user's terminal and ends with its exit code, 128 + N when signal N ended it.
#   attend.sh PROGRAM ARGUMENT...
# Ctrl-C and Ctrl-\ reach the whole process group: the program decides what they mean, everyone around it stays.
trap : INT QUIT
"$@"
exit $?
