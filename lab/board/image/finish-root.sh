#!/bin/sh
# Makes a bootable root of Debian packages that were extracted and nothing more. It runs no program of the board's architecture: what the
# packages' own scripts would do is done here, as far as a board needs it.
#   finish-root.sh ROOT GUEST NODE
# ROOT   the extracted packages
# GUEST  the board's own programs, lab/board/guest
# NODE   the Node binary of the board's architecture
set -eu
root=$1 guest=$2 node=$3
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

install -m 644 "$guest/inittab" etc/inittab
mkdir -p lib/board etc/board etc/shoal var/lib/shoal root/.ssh run tmp
chmod 700 root root/.ssh
for program in start find-devices serve-ssh engine; do install -m 755 "$guest/$program" "lib/board/$program"; done
# One camera: the capture node alone of one device.
echo 'options vivid n_devs=1 node_types=0x1' >etc/modprobe.d/board.conf
depmod -b . "$(ls lib/modules)"
