// What the device runtime adds to runc: create, start and delete of a container, without a claim and with one, against runc alone.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sortSamples } from '../evaluation/samples.ts'
import { type Estimate, estimateMedian } from '../evaluation/statistics.ts'
import { installRuntime, runtimeProgram } from '../src/runtime/install.ts'
import type { OciCallsInput, OciCallsSample } from './probe/oci-calls.ts'
import {
  type BenchContext,
  type BenchResult,
  type Goal,
  readSetting,
  renderEstimate,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const rounds = 60
/** Goal: an OCI call of a container without a claim takes at most this longer than runc's. */
const limitMs = 5

type Series = OciCallsSample['series']
type Call = 'createMs' | 'startMs' | 'deleteMs'
const calls: readonly (readonly [Call, string])[] = [
  ['createMs', 'create'],
  ['startMs', 'start'],
  ['deleteMs', 'delete'],
]
const others: readonly Series[] = ['shoal, no claim', 'shoal, a claim']

export async function benchDeviceRuntime({ signal, progress }: BenchContext): Promise<BenchResult> {
  const version = execFileSync('runc', ['--version'], { encoding: 'utf8' }).split('\n', 1)[0] ?? ''
  const setting = readSetting({ runc: version.replace(/^runc version /, '') })
  execFileSync('sh', [fileURLToPath(new URL('../scripts/bundle-runtime', import.meta.url))])
  const folder = await mkdtemp(join(tmpdir(), 'shoal-bench-runtime-'))
  const samples: OciCallsSample[] = []
  try {
    const runtimeFolder = join(folder, 'runtime')
    await installRuntime(runtimeFolder, { node: process.execPath, searchPath: process.env.PATH ?? '' })
    progress(`${rounds} containers each by runc, without a claim and with one, by turns`)
    const input = { folder, shoal: runtimeProgram(runtimeFolder), rounds }
    for await (const sample of runProbe(input, signal)) samples.push(sample)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const column = (series: Series, call: Call) =>
    samples.filter((sample) => sample.series === series).map((sample) => sample[call])
  const added = (series: Series, call: Call): Estimate => {
    const alone = column('runc', call)
    return estimateMedian(
      sortSamples(column(series, call).map((ms, round) => ms - (alone[round] ?? Number.NaN))),
    )
  }
  const goals = calls.map(([call, name]): Goal => {
    const { value, low, high } = added('shoal, no claim', call)
    return {
      goal: `${name} of a container without a claim: at most ${limitMs} ms above runc`,
      figure: `${renderEstimate({ value, low, high, count: rounds }, 1)} ms`,
      met: value <= limitMs,
    }
  })
  return {
    name: 'device-runtime',
    setting,
    samples: Object.fromEntries(
      (['runc', ...others] as const).map((series) => [
        series,
        Object.fromEntries(calls.map(([call]) => [call, column(series, call)])),
      ]),
    ),
    failures: {},
    goals,
    report: [
      'Added: the median of the differences within a round.',
      renderMarkdownTable(
        ['call', 'runc, ms', ...others.flatMap((series) => [`${series}, ms`, 'added, ms'])],
        calls.map(([call, name]) => [
          name,
          renderMedian(column('runc', call)),
          ...others.flatMap((series) => [
            renderMedian(column(series, call)),
            renderEstimate(added(series, call), 1),
          ]),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

/** Its own mount namespace: an /etc/shoal of its own over this machine's /etc, gone with the last process. */
async function* runProbe(input: OciCallsInput, signal: AbortSignal): AsyncGenerator<OciCallsSample> {
  const script = [
    'mkdir "$0/etc" && mount -t tmpfs tmpfs "$0/etc" && mkdir "$0/etc/upper" "$0/etc/work"',
    'mount -t overlay overlay -o "lowerdir=/etc,upperdir=$0/etc/upper,workdir=$0/etc/work" /etc',
    'exec "$@"',
  ].join(' && ')
  const probe = fileURLToPath(new URL('probe/oci-calls.ts', import.meta.url))
  const words = ['--mount', 'sh', '-c', script, input.folder, process.execPath, probe]
  const child = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'], signal })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.end(JSON.stringify(input))
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as OciCallsSample
  const status = await ended
  if (status !== 0) throw new Error(`the probe ended with ${status}`)
}
