// Joining: everything is written down before it is changed, so that a second try goes on and leaving undoes exactly that.
import { hostname } from 'node:os'
import type { Engine } from '../engine/engine.ts'
import type { EngineInfo } from '../engine/info.ts'
import { ShoalError } from '../model/errors.ts'
import { type JoinAnswer, type JoinRequest, joinAnswerSchema } from '../model/join-messages.ts'
import { parseJoinToken } from '../model/join-token.ts'
import { pause } from '../model/pause.ts'
import { askManager, type Door } from './ask-manager.ts'
import { configureEngine } from './configure-engine.ts'
import type { EngineSettings } from './engine-config.ts'
import { findDoors, namedDoor } from './find-door.ts'
import { type Membership, readMembership, writeMembership } from './membership.ts'
import { isOwnSwarm } from './own-swarm.ts'
import { undoMembership } from './undo-membership.ts'

export interface JoinOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm' | 'containers'>
  /** What the node has to offer; undefined: nothing. */
  readonly devices: EngineSettings['devices']
  readonly token: string
  /** `coap://ADDRESS` or `ADDRESS`; left out, it is looked for in the local network. */
  readonly manager: string | undefined
  readonly joinPort: number
  /** At which the others reach this device; left out, Swarm takes the one that leads to the manager. */
  readonly advertiseAddress: string | undefined
  readonly membershipFile: string
  readonly signal: AbortSignal
  /** A line for the person who waits. */
  readonly onProgress: (line: string) => void
}

export interface Joined {
  readonly membership: Membership
  /** Whether it was a member already. */
  readonly wasJoined: boolean
}

/** Until Swarm's own record shows what was asked for. */
const settleLimitMs = 30_000
const undoLimitMs = 60_000
/** For a manager that is away. */
const memberLimitMs = 5000

/** Throws ShoalError; this device is then as it was before, or a second try goes on where this one ended. */
export async function joinCluster(options: JoinOptions): Promise<Joined> {
  const { engine, token: text, membershipFile, signal, onProgress } = options
  const { fingerprint } = parseJoinToken(text)
  const info = await engine.info({ signal })
  const known = await readMembership(membershipFile)
  if (known !== undefined && known.fingerprint !== fingerprint) throw otherCluster(known)
  const isOurs = known !== undefined && isOwnSwarm(info.swarm, known)
  if (info.swarm.state !== 'inactive' && !isOurs) throw inSwarm(info)
  const isMember = isOurs && known.nodeId !== '' && info.swarm.state === 'active'
  if (isMember && (await isStillMember(known, options, info)))
    return { membership: (await configureEngine(known, options)).membership, wasJoined: true }
  const { door, answer } = await knock(options, fingerprint, info)
  if (isMember) {
    onProgress('the manager has removed this device from its list: joins anew')
    await engine.swarm.leave({ force: true, signal })
  }
  const membership: Membership = {
    version: 1,
    clusterId: answer.clusterId,
    coap: answer.coap,
    joinPort: door.port,
    fingerprint,
    nodeName: hostname(),
    nodeSecret: answer.nodeSecret,
    nodeId: '',
    address: '',
    registry: answer.registry,
    undo: known?.undo ?? { folders: [] },
  }
  try {
    const configured = await configureEngine(membership, options)
    return { membership: await joinSwarm(configured.membership, answer.swarm, options), wasJoined: false }
  } catch (error) {
    await undoAfter(error, membership, options)
    throw error
  }
}

/** Asks one manager after the other until one lets this device in; the last refusal counts. */
async function knock(
  { manager, joinPort, token, signal, onProgress }: JoinOptions,
  fingerprint: string,
  info: EngineInfo,
): Promise<{ readonly door: Door; readonly answer: JoinAnswer }> {
  if (manager === undefined) onProgress('looks for the manager in the local network')
  const doors =
    manager === undefined ? await findDoors(fingerprint, signal) : [namedDoor(manager, joinPort, fingerprint)]
  let refusal: unknown
  for (const door of doors) {
    onProgress(`asks the manager at ${door.host} to be let in`)
    try {
      const answer = await ask(door, { token, info, signal })
      onProgress('its certificate is the one that the token names, and it lets this device in')
      return { door, answer }
    } catch (error) {
      signal.throwIfAborted()
      refusal = error
    }
  }
  throw refusal
}

/** An Engine does not notice that it was thrown out; where the manager cannot be asked, it is taken at its word. */
async function isStillMember(
  { coap, joinPort, fingerprint, nodeId }: Membership,
  { manager, token, signal }: JoinOptions,
  info: EngineInfo,
): Promise<boolean> {
  const door = namedDoor(manager ?? coap, joinPort, fingerprint)
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(memberLimitMs)])
    return (await ask(door, { token, info, nodeId, signal: inTime })).isMember
  } catch {
    signal.throwIfAborted()
    return true
  }
}

async function ask(
  door: Door,
  {
    token,
    info,
    nodeId,
    signal,
  }: {
    readonly token: string
    readonly info: EngineInfo
    readonly nodeId?: string
    readonly signal: AbortSignal
  },
): Promise<JoinAnswer> {
  const request: JoinRequest = {
    token,
    nodeName: hostname(),
    nodeId,
    architecture: info.architecture,
    engineVersion: info.engineVersion,
    clockSeconds: Math.floor(Date.now() / 1000),
  }
  return readAnswer(await askManager(door, '/join', request, signal), door)
}

function readAnswer(answered: unknown, { host }: Door): JoinAnswer {
  const parsed = joinAnswerSchema.safeParse(answered)
  if (parsed.success) return parsed.data
  throw new ShoalError('MANAGER_ANSWER', {
    action: 'join',
    object: 'the cluster',
    place: `the manager at ${host}`,
    reason: 'its answer is not of the form that this version of Shoal knows',
    nextStep: 'use the same version of Shoal on both',
    cause: parsed.error,
  })
}

async function joinSwarm(
  membership: Membership,
  { token, managers }: JoinAnswer['swarm'],
  { engine, advertiseAddress, membershipFile, signal, onProgress }: JoinOptions,
): Promise<Membership> {
  const joining: Membership = { ...membership, undo: { ...membership.undo, swarm: managers } }
  await writeMembership(membershipFile, joining)
  const { swarm } = await engine.info({ signal })
  if (swarm.state !== 'active') {
    // It was thrown out, or waits for a manager that has forgotten it: only a new joining helps.
    if (swarm.state !== 'inactive') await engine.swarm.leave({ force: true, signal })
    onProgress(`joins the Swarm of ${managers.join(', ')}`)
    await engine.swarm.join(
      { token, managers, ...(advertiseAddress === undefined ? {} : { advertiseAddress }) },
      { signal },
    )
  }
  const joined = await waitForNode(engine, signal)
  const whole = { ...joining, nodeId: joined.swarm.nodeId, address: joined.swarm.nodeAddress }
  await writeMembership(membershipFile, whole)
  return whole
}

async function waitForNode(engine: Pick<Engine, 'info'>, signal: AbortSignal): Promise<EngineInfo> {
  const endsAtMs = performance.now() + settleLimitMs
  for (;;) {
    const info = await engine.info({ signal })
    const { state, nodeId, nodeAddress, error } = info.swarm
    if (state === 'active' && nodeId !== '' && nodeAddress !== '') return info
    if (performance.now() > endsAtMs) {
      throw new ShoalError('JOIN_FAILED', {
        action: 'join',
        object: 'the Swarm',
        place: 'this device',
        reason: error === '' ? `it is ${state} after ${settleLimitMs / 1000} s` : error,
        nextStep: 'see the log of the Docker Engine, here and on the access point',
      })
    }
    await pause(50, signal)
    signal.throwIfAborted()
  }
}

/** The signal may have come: what is undone is undone nevertheless. */
async function undoAfter(
  failure: unknown,
  membership: Membership,
  { engine, membershipFile, onProgress }: JoinOptions,
): Promise<void> {
  onProgress('takes back what was changed')
  try {
    const written = (await readMembership(membershipFile)) ?? membership
    const signal = AbortSignal.timeout(undoLimitMs)
    await undoMembership(written, { engine, membershipFile, force: false, signal, onProgress })
  } catch (error) {
    const reasons = [failure, error].map((each) => (each instanceof Error ? each.message : String(each)))
    throw new ShoalError('JOIN_FAILED', {
      action: 'join',
      object: 'the cluster',
      place: 'this device',
      reason: `${reasons[0]}; and it could not be taken back: ${reasons[1]}`,
      nextStep: 'shoal worker leave takes it back when that is mended',
      cause: failure,
    })
  }
}

function otherCluster({ coap }: Membership): ShoalError {
  return new ShoalError('OTHER_SWARM', {
    action: 'join',
    object: 'the cluster',
    place: 'this device',
    reason: `it is a member of another cluster, whose manager is ${coap}`,
    nextStep: 'leave that one first: shoal worker leave',
  })
}

function inSwarm({ swarm }: EngineInfo): ShoalError {
  const of = swarm.managers.length === 0 ? '' : `, that of ${swarm.managers.join(', ')}`
  return new ShoalError('OTHER_SWARM', {
    action: 'join',
    object: 'the cluster',
    place: 'this device',
    reason: swarm.isManager
      ? 'its Engine is the manager of a Swarm'
      : `its Engine is in a Swarm that it did not join through Shoal${of}`,
    nextStep: swarm.isManager
      ? 'the access point itself runs services with shoal manager start --run-services; to end its Swarm: docker swarm leave --force'
      : 'leave it first, if nothing there is needed: docker swarm leave',
  })
}
