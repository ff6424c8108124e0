// Where a worker keeps what it knows, and with what its commands begin.
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Engine } from '../engine/engine.ts'
import { ShoalError } from '../model/errors.ts'
import type { AgentProgram } from '../worker/agent-process.ts'
import type { Io } from './io.ts'
import { localEngineSocket } from './local-engine-socket.ts'

export const workerFolder = '/var/lib/shoal/worker'
export const membershipFile = `${workerFolder}/membership.json`

export function localEngine({ env }: Pick<Io, 'env'>): Engine {
  return new Engine({ socketPath: localEngineSocket(env), place: 'this device' })
}

export function agentProgram({ env }: Pick<Io, 'env'>): AgentProgram {
  const program = fileURLToPath(new URL('../../bin/shoal', import.meta.url))
  return {
    argv: [program, 'worker', 'agent'],
    environment: env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: env.DOCKER_HOST },
    folder: workerFolder,
  }
}

/** What is changed belongs to root; said before anything is tried. */
export function mustBeRoot(action: string): void {
  if (process.geteuid?.() === 0) return
  throw new ShoalError('FILE_UNWRITABLE', {
    action,
    object: 'the cluster',
    place: 'this device',
    reason: 'it changes the configuration of the Docker Engine, which only root may',
    nextStep: `sudo shoal worker ${action}`,
  })
}

export function notJoined(action: string): ShoalError {
  return new ShoalError('NOT_JOINED', {
    action,
    object: 'the worker',
    place: 'this device',
    reason: 'it has joined no cluster',
    nextStep: 'shoal worker join --token TOKEN',
  })
}
