#!/bin/sh
# The OCI runtime `shoal`: runc, but for a container with claims, whose configuration create.cjs completes before runc makes it.
# Runs at every OCI call of the Engine: no process is started but for `create`, Node only for a claim. The installation writes the two paths.
runc=runc
node=node
here=${0%/*}
[ -x "$runc" ] || runc=runc

verb='' value='' bundle=. root=/run/runc log='' format=text id=''
for word in "$@"; do
  if [ -n "$value" ]; then
    case $value in
      bundle) bundle=$word ;;
      root) root=$word ;;
      log) log=$word ;;
      format) format=$word ;;
    esac
    value=''
    continue
  fi
  case $word in
    --root | -root) value=root ;;
    --root=* | -root=*) root=${word#*=} ;;
    --log | -log) value=log ;;
    --log=* | -log=*) log=${word#*=} ;;
    --log-format | -log-format) value=format ;;
    --log-format=* | -log-format=*) format=${word#*=} ;;
    --bundle | -bundle | -b) value=bundle ;;
    --bundle=* | -bundle=* | -b=*) bundle=${word#*=} ;;
    --criu | -criu | --rootless | -rootless) value=other ;;
    --pid-file | -pid-file | --console-socket | -console-socket | --preserve-fds | -preserve-fds) value=other ;;
    -*) ;;
    *)
      if [ -z "$verb" ]; then
        verb=$word
        [ "$verb" = create ] || exec "$runc" "$@"
      else
        id=$word
      fi
      ;;
  esac
done

# A file that cannot be read is runc's to complain of.
[ "$verb" = create ] && LC_ALL=C grep -qF DOCKER_RESOURCE_ "$bundle/config.json" 2>/dev/null || exec "$runc" "$@"

# Not exec: runc shall start as the Engine started this, and Node raises limits and ignores signals. 3: it has told the reason.
NODE_OPTIONS='' NODE_EXTRA_CA_CERTS='' "$node" "$here/create.cjs" "$$" "$bundle" "$root" "$id" "$log" "$format"
status=$?
[ "$status" -ne 0 ] || exec "$runc" "$@"
[ "$status" -ne 3 ] || exit 1
reason="the device runtime of Shoal did not run (status $status of $node $here/create.cjs); next: shoal worker join, once more"
if [ -n "$log" ] && [ "$format" = json ]; then
  printf '{"level":"error","msg":"%s","time":"%s"}\n' "$reason" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >>"$log"
else
  printf '%s\n' "$reason" >&2
fi
exit 1
