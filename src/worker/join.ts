// Joining: everything is written down before it is changed, so that a second try goes on and leaving undoes exactly that.
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { parseCoapUri } from '../coap/uri.ts'
import { findManagers } from '../discovery/find-managers.ts'
import type { Engine } from '../engine/engine.ts'
import type { EngineInfo } from '../engine/info.ts'
import { ShoalError } from '../model/errors.ts'
import { joinAnswerSchema } from '../model/join-messages.ts'
import { fingerprintPrefix, type JoinToken, parseJoinToken } from '../model/join-token.ts'
import { pause } from '../model/pause.ts'
import { askManager, type Door } from './ask-manager.ts'
import { readEngineConfig, reloadEngine, withClusterLabel, writeEngineConfig } from './engine-config.ts'
import { type Membership, readMembership, writeMembership } from './membership.ts'
import { undoMembership } from './undo-membership.ts'

export interface JoinOptions {
  readonly engine: Pick<Engine, 'info' | 'swarm'>
  readonly token: string
  /** `coap://ADDRESS` or `ADDRESS`; left out, it is looked for in the local network. */
  readonly manager: string | undefined
  readonly joinPort: number
  /** At which the others reach this device; left out, Swarm takes the one that leads to the manager. */
  readonly advertiseAddress: string | undefined
  readonly membershipFile: string
  readonly engineConfigFile: string
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

/** Throws ShoalError; this device is then as it was before, or a second try goes on where this one ended. */
export async function joinCluster(options: JoinOptions): Promise<Joined> {
  const { engine, token: text, membershipFile, signal, onProgress } = options
  const token = parseJoinToken(text)
  const info = await engine.info({ signal })
  const known = await readMembership(membershipFile)
  if (known !== undefined && known.fingerprint !== token.fingerprint) throw otherCluster(known)
  if (known !== undefined && known.nodeId !== '' && info.swarm.nodeId === known.nodeId) {
    await trustRegistry(known)
    return { membership: known, wasJoined: true }
  }
  if (known === undefined && info.swarm.state !== 'inactive') throw inSwarm(info)
  const door = await findDoor(options, token)
  onProgress(`found the manager at ${door.host}`)
  const answer = joinAnswerSchema.parse(
    await askManager(
      door,
      '/join',
      {
        token: text.trim(),
        nodeName: hostname(),
        architecture: info.architecture,
        engineVersion: info.engineVersion,
        clockSeconds: Math.floor(Date.now() / 1000),
      },
      signal,
    ),
  )
  onProgress('it is the one that the token means, and lets this device in')
  const before = known?.undo ?? { registryTrust: false, joinedSwarm: false }
  let membership: Membership = {
    version: 1,
    clusterId: answer.clusterId,
    coap: answer.coap,
    joinPort: door.port,
    fingerprint: token.fingerprint,
    nodeName: hostname(),
    nodeSecret: answer.nodeSecret,
    nodeId: '',
    address: '',
    registry: answer.registry,
    undo: before,
  }
  try {
    membership = await configure(membership, options)
    membership = await joinSwarm(membership, answer.swarm, options)
  } catch (error) {
    // By then the signal may have come: what is undone is undone nevertheless.
    await undoMembership(membership, {
      ...options,
      engine: options.engine as Engine,
      signal: AbortSignal.timeout(settleLimitMs),
    })
    throw error
  }
  return { membership, wasJoined: false }
}

async function findDoor(
  { manager, joinPort, signal, onProgress }: JoinOptions,
  { fingerprint }: JoinToken,
): Promise<Door> {
  if (manager !== undefined) {
    const { host } = parseCoapUri(manager.includes('://') ? manager : `coap://${manager}`)
    return { host, port: joinPort, fingerprint }
  }
  onProgress('looks for the manager in the local network')
  const prefix = fingerprintPrefix(fingerprint)
  const found = await findManagers({ signal, timeoutMs: 8000, fingerprintPrefix: prefix })
  const meant = found.find((each) => each.fingerprintPrefix === prefix)
  if (meant !== undefined) return { host: meant.coap.host, port: meant.joinPort, fingerprint }
  const others = found.map(({ coap }) => coap.host).join(', ')
  throw new ShoalError('MANAGER_NOT_FOUND', {
    action: 'find',
    object: 'the manager',
    place: 'the local network',
    reason:
      others === ''
        ? 'nobody answered, by DNS-SD nor by CoAP multicast'
        : `those that answered are of other clusters than the token: ${others}`,
    nextStep: 'name it: shoal worker join coap://ADDRESS --token …',
  })
}

/** The registry’s authority, and the label of the engine. */
async function configure(
  membership: Membership,
  { membershipFile, engineConfigFile }: JoinOptions,
): Promise<Membership> {
  const present = await readEngineConfig(engineConfigFile)
  const label = fingerprintPrefix(membership.fingerprint)
  const written = withClusterLabel(present, label, engineConfigFile)
  const isWritten = membership.undo.engineConfigWritten === present
  const configured: Membership = {
    ...membership,
    undo: {
      ...membership.undo,
      registryTrust: true,
      ...(isWritten ? {} : { engineConfig: present ?? null }),
      engineConfigWritten: isWritten ? (present ?? written) : written,
    },
  }
  await writeMembership(membershipFile, configured)
  await trustRegistry(configured)
  if (present !== configured.undo.engineConfigWritten) {
    await writeEngineConfig(engineConfigFile, configured.undo.engineConfigWritten)
    await reloadEngine(configured.undo.engineConfigWritten)
  }
  return configured
}

async function joinSwarm(
  membership: Membership,
  { token, managers }: { readonly token: string; readonly managers: readonly string[] },
  { engine, advertiseAddress, membershipFile, signal, onProgress }: JoinOptions,
): Promise<Membership> {
  const joining: Membership = { ...membership, undo: { ...membership.undo, joinedSwarm: true } }
  await writeMembership(membershipFile, joining)
  const present = await engine.info({ signal })
  if (present.swarm.state === 'inactive') {
    await engine.swarm.join(
      { token, managers, ...(advertiseAddress === undefined ? {} : { advertiseAddress }) },
      { signal },
    )
  }
  const info = await waitForNode(engine, signal)
  const joined = { ...joining, nodeId: info.swarm.nodeId, address: info.swarm.nodeAddress }
  await writeMembership(membershipFile, joined)
  onProgress(`joined as ${joined.nodeName} (${joined.address})`)
  return joined
}

async function waitForNode(engine: Pick<Engine, 'info'>, signal: AbortSignal): Promise<EngineInfo> {
  const endsAtMs = performance.now() + settleLimitMs
  for (;;) {
    const info = await engine.info({ signal })
    if (info.swarm.state === 'active' && info.swarm.nodeId !== '') return info
    if (performance.now() > endsAtMs) {
      throw new ShoalError('JOIN_FAILED', {
        action: 'join',
        object: 'the Swarm',
        reason: info.swarm.error === '' ? `it is ${info.swarm.state}` : info.swarm.error,
      })
    }
    await pause(100, signal)
    signal.throwIfAborted()
  }
}

/** Twice is the same as once. */
export async function trustRegistry({ registry }: Membership): Promise<void> {
  const file = registryTrustFile(registry.authority)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, registry.authorityPem)
}

/** Where an Engine looks for the authority of a registry. */
export function registryTrustFile(authority: string): string {
  return `/etc/docker/certs.d/${authority}/ca.crt`
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
  return new ShoalError('OTHER_SWARM', {
    action: 'join',
    object: 'the cluster',
    place: 'this device',
    reason: `its Engine is in a Swarm already${swarm.managers.length === 0 ? '' : `, that of ${swarm.managers.join(', ')}`}`,
    nextStep: 'leave it first, if nothing there is needed: docker swarm leave',
  })
}
