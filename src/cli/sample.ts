// The sampler of this machine, to stdout until it is stopped.
import { availableParallelism, hostname, release } from 'node:os'
import process from 'node:process'
import { renderCsvHead, renderCsvRow } from '../telemetry/dstat-csv.ts'
import { machineSource } from '../telemetry/machine-source.ts'
import { choosePower } from '../telemetry/power/choose-power.ts'
import { renderRecord, type TelemetryHeader } from '../telemetry/record.ts'
import { runSampler } from '../telemetry/sampler.ts'
import type { Io } from './io.ts'
import { localEngine } from './worker-setting.ts'

export interface SampleFlags {
  readonly every: number
  readonly for?: number
  readonly power: string
  readonly csv?: true
}

/** The list of containers is the Engine's to give: asked now and then, it costs more than a sample. */
const listEveryMs = 10_000

export async function sample(io: Io, flags: SampleFlags): Promise<void> {
  const now = (): number => performance.now()
  const power = await choosePower(flags.power, now)
  const engine = localEngine(io)
  try {
    const info = await engine.info({ deadlineMs: 2000, signal: io.signal }).catch(() => undefined)
    const header: TelemetryHeader = {
      type: 'header',
      version: 1,
      node: hostname(),
      kernel: release(),
      ...(info === undefined ? {} : { engine: info.engineVersion }),
      nodeVersion: process.version,
      cpus: availableParallelism(),
      clock: 'realtime',
      source: 'machine',
      ...(power === undefined ? {} : { power: power.info }),
      intervalMs: flags.every * 1000,
      startedAt: new Date().toISOString(),
    }
    io.out(flags.csv ? renderCsvHead(header) : renderRecord(header))
    let listed: { readonly atMs: number; readonly processes: ReadonlyMap<string, number> } | undefined
    const containers = async (): Promise<ReadonlyMap<string, number>> => {
      if (info === undefined) return new Map()
      if (listed === undefined || now() - listed.atMs >= listEveryMs)
        listed = {
          atMs: now(),
          processes: await runningProcesses(engine).catch(() => new Map<string, number>()),
        }
      return listed.processes
    }
    const stop =
      flags.for === undefined
        ? io.signal
        : AbortSignal.any([io.signal, AbortSignal.timeout(flags.for * 1000 + 50)])
    await runSampler(
      {
        source: machineSource({ containers }),
        power,
        cpus: header.cpus,
        intervalMs: header.intervalMs,
        onSample: (taken) => io.out(flags.csv ? renderCsvRow(taken) : renderRecord(taken)),
        now,
        wallMs: () => Date.now(),
      },
      stop,
    )
  } finally {
    await power?.stop()
    engine.close()
  }
}

async function runningProcesses(
  engine: ReturnType<typeof localEngine>,
): Promise<ReadonlyMap<string, number>> {
  const running = (await engine.containers.list([])).filter(({ state }) => state === 'running')
  const details = await Promise.all(running.map(({ id }) => engine.containers.inspect(id)))
  return new Map(
    details.flatMap((each) => (each === undefined || each.pid === 0 ? [] : [[each.name, each.pid]])),
  )
}
