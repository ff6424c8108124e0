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
  kill -s TERM "$program" && sleep 20 && kill -s KILL "$program"
} >/dev/null 2>&1 &
exec 3<&-
wait "$program"
code=$?
rm -f "$pidfile"
exit "$code"
