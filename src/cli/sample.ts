// The sampler of this machine, to stdout until it is stopped.
import { hostname, cpus as machineCpus, release } from 'node:os'
import process from 'node:process'
import { ShoalError } from '../model/errors.ts'
import { cgroupSource } from '../telemetry/cgroup-source.ts'
import { renderCsvHead, renderCsvRow } from '../telemetry/dstat-csv.ts'
import { machineSource } from '../telemetry/machine-source.ts'
import type { NodeSource } from '../telemetry/node-look.ts'
import { findOwnCgroup, isPartOfMachine, processorsOf } from '../telemetry/own-cgroup.ts'
import { choosePower } from '../telemetry/power/choose-power.ts'
import { renderRecord, type TelemetryHeader } from '../telemetry/record.ts'
import { runSampler } from '../telemetry/sampler.ts'
import type { Io } from './io.ts'
import { RunningContainers } from './running-containers.ts'
import { localEngine } from './worker-setting.ts'

export interface SampleFlags {
  readonly every: number
  readonly for?: number
  readonly source: 'auto' | 'machine' | 'cgroup'
  readonly power: string
  readonly csv?: true
}

export async function sample(io: Io, flags: SampleFlags): Promise<void> {
  const now = (): number => performance.now()
  const power = await choosePower(flags.power, now, io.signal)
  const engine = localEngine(io)
  // A signal that is made of two takes longer to ask than the rest of a sample takes.
  const ending = new AbortController()
  const stop = ending.signal
  const end = (): void => ending.abort()
  io.signal.addEventListener('abort', end, { once: true })
  if (io.signal.aborted) end()
  try {
    const running = new RunningContainers(engine)
    const { source, cpus } = chooseSource(flags.source, () => running.processes)
    const version = await engine.version({ deadlineMs: 2000, signal: stop }).catch(() => undefined)
    const header: TelemetryHeader = {
      type: 'header',
      version: 1,
      node: hostname(),
      kernel: release(),
      ...(version === undefined ? {} : { engine: version.version }),
      nodeVersion: process.version,
      cpus,
      clock: 'realtime',
      source: source.kind,
      ...(power === undefined ? {} : { power: power.info }),
      intervalMs: flags.every * 1000,
      startedAt: new Date().toISOString(),
    }
    io.out(flags.csv ? renderCsvHead(header) : renderRecord(header))
    const following = running.follow(stop)
    const timer = flags.for === undefined ? undefined : setTimeout(end, flags.for * 1000 + 50)
    await runSampler(
      {
        source,
        power,
        cpus,
        intervalMs: header.intervalMs,
        onSample: (taken) => io.out(flags.csv ? renderCsvRow(taken) : renderRecord(taken)),
        now,
        wallMs: () => Date.now(),
      },
      stop,
    )
    clearTimeout(timer)
    end()
    await following
  } finally {
    end()
    io.signal.removeEventListener('abort', end)
    await power?.stop()
    engine.close()
  }
}

/** @throws ShoalError SOURCE_UNFIT */
function chooseSource(
  word: SampleFlags['source'],
  containers: () => ReadonlyMap<string, number>,
): { readonly source: NodeSource; readonly cpus: number } {
  const folders = word === 'machine' ? undefined : findOwnCgroup()
  if (folders !== undefined && (word === 'cgroup' || isPartOfMachine())) {
    const cpus = processorsOf(folders)
    return { source: cgroupSource({ folders, cpus, containers }), cpus }
  }
  if (word === 'cgroup') {
    throw new ShoalError('SOURCE_UNFIT', {
      action: 'find',
      object: 'the cgroup of this process',
      place: 'this machine',
      reason: 'no hierarchy that counts CPU time is mounted',
      nextStep: 'mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup; or take --source machine',
    })
  }
  return { source: machineSource({ containers }), cpus: machineCpus().length }
}
