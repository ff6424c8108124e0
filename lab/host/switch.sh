#!/bin/sh
# Makes the inside of the switch, as the first process of its network, mount and process namespace, then becomes its init: what lays
# wires in user space is a child of it.
#   switch.sh ADDRESS/PREFIX
# The bridge has a namespace of its own: an engine beside it would set FORWARD DROP on what it bridges.
# Writes "ready" to file descriptor 3 when the switch is made.
set -eu
mount -t tmpfs -o mode=0755 run /run
ip link set lo up
ip link add switch type bridge forward_delay 0 stp_state 0 mcast_snooping 0
ip address add "$1" dev switch
ip link set switch up
echo ready >&3
exec 3>&-
exec tini -- sleep infinity
