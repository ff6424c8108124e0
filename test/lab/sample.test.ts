// `shoal sample` in two hosts of a lab: what one does is its own, as an independent reading of its cgroup says, and the other stays still.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkout } from '../../lab/enter.ts'
import { Lab } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { parseRecord, type TelemetryHeader, type TelemetrySample } from '../../src/telemetry/record.ts'
import { until } from '../until.ts'
import { labFolder } from './lab-folder.ts'
import { importTinyImage } from './tiny-image.ts'

const name = 'sample-test'
const topology = parseTopology(
  `
name: ${name}
subnet: 10.20.31.0/24
hosts:
  - name: busy
  - name: still
    engine: false
links:
  - kind: ethernet
    hosts: [busy, still]
`,
  'the test',
)

const loop = 'while :; do :; done'

interface Sampled {
  readonly child: ChildProcess
  readonly samples: TelemetrySample[]
  readonly header: () => TelemetryHeader | undefined
}

let lab: Lab
let busy: Sampled
let still: Sampled
const loops: ChildProcess[] = []

function sampleOn(host: string): Sampled {
  const child = lab.host(host).spawn([`${checkout}/bin/shoal`, 'sample', '--every', '1'])
  const samples: TelemetrySample[] = []
  let header: TelemetryHeader | undefined
  if (child.stdout === null) throw new Error('no stdout')
  createInterface({ input: child.stdout }).on('line', (line) => {
    const record = parseRecord(line)
    if (record?.type === 'header') header = record
    if (record?.type === 'sample') samples.push(record)
  })
  return { child, samples, header: () => header }
}

/** Nanoseconds that the host has used, and when that was: read by hand. */
async function cpuUsage(host: string): Promise<{ readonly ns: number; readonly atMs: number }> {
  const script =
    'cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || sed -n "s/^usage_usec \\(.*\\)/\\1000/p" /sys/fs/cgroup/cpu.stat; date +%s%3N'
  const { stdout } = await lab.host(host).exec(['sh', '-c', script])
  const [ns = Number.NaN, atMs = Number.NaN] = stdout.trim().split('\n').map(Number)
  return { ns, atMs }
}

const mean = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? Number.NaN), 0) / values.length

beforeAll(async () => {
  lab = await Lab.up(topology, { dataFolder: labFolder(), signal: AbortSignal.timeout(90_000) })
  await importTinyImage(lab.host('busy'))
  busy = sampleOn('busy')
  still = sampleOn('still')
  await until('both give samples', () => busy.samples.length > 0 && still.samples.length > 0, 30_000)
})
afterAll(async () => {
  for (const child of [busy?.child, still?.child, ...loops]) child?.kill('SIGKILL')
  await lab?.down()
})

describe('in a host of the lab', () => {
  it('the source is the host’s own cgroup', () => {
    expect(busy.header()).toMatchObject({ node: 'busy', source: 'cgroup', engine: expect.any(String) })
    expect(still.header()).toMatchObject({ node: 'still', source: 'cgroup' })
    expect(still.header()).not.toHaveProperty('engine')
  })

  it('its own work and that of its containers shows, on it alone', async () => {
    const inContainer = ['docker', 'run', '--detach', '--name', 'spinner', 'tiny', 'sh', '-c', loop]
    expect(await lab.host('busy').exec(inContainer)).toMatchObject({ exitCode: 0 })
    loops.push(lab.host('busy').spawn(['sh', '-c', loop], { stdio: 'ignore' }))
    await until(
      'the container is seen',
      () => (busy.samples.at(-1)?.container_cpu_share.spinner ?? 0) > 0,
      10_000,
    )
    const from = await cpuUsage('busy')
    const count = busy.samples.length
    await until('six samples more', () => busy.samples.length >= count + 6, 15_000)
    const to = await cpuUsage('busy')

    const within = busy.samples.filter(({ atMs }) => atMs > from.atMs + 900 && atMs <= to.atMs)
    const cpus = busy.header()?.cpus ?? Number.NaN
    const byHand = (to.ns - from.ns) / ((to.atMs - from.atMs) * 1e6 * cpus)
    const sampled = mean(within.map(({ cpu_share }) => cpu_share))
    expect(within.length).toBeGreaterThanOrEqual(5)
    // Whatever else this machine does, two loops get some of it.
    expect(byHand).toBeGreaterThan(0.1)
    expect(Math.abs(sampled - byHand)).toBeLessThan(0.3 * byHand)

    const container = mean(within.map(({ container_cpu_share }) => container_cpu_share.spinner ?? null))
    expect(container).toBeGreaterThan(0.2 * byHand)
    expect(container).toBeLessThan(sampled)
    const other = still.samples.filter(({ atMs }) => atMs > from.atMs && atMs <= to.atMs)
    expect(mean(other.map(({ cpu_share }) => cpu_share))).toBeLessThan(0.5 * byHand)
  }, 60_000)

  it('its load rises with its tasks, and the other’s does not', async () => {
    // Two tasks over 5 s are 2 · (1 - e^(-5/60)) = 0.16.
    await until('the load has risen', () => (busy.samples.at(-1)?.load_1min ?? 0) > 0.25, 20_000)
    expect(still.samples.at(-1)?.load_1min).toBeLessThan(0.1)
  }, 30_000)

  it('it ends at SIGTERM at once, and when nobody reads any more', async () => {
    const sentMs = performance.now()
    busy.child.kill('SIGTERM')
    const [exitCode] = await once(busy.child, 'exit')
    expect(exitCode).toBe(0)
    expect(performance.now() - sentMs).toBeLessThan(2000)
    still.child.stdout?.destroy()
    await once(still.child, 'exit', { signal: AbortSignal.timeout(5000) })
  })
})
