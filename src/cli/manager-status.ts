// `shoal manager status`: what the manager of this machine says, or, where none answers, what its key folder and the Engine say.
import { existsSync } from 'node:fs'
import { Engine } from '../engine/engine.ts'
import { readLastingKeys } from '../manager/keys/key-files.ts'
import { managerFile } from '../manager/manager-lock.ts'
import { ShoalError } from '../model/errors.ts'
import { fingerprintPrefix } from '../model/join-token.ts'
import { usualPorts } from '../model/manager-ports.ts'
import { readHolder } from '../worker/process-file.ts'
import { unitFile } from '../worker/systemd.ts'
import { type Io, ProgramExit } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'
import { printJson } from './manager-option.ts'
import { managerUnit } from './manager-unit.ts'
import { showStatus } from './status-command.ts'

export interface ManagerStatusOptions {
  readonly manager?: string
  readonly data: string
  readonly json?: true
}

/** What can be seen of a manager that does not answer. */
export interface Traces {
  readonly process: { readonly pid: number } | null
  readonly unit: string | null
  readonly keys: { readonly folder: string; readonly state: string; readonly cluster: string | null }
  readonly engine: { readonly state: string; readonly swarm: string | null }
}

/** Throws ProgramExit 1 where no manager answers on this machine; whatever status throws for one that was named. */
export async function showManagerStatus(io: Io, options: ManagerStatusOptions): Promise<void> {
  const named = options.manager ?? (io.env.SHOAL_MANAGER || undefined)
  const json = options.json === undefined ? {} : { json: options.json }
  try {
    return await showStatus(io, { manager: named ?? `127.0.0.1:${usualPorts.http}`, ...json })
  } catch (error) {
    const isAbsent = error instanceof ShoalError && error.code === 'MANAGER_UNREACHABLE'
    if (named !== undefined || !isAbsent) throw error
  }
  const traces = await findTraces(io, options.data)
  if (options.json) printJson(io, { manager: null, ...traces })
  else io.out(renderTraces(traces))
  throw new ProgramExit(1)
}

async function findTraces(io: Io, folder: string): Promise<Traces> {
  const [holder, keys, engine] = await Promise.all([
    readHolder(managerFile(folder)),
    describeKeys(folder),
    describeEngine(io),
  ])
  const unit = unitFile(managerUnit)
  return { process: holder ?? null, unit: existsSync(unit) ? unit : null, keys, engine }
}

async function describeKeys(folder: string): Promise<Traces['keys']> {
  try {
    const keys = await readLastingKeys(folder)
    if (keys === undefined) return { folder, state: 'none', cluster: null }
    const { fingerprintOf } = await import('../manager/keys/judge-certificate.ts')
    const cluster = fingerprintPrefix(fingerprintOf(keys.authority.certificatePem))
    return { folder, state: 'whole', cluster }
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
    return { folder, state: `${error.place ?? ''}: ${error.reason}`, cluster: null }
  }
}

async function describeEngine(io: Io): Promise<Traces['engine']> {
  const engine = new Engine({ socketPath: localEngineSocket(io.env), place: 'this machine' })
  try {
    const { engineVersion, swarm } = await engine.info({ signal: io.signal })
    const role = swarm.isManager ? 'manager' : 'worker'
    return {
      state: `Docker ${engineVersion}`,
      swarm: swarm.state === 'active' ? `${role}, at ${swarm.nodeAddress}` : swarm.state,
    }
  } catch (error) {
    io.signal.throwIfAborted()
    if (!(error instanceof ShoalError)) throw error
    return { state: error.reason, swarm: null }
  } finally {
    engine.close()
  }
}

export function renderTraces({ process, unit, keys, engine }: Traces): string {
  const lines = {
    manager: `none answers on this machine at port ${usualPorts.http}/tcp; ${
      process === null ? 'none runs with this key folder' : `process ${process.pid} has the key folder`
    }`,
    unit: unit ?? 'none; shoal manager install writes one',
    keys: keys.cluster === null ? `${keys.folder}: ${keys.state}` : `${keys.folder}: cluster ${keys.cluster}`,
    Engine: engine.state,
    Swarm: engine.swarm ?? 'unknown',
    next:
      process === null
        ? 'shoal manager start'
        : 'shoal manager status --manager 127.0.0.1:PORT, where it has another',
  }
  return Object.entries(lines)
    .map(([name, text]) => `${name.padEnd('manager'.length)}  ${text}\n`)
    .join('')
}
