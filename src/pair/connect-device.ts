// Brings a connection to a device about: the one that an earlier command left, or a new one. Either way its Engine has answered.
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import type { ConnectionFiles } from './connection-files.ts'
import { Device } from './device.ts'
import { explainAbsentEngine } from './engine-absence.ts'
import { interruption } from './interruption.ts'
import { connectArguments, controlArguments, type SshOptions } from './ssh-arguments.ts'
import { explainSshFailure } from './ssh-failure.ts'
import type { SshFolder } from './ssh-folder.ts'
import { type Environment, runSsh } from './ssh-process.ts'
import type { Target } from './target.ts'

export interface Connector {
  readonly folder: SshFolder
  readonly ssh: SshOptions
  readonly env: Environment
}

/** Name resolution, TCP, key exchange and log-in; a Pi of the first generation needs 3 s for its part. */
const connectLimitMs = 20_000

/** One round trip; a connection that is dead ends itself in less. */
const pingLimitMs = 10_000

/** How often, and how soon, a new connection is asked for its first answer. */
const firstQuestions = 4
const askAgainMs = 5

/** Throws ShoalError: why the device cannot be reached, does not let us in, or has no Engine for us. */
export async function connectDevice(
  target: Target,
  connector: Connector,
  signal: AbortSignal,
): Promise<Device> {
  connector.folder.prepare()
  for (const files of connector.folder.list(target, connector.ssh)) {
    const device = await reuse(target, files, connector, signal)
    if (device !== undefined) return device
  }
  return connectAnew(target, connector, signal)
}

/** Ends the connections to a device; the next command makes a new one. @returns how many there were. */
export async function disconnectDevice(target: Target, { folder, ssh, env }: Connector): Promise<number> {
  const files = folder.list(target, ssh)
  await Promise.all(files.map((each) => endConnection(target, each, folder, env)))
  return files.length
}

/** @returns undefined when the connection is not there any more. */
async function reuse(
  target: Target,
  files: ConnectionFiles,
  { folder, env }: Connector,
  signal: AbortSignal,
): Promise<Device | undefined> {
  const engine = new Engine({ socketPath: files.socket, place: target.label })
  try {
    const logStart = statSync(files.log).size
    const [address] = await Promise.all([
      addressOf(target, files),
      engine.ping({ signal, deadlineMs: pingLimitMs }),
    ])
    return new Device({ target, engine, files, logStart, address, env })
  } catch (error) {
    engine.close()
    if (signal.aborted) throw error
    // Nobody listens: it is over, or only beginning. Anything else: its far end is gone, or sees an older state of the device.
    if (error instanceof ShoalError && error.code === 'ENGINE_ABSENT') folder.removeDead(files)
    else await endConnection(target, files, folder, env)
    return undefined
  }
}

async function connectAnew(target: Target, connector: Connector, signal: AbortSignal): Promise<Device> {
  const { folder, ssh, env } = connector
  const files = folder.newFiles(target, ssh)
  const running = runSsh(connectArguments(target, ssh, files), { env, deadlineMs: connectLimitMs, signal })
  folder.sweep()
  const { exitCode, stderr, timedOut } = await running
  if (exitCode !== 0) {
    const log = (await readLog(files)) + stderr
    folder.remove(files)
    if (signal.aborted) throw interruption('connect', `to ${target.label}`)
    throw explainSshFailure({ target, log, timedOutAfterMs: timedOut ? connectLimitMs : undefined })
  }
  const engine = new Engine({ socketPath: files.socket, place: target.label })
  try {
    const [address] = await Promise.all([addressOf(target, files), firstAnswer(engine, signal)])
    return new Device({ target, engine, files, logStart: 0, address, env })
  } catch (error) {
    engine.close()
    const explained = signal.aborted ? error : await explainAbsentEngine(target, files, env, error)
    // What is wrong may be mended before the next command; a new log-in then sees it, a group membership for example.
    await endConnection(target, files, folder, env)
    throw explained
  }
}

/**
 * The first answer over a new connection. What sshd says of itself after the log-in is not acknowledged for 40 ms by our kernel (delayed
 * acknowledgement, RFC 1122 §4.2.3.2), and until then sshd's keeps the answer back (Nagle's algorithm, §4.2.3.4). Whatever we send carries
 * the acknowledgement: so the question is repeated, and the first answer counts.
 */
async function firstAnswer(engine: Engine, signal: AbortSignal): Promise<void> {
  const answered = new AbortController()
  const stop = AbortSignal.any([signal, answered.signal])
  const asked: Promise<void>[] = []
  try {
    for (let question = 0; question < firstQuestions; question++) {
      asked.push(engine.ping({ signal: stop, deadlineMs: pingLimitMs }))
      if (
        await Promise.race([Promise.any(asked).then(() => true), pause(askAgainMs, stop).then(() => false)])
      )
        return
    }
    await Promise.any(asked)
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  } finally {
    answered.abort()
    await Promise.allSettled(asked)
  }
}

async function endConnection(
  target: Target,
  files: ConnectionFiles,
  folder: SshFolder,
  env: Environment,
): Promise<void> {
  await runSsh(controlArguments(target, files, 'exit'), { env, deadlineMs: 5000 })
  folder.remove(files)
}

/** The address that ssh connected to; behind a jump host, where it says none, the name. */
async function addressOf(target: Target, files: ConnectionFiles): Promise<string> {
  const address = /^debug1: Connecting to .+? \[(?<address>[^\]]+)\] port \d+\.\s*$/m.exec(
    await readLog(files),
  )
  return address?.groups?.address ?? target.host
}

async function readLog(files: ConnectionFiles): Promise<string> {
  return readFile(files.log, 'utf8').catch(() => '')
}
