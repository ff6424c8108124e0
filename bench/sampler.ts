// What `shoal sample` takes of a core at one sample a second, side by side with what users would otherwise take, on a host with 0 and with 8 containers.
import { existsSync } from 'node:fs'
import { runHostProgram } from '../evaluation/host-program.ts'
import { mustRun } from '../evaluation/must-run.ts'
import { percentile, sortSamples } from '../evaluation/samples.ts'
import { Lab, type LabHost } from '../lab/lab.ts'
import { parseTopology } from '../lab/topology.ts'
import {
  type BenchContext,
  type BenchResult,
  readSetting,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const containerCounts = [0, 8] as const
const warmUpS = 10
const windows = 8
const windowS = 8
/** Goal: so much of one core, in percent. */
const limitPercent = 0.5

const own = { machine: 'shoal sample, machine', cgroup: 'shoal sample, cgroup' } as const

/** CPU, load, memory and network as the paper had them, once a second; those that this machine has. */
const others: Readonly<Record<string, { readonly program: string; readonly argv: readonly string[] }>> = {
  // Its files (--output) are broken in Debian 12: with Python 3.11 it ends at the first row.
  dstat: { program: '/usr/bin/dstat', argv: ['--epoch', '--cpu', '--load', '--mem', '--net', '1'] },
  'sadc, which writes the files of sar': {
    program: '/usr/lib/sysstat/sadc',
    argv: ['1', '/tmp/sampler-bench.sa'],
  },
  'vmstat, without load and network': { program: '/usr/bin/vmstat', argv: ['1'] },
}

type Window = Readonly<Record<string, { readonly cpuPercent: number; readonly pssKiB: number }>>

export async function benchSampler({ signal, progress }: BenchContext): Promise<BenchResult> {
  const setting = readSetting({})
  const rows: { readonly containers: number; readonly windows: readonly Window[] }[] = []
  progress('brings the lab up')
  const lab = await Lab.up(parseTopology('hosts:\n  - name: node\n', 'bench'), {
    name: 'bench-sampler',
    signal,
  })
  try {
    const node = lab.host('node')
    for (const containers of containerCounts) {
      await startContainers(node, containers, signal)
      progress(`${containers} containers: all side by side, ${windows} times ${windowS} s`)
      rows.push({ containers, windows: await measure(node, signal) })
    }
  } finally {
    await lab.down()
  }
  const names = Object.keys(rows[0]?.windows[0] ?? {})
  const values = (row: (typeof rows)[number], name: string, pick: 'cpuPercent' | 'pssKiB') =>
    row.windows.map((window) => window[name]?.[pick] ?? Number.NaN)
  const goals = rows.flatMap((row) =>
    Object.values(own).map((name) => {
      const cpu = values(row, name, 'cpuPercent')
      return {
        goal: `${name}, ${row.containers} containers: below ${limitPercent} % of a core`,
        figure: `${renderMedian(cpu, 2)} %`,
        met: percentile(sortSamples(cpu), 0.5) < limitPercent,
      }
    }),
  )
  return {
    name: 'sampler',
    setting,
    samples: Object.fromEntries(
      rows.flatMap((row) =>
        names.map((name) => [
          `${name}, ${row.containers} containers`,
          { cpuPercent: values(row, name, 'cpuPercent'), pssKiB: values(row, name, 'pssKiB') },
        ]),
      ),
    ),
    failures: {},
    goals,
    report: [
      renderMarkdownTable(
        ['sampler', 'containers', 'of a core, %', 'PSS, MiB'],
        rows.flatMap((row) =>
          names.map((name) => [
            name,
            String(row.containers),
            renderMedian(values(row, name, 'cpuPercent'), 2),
            renderMedian(
              values(row, name, 'pssKiB').map((kib) => kib / 1024),
              0,
            ),
          ]),
        ),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

async function measure(node: LabHost, signal: AbortSignal): Promise<readonly Window[]> {
  const sample = (source: string): readonly string[] => [
    'shoal',
    'sample',
    '--power',
    'none',
    '--source',
    source,
  ]
  const there = Object.entries(others).filter(([, { program }]) => existsSync(program))
  const programs = {
    [own.machine]: sample('machine'),
    [own.cgroup]: sample('cgroup'),
    ...Object.fromEntries(there.map(([name, { program, argv }]) => [name, [program, ...argv]])),
  }
  const input = { programs, warmUpS, windows, windowS }
  const taken: Window[] = []
  for await (const window of runHostProgram<Window>(node, 'bench/probe/sampler-cost.ts', input, signal))
    taken.push(window)
  return taken
}

/** An image of one program and its libraries, from the machine's own files. */
async function startContainers(node: LabHost, count: number, signal: AbortSignal): Promise<void> {
  if (count === 0) return
  const image =
    "tar --create --dereference --absolute-names /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*\\.so[^ ]*') | docker import - sleeper"
  await mustRun(node, ['sh', '-c', image], signal)
  for (let index = 1; index <= count; index += 1)
    await mustRun(
      node,
      ['docker', 'run', '--detach', '--name', `sleeper-${index}`, 'sleeper', 'sleep', '3600'],
      signal,
    )
}
