# Runs a program of a measurement on a host: sh -c THIS sh PIDFILE BIN KIND ARGV. Its pid lies in PIDFILE while it runs, which is how it is
# reached by signals. KIND `input`: stdin is the program's. `held`: stdin is held open by whoever started it, and when that one is gone,
# killed as it may be, the program is ended.
pidfile=$1 kind=$3
PATH="$2:$PATH"
export PATH
shift 3
cd || exit 126
if [ "$kind" = input ]; then
  echo $$ >"$pidfile"
  exec "$@"
fi
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
echo "$program" >"$pidfile"
{
  cat <&3
  kill -s TERM "$program"
  # It has 20 s, and is looked for all the while: when it has ended, its pid may soon be another's.
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -s 0 "$program" || exit
    sleep 1
  done
  kill -s KILL "$program"
} >/dev/null 2>&1 &
exec 3<&-
wait "$program"
code=$?
rm -f "$pidfile"
exit "$code"
