#!/bin/sh
# Makes the initrd of a board: BusyBox, its first program and the drivers of its disk, in the order in which they have to be loaded.
#   make-initrd.sh ROOT OUT
set -eu
root=$1 out=$2
inside=$(mktemp -d)
trap 'rm -rf "$inside"' EXIT
mkdir -p "$inside/bin" "$inside/dev" "$inside/root" "$inside/modules"
cp "$root/bin/busybox" "$inside/bin/busybox"
install -m 755 "$(dirname "$0")/initrd-init" "$inside/init"
number=100
for driver in virtio_mmio virtio_blk ext4 crc32c_generic; do
  modprobe --dirname "$root" --set-version "$(ls "$root/lib/modules")" --show-depends "$driver"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' | while read -r file; do
  number=$((number + 1))
  cp "$file" "$inside/modules/$number-${file##*/}"
done
(cd "$inside" && find . | cpio --quiet --create --format=newc | gzip -1) >"$out"
