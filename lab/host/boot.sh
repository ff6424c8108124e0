#!/bin/sh
# Makes the inside of a host, as the first process of its new namespaces, then becomes its init. All mounts are the namespace's own: they
# end with the host's last process.
#   boot.sh NAME FOLDER SHARED -- PRIVATE...
# NAME     the host's name
# FOLDER   the host's folder on the machine: files/ is copied over the host's root, private/ holds the private folders, scratch/ is empty
# SHARED   a folder of the machine that stays visible, wherever it lies: the checkout
# PRIVATE  folders of the host's own, such as /var/lib/docker; kept in FOLDER/private, so they outlive the host's power
# Writes "ready" to file descriptor 3 when the host is made.
set -eu
name=$1 folder=$2 shared=$3
shift 4

echo "$name" >/proc/sys/kernel/hostname
ip link set lo up

# Mounts below the scratch folder hold on to what the mounts further down cover.
mount -t tmpfs -o mode=0755 scratch "$folder/scratch"
cd "$folder/scratch"
mkdir host shared
mount --bind "$folder" host
mount --rbind "$shared" shared

# The machine's files, copy on write. Relative paths: a colon or comma in the folder's name would end an option.
for top in etc root var; do
  mkdir -p "$top/upper" "$top/work"
  mount -t overlay -o "lowerdir=/$top,upperdir=$top/upper,workdir=$top/work" overlay "/$top"
done
mount -t tmpfs -o mode=0755 run /run
mkdir -p /run/lock /run/sshd
mount -t tmpfs -o mode=1777 shm /dev/shm

case $shared in
/etc/* | /root/* | /var/* | /run/*)
  mkdir -p "$shared"
  mount --rbind shared "$shared"
  ;;
esac
for private in "$@"; do
  mkdir -p "$private"
  mount --bind "host/private$private" "$private"
done

# /etc/hosts and /etc/resolv.conf may be links to somewhere else.
for file in $(find host/files -type f); do
  rm -f "${file#host/files}"
  cp -p "$file" "${file#host/files}"
done
# Without PAM, sshd refuses an account whose password field says "locked", even to a key.
sed -i 's/^root:[^:]*:/root:*:/' /etc/shadow

# A fresh sysfs shows the host's network; in the host's cgroup namespace each hierarchy's root is the host's own cgroup.
umount --recursive --lazy /sys
mount -t sysfs sysfs /sys
if grep -q '^[1-9]' /proc/self/cgroup; then
  mount -t tmpfs -o mode=0755 cgroup /sys/fs/cgroup
  while IFS=: read -r _ controllers _; do
    case $controllers in
    '') kind=cgroup2 hierarchy=unified options=rw ;;
    name=*) kind=cgroup hierarchy=${controllers#name=} options=none,$controllers ;;
    *) kind=cgroup hierarchy=$controllers options=$controllers ;;
    esac
    mkdir "/sys/fs/cgroup/$hierarchy"
    mount -t "$kind" -o "$options" "$kind" "/sys/fs/cgroup/$hierarchy"
    case $controllers in
    *,*) for one in $(echo "$controllers" | tr , ' '); do ln -s "$hierarchy" "/sys/fs/cgroup/$one"; done ;;
    esac
  done </proc/self/cgroup
else
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi

cd /
echo ready >&3
exec 3>&-
exec tini -- sleep infinity
