// A wire as vde2 makes it, where the kernel has no netem: a tap interface an end, joined by wirefilter in user space.
import type { Figures, Wire, WireEnd, Workshop } from './link-kind.ts'
import { inNetwork } from './namespace-argv.ts'

/** Sockets lie in the switch's private /run: short paths (a socket's may have 107 bytes) that end with the lab. */
const socketOf = (wire: Wire, end: 'near' | 'far') => `/run/${wire.id}.${end}`

/** The switch's files and, so that its init buries the daemons, its processes. */
const inSwitch = (switchPid: number) => [
  `--mount=/proc/${switchPid}/ns/mnt`,
  `--pid=/proc/${switchPid}/ns/pid`,
]

/** A tap in the end's network namespace, its socket in the switch's /run. `-daemon`: with a console, the end of stdin would end it. */
export function vdeSwitchArgs(end: WireEnd, socket: string, switchPid: number): readonly string[] {
  const vde = ['vde_switch', '-daemon', '-tap', end.interfaceName, '-sock', socket, '-mod', '700']
  return ['nsenter', ...inSwitch(switchPid), `--net=/proc/${end.pid}/ns/net`, '--', ...vde]
}

/**
 * Delay, jitter (`N`: normal, 98 % within), loss and rate in both directions; a buffer of 50 ms, as the wired kinds have it. A management socket beside
 * `--daemon`: otherwise wirefilter reads commands from stdin and ends when that closes.
 */
export function wirefilterArgs(wire: Wire, switchPid: number): readonly string[] {
  const { rateMbit, delayMs, jitterMs, lossPercent }: Figures = wire.figures
  const bytesPerSecond = Math.round((rateMbit * 1e6) / 8)
  const bufferBytes = Math.max(65_536, Math.round(bytesPerSecond * ((delayMs + 50) / 1000)))
  return [
    ...['nsenter', ...inSwitch(switchPid), '--', 'wirefilter'],
    ...['--daemon', '--mgmt', `/run/${wire.id}.management`],
    ...['--vde-plug', `${socketOf(wire, 'near')}:${socketOf(wire, 'far')}`],
    ...['--delay', jitterMs > 0 ? `${delayMs}+${jitterMs}N` : String(delayMs)],
    ...[
      '--loss',
      String(lossPercent),
      '--band',
      String(bytesPerSecond),
      '--chanbufsize',
      String(bufferBytes),
    ],
  ]
}

export function sweepArgs(wire: Wire, switchPid: number): readonly string[] {
  const sockets = [socketOf(wire, 'near'), socketOf(wire, 'far'), `/run/${wire.id}.management`]
  return ['nsenter', `--mount=/proc/${switchPid}/ns/mnt`, '--', 'rm', '-rf', ...sockets]
}

export async function layVde(wire: Wire, workshop: Workshop): Promise<void> {
  const { switchPid } = workshop
  // A wire that was killed has left its sockets; the next would find the addresses taken.
  await workshop.run(sweepArgs(wire, switchPid))
  await workshop.leave(wire, vdeSwitchArgs(wire.near, socketOf(wire, 'near'), switchPid))
  await workshop.leave(wire, vdeSwitchArgs(wire.far, socketOf(wire, 'far'), switchPid))
  await workshop.leave(wire, wirefilterArgs(wire, switchPid))
  for (const { pid, interfaceName } of [wire.near, wire.far]) {
    await workshop.run(inNetwork(pid, ['ip', 'link', 'show', 'dev', interfaceName]))
  }
}
