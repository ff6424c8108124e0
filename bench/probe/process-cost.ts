// Runs in a host: CPU, memory and network of a process and its host, sample by sample, from /proc. Prints one line a sample.
import { readdirSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'

const { commandLine, seconds, everyS } = JSON.parse(await text(process.stdin)) as {
  /** A part of the process's command line. */
  commandLine: string
  seconds: number
  everyS: number
}
/** Linux counts CPU time in hundredths of a second (sysconf CLK_TCK). */
const ticksPerSecond = 100

const pid = findProcess()
let before = read()
for (let elapsed = 0; elapsed < seconds; elapsed += everyS) {
  await new Promise((resolve) => setTimeout(resolve, everyS * 1000))
  const now = read()
  const wallS = (now.atMs - before.atMs) / 1000
  process.stdout.write(
    `${JSON.stringify({
      cpuPercent: ((now.ticks - before.ticks) / ticksPerSecond / wallS) * 100,
      pssKiB: now.pssKiB,
      rssKiB: now.rssKiB,
      networkBytesPerS: (now.networkBytes - before.networkBytes) / wallS,
    })}\n`,
  )
  before = now
}

function findProcess(): string {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      if (line.includes(commandLine) && /\bnode\b/.test(line)) return name
    } catch {
      // It has just ended.
    }
  }
  throw new Error(`no process has ${commandLine} in its command line`)
}

function read() {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kibOf = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? Number.NaN)
  return {
    atMs: performance.now(),
    ticks: Number(fields[11]) + Number(fields[12]),
    pssKiB: kibOf('Pss'),
    rssKiB: kibOf('Rss'),
    networkBytes: networkBytes(),
  }
}

/** Both directions of all links but loopback and those of containers. */
function networkBytes(): number {
  return readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/[\s:]+/))
    .filter(([name = 'lo']) => !/^(lo|docker|veth|br-)/.test(name) && name !== '')
    .reduce((sum, fields) => sum + Number(fields[1]) + Number(fields[9]), 0)
}
