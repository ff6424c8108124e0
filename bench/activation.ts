// Activation of compute on another host, image there: pair mode beside `docker -H ssh://` and beside the Engine API on the device itself.

import { type ActivatedInstance, activateCompute, removeCompute } from '../evaluation/compute-targets.ts'
import { projectFile, runHostProgram } from '../evaluation/host-program.ts'
import type { LabHost } from '../lab/lab.ts'
import { withBenchLab } from './bench-lab.ts'
import {
  type BenchContext,
  type BenchResult,
  checkRatioGoal,
  readSetting,
  renderGoals,
  renderMarkdownTable,
  renderMedian,
} from './result.ts'

const rounds = 25

/** The same container as services/compute/compose.yaml declares. */
const runOptions = [
  '--publish',
  '5683/udp',
  '--read-only',
  '--user',
  '65532:65532',
  '--cap-drop',
  'ALL',
  '--memory',
  '192m',
]
const image = 'shoal/compute:0.1.0'

/** Whether the connection to the device is new, and where an earlier command's still stands. */
type Connection = 'new' | 'kept'

export async function benchActivation({ signal, progress }: BenchContext): Promise<BenchResult> {
  let docker = ''
  const values: Record<string, Record<string, number[]>> = {}
  const failures: Record<string, number> = {}
  const take = async (series: string, measure: () => Promise<Readonly<Record<string, number>>>) => {
    try {
      for (const [metric, value] of Object.entries(await measure())) {
        values[series] ??= {}
        const metrics = values[series]
        metrics[metric] ??= []
        metrics[metric].push(value)
      }
    } catch (error) {
      signal.throwIfAborted()
      failures[series] = (failures[series] ?? 0) + 1
      progress(`${series}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const setting = readSetting({})
  await withBenchLab({ signal, progress }, async (lab) => {
    const [client, server] = [lab.host('client'), lab.host('worker1')]
    docker = (await client.exec(['docker', '--version'])).stdout.trim()
    // Brings the image to the device and warms both sides up; not counted.
    await activateCompute(client, server.name, signal)
    await removeCompute(client, server.name)
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`)
      await take('docker -H ssh://', () =>
        last(
          client,
          'bench/probe/docker-over-ssh.ts',
          { host: 'root@worker1', address: server.address, runOptions, image },
          signal,
        ),
      )
      await take('Engine API on the device', () =>
        last(
          server,
          'bench/probe/engine-direct.ts',
          { composeFile: projectFile('services/compute/compose.yaml'), address: server.address },
          signal,
        ),
      )
      for (const connection of ['new', 'kept'] as const) {
        await take(seriesOf(connection), () => activateByShoal(client, server.name, connection, signal))
      }
    }
  })
  const metric = (series: string, name: 'activationMs' | 'totalMs') => values[series]?.[name] ?? []
  const direct = metric('Engine API on the device', 'activationMs')
  const goals = [
    checkRatioGoal(
      'pair mode, new connection, from the start of the program: at most 0.5 of `docker -H ssh://`',
      metric(seriesOf('new'), 'totalMs'),
      metric('docker -H ssh://', 'activationMs'),
      0.5,
    ),
    checkRatioGoal(
      'pair mode, new connection, from the start of the program: at most 1.15 of the Engine API on the device',
      metric(seriesOf('new'), 'totalMs'),
      direct,
      1.15,
    ),
    checkRatioGoal(
      'pair mode, kept connection, from when it is known what to run: at most 1.15 of the Engine API on the device',
      metric(seriesOf('kept'), 'activationMs'),
      direct,
      1.15,
    ),
  ]
  return {
    name: 'activation',
    setting: { ...setting, versions: { docker } },
    samples: values,
    failures,
    goals,
    report: [
      renderMarkdownTable(
        ['way', 'from when it is known what to run, ms', 'from the start of the program, ms', 'failed'],
        Object.entries(values).map(([series, { activationMs = [], totalMs = [] }]) => [
          series,
          renderMedian(activationMs, 0),
          renderMedian(totalMs, 0),
          String(failures[series] ?? 0),
        ]),
      ),
      renderMarkdownTable(
        ['phase in pair mode, ms', 'new connection', 'kept connection', 'Engine API on the device'],
        ['connect', 'create', 'start', 'ready'].map((phase) => [
          phase,
          ...[seriesOf('new'), seriesOf('kept'), 'Engine API on the device'].map((series) =>
            renderMedian(values[series]?.[`${phase}Ms`] ?? [], 0),
          ),
        ]),
      ),
      renderGoals(goals),
    ].join('\n\n'),
  }
}

function seriesOf(connection: Connection): string {
  return `shoal pair run, ${connection} connection`
}

async function activateByShoal(
  client: LabHost,
  serverName: string,
  connection: Connection,
  signal: AbortSignal,
) {
  if (connection === 'new') await client.exec(['shoal', 'pair', 'disconnect', `root@${serverName}`])
  const { activationMs, totalMs, phasesMs }: ActivatedInstance = await activateCompute(
    client,
    serverName,
    signal,
  )
  await removeCompute(client, serverName)
  return {
    activationMs,
    totalMs,
    ...Object.fromEntries(Object.entries(phasesMs).map(([phase, ms]) => [`${phase}Ms`, ms])),
  }
}

async function last(
  host: LabHost,
  program: string,
  input: unknown,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  let line: Record<string, number> = {}
  for await (const next of runHostProgram<Record<string, number>>(host, program, input, signal)) line = next
  return line
}
