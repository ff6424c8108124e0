// Waits until a started instance is ready: it answers CoAP, or, where it has no CoAP, it runs and is healthy.
import type { ContainerDetails } from '../engine/container-answers.ts'
import type { Engine } from '../engine/engine.ts'
import { type Endpoint, renderEndpoint } from '../model/endpoint.ts'
import { ShoalError } from '../model/errors.ts'
import { pause } from '../model/pause.ts'
import { coapEndpoint, probeUri } from './coap-endpoint.ts'
import type { WantedInstance } from './instance.ts'
import { interruption, isInterruption } from './interruption.ts'

export interface StartedInstance {
  readonly instance: WantedInstance
  readonly containerId: string
  readonly engine: Engine
  /** Of the device, as seen from here. */
  readonly address: string
  /** For error texts. */
  readonly place: string
}

/** Lines of its log that an error shows. */
const shownLogLines = 10

const healthPauseMs = 100

/** One that is not known by its own answer has to run for this long without an end: a program that fails does so soon. */
const settleMs = 1000

/** The CoAP room is not needed before a container runs: it is loaded while the Engine starts the first one. */
export function loadProber(): Promise<typeof import('../coap/wait-for-answer.ts')> {
  return import('../coap/wait-for-answer.ts')
}

/** @returns where it answers; undefined for a service without CoAP. Throws ShoalError. */
export async function awaitReady(
  started: StartedInstance,
  signal: AbortSignal,
): Promise<Endpoint | undefined> {
  const { service } = started.instance
  const seen = await look(started, signal)
  await requireAlive(started, seen)
  const exposure = {
    coapPort: service.coap.port,
    isHostNetwork: service.network === 'host',
    ports: seen.ports,
  }
  const endpoint = coapEndpoint(exposure, started.address)
  const over = new AbortController()
  const timer = AbortSignal.timeout(service.ready.timeoutMs)
  const stop = AbortSignal.any([signal, timer, over.signal])
  const { waitForAnswer } = await loadProber()
  const ready =
    endpoint === undefined
      ? waitForHealth(started, stop)
      : waitForAnswer(probeUri(service.coap, endpoint), stop)
  try {
    const exits = watchForExit(started, stop)
    const isReady = await Promise.race([ready, exits])
    // On the device's own network the answer may be another program's, whose port this one can't have.
    const isOurs =
      isReady && (!exposure.isHostNetwork || (await Promise.race([settles(started, stop), exits])))
    if (isOurs) return endpoint
    throw signal.aborted ? interrupted(started) : await silentError(started, endpoint)
  } finally {
    over.abort()
    await ready.catch(() => {})
  }
}

/** Resolves when its health check passes; one without a check counts as healthy when it runs. Throws ShoalError. */
export async function awaitHealthy(started: StartedInstance, signal: AbortSignal): Promise<void> {
  const timer = AbortSignal.timeout(started.instance.service.ready.timeoutMs)
  if (await waitForHealth(started, AbortSignal.any([signal, timer]))) return
  throw signal.aborted ? interrupted(started) : await silentError(started, undefined)
}

async function look(
  { instance, containerId, engine, place }: StartedInstance,
  signal: AbortSignal,
): Promise<ContainerDetails> {
  const seen = await engine.containers.inspect(containerId, { signal })
  if (seen !== undefined) return seen
  throw new ShoalError('CONTAINER_UNKNOWN', {
    action: 'wait for',
    object: `instance ${instance.id}`,
    place,
    reason: 'somebody removed its container in the meantime',
  })
}

/** Throws when the container has ended for good; false when stopped before. */
async function watchForExit(started: StartedInstance, stop: AbortSignal): Promise<false> {
  while (!stop.aborted) {
    try {
      await started.engine.containers.wait(started.containerId, started.instance.spec.name, { signal: stop })
      await requireAlive(started, await look(started, stop))
    } catch (error) {
      if (!isInterruption(error)) throw error
    }
    await pause(healthPauseMs, stop)
  }
  return false
}

/** An end is final unless the Engine is to start it again. */
async function requireAlive(started: StartedInstance, seen: ContainerDetails): Promise<void> {
  const isOver = seen.state === 'exited' || seen.state === 'dead'
  if (isOver && started.instance.service.restart.condition === 'no') throw await exitedError(started, seen)
}

/** @returns whether it runs and is healthy; false when stopped before. */
async function waitForHealth(started: StartedInstance, stop: AbortSignal): Promise<boolean> {
  const { instance, containerId, engine, place } = started
  while (!stop.aborted) {
    const seen = await engine.containers.inspect(containerId)
    // One that has ended counts as unhealthy too: that it has ended says more, and whoever watches for it says it.
    const health = seen?.state === 'running' ? seen.health : 'starting'
    if (health === 'healthy' || (health === 'none' && (await settles(started, stop)))) return true
    if (health === 'unhealthy') {
      throw new ShoalError('SERVICE_SILENT', {
        action: 'wait for',
        object: `instance ${instance.id}`,
        place,
        reason: 'its health check fails',
        nextStep: 'see `healthcheck:` in the Compose file, and its log with shoal pair logs',
      })
    }
    await pause(healthPauseMs, stop)
  }
  return false
}

/** @returns whether it runs for a while without an end or a new start. */
async function settles({ containerId, engine }: StartedInstance, stop: AbortSignal): Promise<boolean> {
  const before = await engine.containers.inspect(containerId)
  await pause(settleMs, stop)
  if (stop.aborted) return false
  const after = await engine.containers.inspect(containerId)
  return after?.state === 'running' && after.restarts === before?.restarts
}

async function exitedError(started: StartedInstance, seen: ContainerDetails): Promise<ShoalError> {
  const cause = seen.outOfMemory
    ? 'the kernel killed it: it wanted more memory than its limit'
    : `its container ended with exit code ${seen.exitCode}`
  return new ShoalError('CONTAINER_EXITED', {
    action: 'wait for',
    object: `instance ${started.instance.id}`,
    place: started.place,
    reason: `${cause}${seen.error === '' ? '' : `: ${seen.error}`}${await shownLog(started)}`,
    nextStep: seen.outOfMemory
      ? 'raise deploy.resources.limits.memory'
      : 'see why it ends: its last lines stand above; check its image, `command:` and `environment:`',
  })
}

async function silentError(started: StartedInstance, endpoint: Endpoint | undefined): Promise<ShoalError> {
  const { service } = started.instance
  const seen = await started.engine.containers.inspect(started.containerId).catch(() => undefined)
  if (seen !== undefined && seen.restarts > 0) {
    return new ShoalError('CONTAINER_EXITED', {
      action: 'wait for',
      object: `instance ${started.instance.id}`,
      place: started.place,
      reason:
        `its container ends again and again: the Engine has started it anew ${seen.restarts} times` +
        (await shownLog(started)),
      nextStep: 'see why it ends: its last lines stand above; check its image, `command:` and `environment:`',
    })
  }
  const seconds = service.ready.timeoutMs / 1000
  return new ShoalError('SERVICE_SILENT', {
    action: 'wait for',
    object: `instance ${started.instance.id}`,
    place: started.place,
    reason:
      (endpoint === undefined
        ? `it runs, but is not healthy after ${seconds} s`
        : `it runs, but ${renderEndpoint(endpoint)} has not answered CoAP within ${seconds} s`) +
      (await shownLog(started)),
    nextStep:
      endpoint === undefined
        ? 'see `healthcheck:` in the Compose file'
        : `check that it listens on udp/${service.coap.port} on all addresses and that no firewall is in between; x-shoal.ready gives it more time`,
  })
}

/** The last lines of its log, each on a line of its own; nothing when it wrote none, or they can't be had. */
async function shownLog({ instance, containerId, engine }: StartedInstance): Promise<string> {
  const text = await engine.logs
    .tail(containerId, instance.spec.name, shownLogLines, { tty: instance.service.tty })
    .catch(() => '')
  if (text === '') return '; it wrote nothing'
  return `; its last lines:\n${text
    .split('\n')
    .map((line) => `  | ${line.trimEnd()}`)
    .join('\n')}`
}

function interrupted({ instance, place }: StartedInstance): ShoalError {
  return interruption('wait for', `instance ${instance.id}`, place)
}
