#!/bin/sh
# Puts itself into cgroups, then becomes the program: what it starts can be found by its cgroup from its first instruction on.
#   enter.sh CGROUP_PROCS_FILE... -- PROGRAM ARGUMENT...
while [ "$1" != -- ]; do
  echo 0 >"$1" || exit 125
  shift
done
shift
exec "$@"
