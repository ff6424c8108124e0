// Files of /proc that tell how busy a machine is (proc(5)), read purely.

/** Clock ticks since boot, of all CPUs together. */
export interface CpuTicks {
  readonly user: number
  readonly system: number
  readonly idle: number
  readonly wait: number
  readonly total: number
}

/** /proc/stat, its first line. What guests used is a part of user already. @returns undefined for a text that has none */
export function parseCpuTicks(text: string): CpuTicks | undefined {
  const line = /^cpu\s+(.*)$/m.exec(text)?.[1]
  if (line === undefined) return undefined
  const ticks = line.trim().split(/\s+/).map(Number)
  if (ticks.length < 4 || ticks.some((each) => !Number.isFinite(each))) return undefined
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = ticks
  return {
    user: user + nice,
    system: system + irq + softirq,
    idle,
    wait,
    total: user + nice + system + idle + wait + irq + softirq + steal,
  }
}

/** Shares of all CPUs between two looks; undefined where no time passed, or the counters went back. */
export function cpuShares(
  before: CpuTicks,
  now: CpuTicks,
):
  | { readonly all: number; readonly user: number; readonly system: number; readonly wait: number }
  | undefined {
  const total = now.total - before.total
  if (total <= 0 || now.idle < before.idle) return undefined
  const share = (part: (ticks: CpuTicks) => number): number =>
    Math.min(1, Math.max(0, (part(now) - part(before)) / total))
  const [user, system, wait] = [share((t) => t.user), share((t) => t.system), share((t) => t.wait)]
  return { all: Math.min(1, user + system), user, system, wait }
}

/** /proc/loadavg. */
export function parseLoad(text: string): readonly [number, number, number] | undefined {
  const [one, five, fifteen] = text.split(' ').map(Number)
  if (one === undefined || five === undefined || fifteen === undefined) return undefined
  return [one, five, fifteen].every(Number.isFinite) ? [one, five, fifteen] : undefined
}

/** /proc/meminfo: bytes that programs could not have for the asking. */
export function parseUsedMemory(text: string): number | undefined {
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1])
  const used = (of('MemTotal') - of('MemAvailable')) * 1024
  return Number.isFinite(used) ? used : undefined
}

/** Loopback, and Docker's own bridges with the ends of containers at them: what goes out passes them and then a real interface. */
const innerInterface = /^(lo|docker\d+|docker_gwbridge|br-[0-9a-f]{12}|veth.*)$/

/** /proc/net/dev: bytes of the interfaces that lead out of the machine. */
export function parseNetworkBytes(text: string): { readonly received: number; readonly sent: number } {
  let [received, sent] = [0, 0]
  for (const line of text.split('\n')) {
    const [, name, counters = ''] = /^\s*([^:\s]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined || innerInterface.test(name)) continue
    const fields = counters.trim().split(/\s+/).map(Number)
    received += fields[0] ?? 0
    sent += fields[8] ?? 0
  }
  return { received, sent }
}
