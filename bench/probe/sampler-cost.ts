// Runs in a host: starts samplers side by side and tells what each costs, window by window. Prints one line a window.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

const { programs, warmUpS, windows, windowS } = JSON.parse(await text(process.stdin)) as {
  programs: Readonly<Record<string, readonly string[]>>
  warmUpS: number
  windows: number
  windowS: number
}

const children = Object.entries(programs).map(([name, [program = '', ...rest]]) => {
  // What they write is taken by nobody: all are treated alike.
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] })
  child.once('error', (error) => fail(`${name}: ${error.message}`))
  child.once('exit', (code, signal) => fail(`${name} ended with ${signal ?? code}`))
  return { name, child }
})

try {
  await delay(warmUpS * 1000)
  let before = readAll()
  for (let window = 0; window < windows; window += 1) {
    await delay(windowS * 1000)
    const now = readAll()
    const costs = children.map(({ name }) => {
      const [from, to] = [before.costs.get(name), now.costs.get(name)]
      if (from === undefined || to === undefined) throw new Error(`${name} has gone`)
      const cpuPercent = ((to.cpuNs - from.cpuNs) / ((now.atMs - before.atMs) * 1e6)) * 100
      return [name, { cpuPercent, pssKiB: to.pssKiB }] as const
    })
    process.stdout.write(`${JSON.stringify(Object.fromEntries(costs))}\n`)
    before = now
  }
} finally {
  await Promise.all(children.map(({ child }) => end(child)))
}

function readAll() {
  const costs = new Map(children.map(({ name, child }) => [name, costOf(Number(child.pid))]))
  return { atMs: performance.now(), costs }
}

/** Of the process and of what it has started. /proc/PID/task/TID/schedstat: nanoseconds on a processor first. */
function costOf(pid: number): { readonly cpuNs: number; readonly pssKiB: number } {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const own = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  const pss = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
  const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return below
    .map(costOf)
    .reduce((sum, cost) => ({ cpuNs: sum.cpuNs + cost.cpuNs, pssKiB: sum.pssKiB + cost.pssKiB }), {
      cpuNs: own.reduce((sum, ns) => sum + ns, 0),
      pssKiB: Number(pss),
    })
}

async function end(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

function fail(reason: string): never {
  for (const { child } of children) child.kill('SIGKILL')
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}
