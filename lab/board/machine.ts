// The words that start an emulated board: QEMU's `virt` machine with a Cortex-A53, without KVM. Pure.

/** Two cores are what a device tree made beforehand says as well; it is the same for all boards. */
const cores = 2

/** The machine itself, as QEMU needs it also to describe it in a device tree. */
export function machineArgs(memoryMiB: number): readonly string[] {
  return [
    ...['-M', 'virt,gic-version=2', '-cpu', 'cortex-a53', '-smp', String(cores), '-m', String(memoryMiB)],
    ...['-nodefaults', '-display', 'none'],
  ]
}

/**
 * Both cores take turns in one thread. With a thread each, code that V8 compiles and what QEMU has translated of it do not always agree.
 */
const acceleration = 'tcg,thread=single'

export interface BoardNetwork {
  /** The tap interface in the network namespace that QEMU is started in. */
  readonly tap: string
  readonly hardwareAddress: string
}

export interface BoardMachine {
  readonly memoryMiB: number
  readonly networks: readonly BoardNetwork[]
  /** Of the machine: seen read-only by the board. */
  readonly checkout: string
}

/** Files in the folder that QEMU is started in: a socket's path may have 107 bytes, a folder's more. */
export const boardFiles = {
  kernel: 'vmlinuz',
  initrd: 'initrd.gz',
  deviceTree: 'board.dtb',
  root: 'root.ext4',
  disk: 'disk.qcow2',
  seed: 'seed.tar',
  console: 'console.log',
  qmp: 'qmp.socket',
  qtest: 'qtest.socket',
} as const

/** Without `apparmor=0` runc asks for profiles that a board does not have. */
const kernelArguments = 'console=ttyAMA0 quiet apparmor=0 mitigations=off audit=0 net.ifnames=0 panic=-1'

/** All paths but the checkout's are relative to the board's folder. */
export function qemuArgs({ memoryMiB, networks, checkout }: BoardMachine): readonly string[] {
  const file = boardFiles
  return [
    'qemu-system-aarch64',
    ...machineArgs(memoryMiB),
    ...['-accel', acceleration],
    ...['-kernel', file.kernel, '-initrd', file.initrd, '-dtb', file.deviceTree, '-append', kernelArguments],
    ...['-drive', `if=none,id=disk,file=${file.disk},format=qcow2,cache=writeback,discard=unmap`],
    ...['-drive', `if=none,id=seed,file=${file.seed},format=raw,readonly=on`],
    // Devices on the virtio-mmio bus are found from the last to the first: the disk is vda.
    ...['-device', 'virtio-blk-device,drive=seed', '-device', 'virtio-blk-device,drive=disk'],
    ...['-device', 'virtio-rng-device'],
    ...networks.flatMap(({ tap, hardwareAddress }, index) => [
      ...['-netdev', `tap,id=net${index},ifname=${tap},script=no,downscript=no`],
      ...['-device', `virtio-net-device,netdev=net${index},mac=${hardwareAddress}`],
    ]),
    ...[
      '-fsdev',
      `local,id=checkout,path=${escapeComma(checkout)},security_model=none,readonly=on,multidevs=remap`,
    ],
    ...['-device', 'virtio-9p-device,fsdev=checkout,mount_tag=checkout'],
    ...['-serial', `file:${file.console}`, '-monitor', 'none', '-no-reboot'],
    ...['-qmp', `unix:${file.qmp},server=on,wait=off`],
    ...['-qtest', `unix:${file.qtest},server=on,wait=off`, '-qtest-log', 'none'],
  ]
}

/** In a value of QEMU's options a comma is written twice. */
function escapeComma(text: string): string {
  return text.replaceAll(',', ',,')
}
