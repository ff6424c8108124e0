// Between the creation of a container and its start: makes sure that nobody else holds its devices, and that its user may open them.
import type { Engine } from '../../engine/engine.ts'
import { ShoalError } from '../../model/errors.ts'
import { pause } from '../../model/pause.ts'
import type { WantedInstance } from '../instance.ts'
import { interruption } from '../interruption.ts'
import { deniedFile } from './file-access.ts'
import { holdersOf } from './holder.ts'
import { type ClaimVerdict, judgeClaims } from './judge-claims.ts'
import { lookAtClaims } from './look-at-claims.ts'

export interface ClaimsToSecure {
  readonly instance: WantedInstance
  readonly containerId: string
  readonly engine: Pick<Engine, 'containers'>
  /** The machine's name in errors. */
  readonly place: string
  /** Whether a container of that name is being replaced by this run. */
  readonly isAside: (name: string) => boolean
}

/** Another took a device at the same moment: a new plan may find another one. */
export class ClaimLost extends ShoalError {}

/** Who has lost removes what it has made; then the winner goes on. */
const waitLimitMs = 20_000
const waitPauseMs = 200

/** Returns at once for an instance without devices. Throws ShoalError; the container is then not to be started. */
export async function secureClaims(
  { instance, containerId, engine, place, isAside }: ClaimsToSecure,
  signal: AbortSignal,
): Promise<void> {
  if (instance.granted.length === 0) return
  const details = await engine.containers.inspect(containerId, { signal })
  const file = deniedFile(
    instance.granted.flatMap(({ grant }) => grant ?? []),
    instance.fileModes,
    details?.user ?? '',
  )
  if (file !== undefined) throw deniedError(instance, place, file, details?.user ?? '')
  const limit = AbortSignal.timeout(waitLimitMs)
  for (;;) {
    if (signal.aborted) throw interruption('activate', `instance ${instance.id}`, place)
    const containers = (await engine.containers.list([], { signal })).filter(({ name }) => !isAside(name))
    const own = containers.find(({ id }) => id === containerId)
    const holders = holdersOf(containers, await lookAtClaims(engine, containers, signal))
    const verdict = judgeClaims(
      { id: containerId, createdAtMs: own?.createdAtMs ?? 0, devices: instance.granted },
      holders,
    )
    if (verdict.kind === 'go') return
    if (verdict.kind === 'lost' || limit.aborted) throw lostError(instance, place, verdict)
    await pause(waitPauseMs, signal)
  }
}

function lostError(
  { id }: WantedInstance,
  place: string,
  verdict: Exclude<ClaimVerdict, { kind: 'go' }>,
): ClaimLost {
  return new ClaimLost('DEVICE_HELD', {
    action: 'place',
    object: `instance ${id}`,
    place,
    reason: `${verdict.device} was taken at the same moment by ${verdict.holders.join(', ')}`,
    nextStep: `see who holds what: shoal pair ps ${place}`,
  })
}

function deniedError(
  { id }: WantedInstance,
  place: string,
  { path, uid, gid, mode }: { path: string; uid: number; gid: number; mode: number },
  user: string,
): ShoalError {
  return new ShoalError('DEVICE_DENIED', {
    action: 'activate',
    object: `instance ${id}`,
    place,
    reason: `${path} is for user ${uid} and group ${gid} with mode ${mode.toString(8).padStart(4, '0')}, and the container runs as ${user}`,
    nextStep:
      'let a group use it: a rule of udev on that machine with GROUP="…", MODE="0660" (docs/pair-mode.md, Devices); the instance then gets that group',
  })
}
