#!/bin/sh
# Makes a bootable root of Debian packages that were extracted and nothing more. It runs no program of the board's architecture: what the
# packages' own scripts would do is done here, as far as a board needs it.
#   finish-root.sh ROOT NODE
# ROOT   the extracted packages
# NODE   the Node binary of the board's architecture
# The board's own programs (lab/board/guest) come with its seed.
set -eu
root=$1 node=$2
cd "$root"

# What no board uses takes time to write.
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/info usr/lib/linux-image-* boot/System.map-*
(cd lib/modules/*/kernel && rm -rf sound drivers/gpu drivers/infiniband drivers/scsi drivers/staging drivers/ata drivers/target \
  drivers/hid drivers/md drivers/media/usb drivers/media/pci drivers/media/dvb-frontends drivers/media/tuners drivers/net/ethernet)

cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin' >>etc/passwd
echo 'docker:x:999:' >>etc/group
# A log-in by key alone: without PAM, sshd refuses an account whose password field says "locked".
sed 's/^root:[^:]*:/root:x:/' -i etc/passwd
sed 's/^\([^:]*\):.*/\1:*:19000:0:99999:7:::/' etc/passwd >etc/shadow
chmod 600 etc/shadow
: >etc/fstab

for tool in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -sf "xtables-nft-multi" "usr/sbin/$tool"
done
for applet in sbin/init sbin/poweroff sbin/reboot sbin/hwclock usr/bin/awk usr/bin/which usr/bin/killall bin/ping usr/bin/wget bin/nc; do
  ln -sf /bin/busybox "$applet"
done
mkdir -p usr/local/bin usr/local/sbin
install -m 755 "$node" usr/local/bin/node

mkdir -p etc/shoal var/lib/shoal root/.ssh run tmp
chmod 700 root root/.ssh
# One camera: the capture node alone of one device.
echo 'options vivid n_devs=1 node_types=0x1' >etc/modprobe.d/board.conf
depmod -b . "$(ls lib/modules)"
