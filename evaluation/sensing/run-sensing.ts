// The measurement from end to end: a lab, a simulated board at its worker, and per mode each capability after the other.
import { Lab, type LabHost } from '../../lab/lab.ts'
import { parseTopology } from '../../lab/topology.ts'
import { joinWorker, leaveWorker, startManager, stopManager } from '../cluster.ts'
import { stopProgram } from '../compute-targets.ts'
import { runHostProgram } from '../host-program.ts'
import { mustRun } from '../must-run.ts'
import { declareDevices, startBoard } from './lab-board.ts'
import type { PaperCapability, SensingMode, SensingPlan } from './plan.ts'
import type { RequestPlan, RequestRecord, SensingRecord } from './records.ts'
import type { RunFolder } from './run-folder.ts'
import { writeSensingCompose } from './sensing-compose.ts'
import { type ActivatedSensing, type SensingTarget, sensingTarget } from './targets.ts'

export interface SensingWatcher {
  /** A line that stays. */
  readonly say: (line: string) => void
  /** A capability's measurement has begun, has got another answer, or has ended. */
  readonly begins: (mode: SensingMode, capability: PaperCapability) => void
  readonly answered: (gets: number) => void
  readonly ends: () => void
}

export interface SensingOptions {
  readonly plan: SensingPlan
  readonly folder: RunFolder
  /** Where the lab keeps its files; left out: where labs do by default. */
  readonly dataFolder?: string | undefined
  readonly signal: AbortSignal
  readonly watcher: SensingWatcher
}

const labName = 'sensing'

/** Runs the plan into the folder. The lab is down when it returns or throws. */
export async function runSensing(options: SensingOptions): Promise<void> {
  const { plan, folder, dataFolder, signal, watcher } = options
  const names = ['manager', 'worker1', 'client'].filter(
    (name) => name !== 'manager' || plan.modes.includes('cluster'),
  )
  watcher.say(`brings up an emulated edge: ${names.join(', ')}`)
  const topology = parseTopology(`hosts:\n${names.map((name) => `- name: ${name}`).join('\n')}\n`, labName)
  const lab = await Lab.up(topology, {
    name: labName,
    signal,
    ...(dataFolder === undefined ? {} : { dataFolder }),
  })
  try {
    const hosts = { client: lab.host('client'), worker: lab.host('worker1') }
    watcher.say('client: builds the image of the sensing service')
    await mustRun(hosts.client, ['shoal', 'image', 'build', 'sensing', '--no-load'], signal)
    watcher.say('worker1: a simulated board hangs at it')
    await declareDevices(hosts.worker, signal)
    const board = await startBoard(hosts.worker, signal, (line) => folder.addEdge(line))
    try {
      // One mode after the other: pair mode is measured where no manager and no agent runs.
      for (const mode of plan.modes) {
        if (mode === 'pair') await measureMode(mode, hosts, options)
        else await inCluster(lab, options, () => measureMode(mode, hosts, options))
      }
    } finally {
      await stopProgram(board)
    }
  } finally {
    watcher.say('takes the lab down')
    await lab.down()
  }
}

async function inCluster(
  lab: Lab,
  { signal, watcher }: SensingOptions,
  use: () => Promise<void>,
): Promise<void> {
  const worker = lab.host('worker1')
  watcher.say('manager: starts the edge manager, on Docker Swarm')
  const manager = await startManager(lab.host('manager'), signal)
  try {
    watcher.say('worker1: joins, and offers its devices')
    await joinWorker(worker, manager.token, signal)
    await use()
  } finally {
    await leaveWorker(worker)
    await stopManager(manager)
  }
}

interface Hosts {
  readonly client: LabHost
  readonly worker: LabHost
}

async function measureMode(mode: SensingMode, hosts: Hosts, options: SensingOptions): Promise<void> {
  const { plan, signal, watcher } = options
  const target = sensingTarget(mode, hosts)
  const [first] = plan.capabilities
  if (first === undefined) return
  watcher.say(`${mode} mode: the first activation brings the image to worker1`)
  await activate(target, { mode, capability: first }, true, hosts, options)
  await target.remove(signal)
  for (const capability of plan.capabilities) {
    watcher.begins(mode, capability)
    await measureOne(target, { mode, capability }, hosts, options)
    watcher.ends()
  }
}

interface Of {
  readonly mode: SensingMode
  readonly capability: PaperCapability
}

/** What cannot be activated is recorded as such; the next capability is measured nevertheless. */
async function measureOne(
  target: SensingTarget,
  of: Of,
  hosts: Hosts,
  options: SensingOptions,
): Promise<void> {
  const { folder, plan, signal, watcher } = options
  let active: ActivatedSensing
  try {
    active = await activate(target, of, false, hosts, options)
  } catch (error) {
    signal.throwIfAborted()
    watcher.say(`${of.mode} mode: ${of.capability} was not activated: ${reasonOf(error)}`)
    // Something of it may be there.
    await target.remove(signal).catch(() => signal.throwIfAborted())
    return
  }
  const readCpu = async (when: 'before' | 'after'): Promise<SensingRecord> => {
    const seconds = await active.cpuSeconds()
    return { type: 'cpu', ...of, when, atMs: Date.now(), seconds }
  }
  folder.add(await readCpu('before'))
  let gets = 0
  const { forMs, everyMs, deadlineMs } = plan
  const requests: RequestPlan = { ...of, endpoint: active.endpoint, forMs, everyMs, deadlineMs }
  const probe = 'evaluation/probe/sensing.ts'
  for await (const record of runHostProgram<RequestRecord>(hosts.client, probe, requests, signal)) {
    folder.add(record)
    if (record.method === 'GET') watcher.answered(++gets)
  }
  folder.add(await readCpu('after'))
  const atMs = Date.now()
  folder.add({ type: 'removal', ...of, atMs, ms: await target.remove(signal) })
}

/** Records it either way. */
async function activate(
  target: SensingTarget,
  of: Of,
  isFirst: boolean,
  { client }: Hosts,
  { folder, signal }: SensingOptions,
): Promise<ActivatedSensing> {
  const record = { type: 'activation', ...of, isFirst, atMs: Date.now() } as const
  try {
    const file = await writeSensingCompose(client, of.capability, signal)
    const active = await target.activate(file, signal)
    folder.add({ ...record, ms: active.ms, endpoint: active.endpoint })
    return active
  } catch (error) {
    if (!signal.aborted) folder.add({ ...record, failure: reasonOf(error) })
    throw error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
