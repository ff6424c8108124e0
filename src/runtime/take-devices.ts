// From the claims of an instance to a configuration with its devices: looked up, waited for where another still holds them, then written.
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Device } from '../model/devices/device.ts'
import type { DevicePath } from '../model/devices/device-paths.ts'
import { ShoalError } from '../model/errors.ts'
import type { Claim } from './claims.ts'
import { type ClaimedDevice, grantDevices } from './grant-devices.ts'
import { findHolders, makerAnnotation, renderMaker } from './holders.ts'
import { readProcess } from './live-process.ts'
import { type OciConfig, renderOciConfig } from './oci-config.ts'

/** The Engine kills a container 10 s after it was asked to stop; then there are mounts to undo. */
export const holderDeadlineMs = 12_000
const lookAgainMs = 100

export interface Taking {
  /** For people: the container's name. */
  readonly instance: string
  readonly config: OciConfig
  readonly claims: readonly Claim[]
  readonly paths: readonly DevicePath[]
  /** Of this node, as they are now. */
  readonly readDevices: () => Promise<readonly Device[]>
  readonly bundle: string
  readonly stateRoot: string
  /** Who runs runc afterwards, under the same process id. */
  readonly makerPid: number
  readonly holdLock: <Result>(work: () => Promise<Result>) => Promise<Result>
  readonly write: (text: string) => Promise<void>
}

/** @throws ShoalError DEVICE_UNKNOWN, DEVICE_ABSENT, DEVICE_HELD, CLAIM_REFUSED */
export async function takeDevices(taking: Taking): Promise<void> {
  const endMs = performance.now() + holderDeadlineMs
  for (;;) {
    checkWanted(taking)
    const claimed = claimedDevices(taking, await taking.readDevices())
    const text = await render(taking, claimed)
    let held = await findHeld(taking, claimed)
    if (held === undefined) {
      held = await taking.holdLock(async () => {
        const other = await findHeld(taking, claimed)
        checkWanted(taking)
        if (other === undefined) await taking.write(text)
        return other
      })
      if (held === undefined) return
    }
    if (performance.now() > endMs) throw refuseHeld(taking, held)
    await delay(lookAgainMs)
  }
}

function claimedDevices({ instance, claims }: Taking, devices: readonly Device[]): readonly ClaimedDevice[] {
  return claims.map((claim) => {
    const device = devices.find(({ id }) => id === claim.deviceId)
    if (device === undefined) {
      throw new ShoalError('DEVICE_UNKNOWN', {
        action: 'start',
        object: instance,
        reason: `it claims the device ${claim.deviceId} (${claim.kinds.join(', ').toLowerCase()}), and this node has none of this id`,
        nextStep: 'shoal worker inventory, on this node, lists its devices',
      })
    }
    const { grant } = device
    if (grant === undefined) {
      throw new ShoalError('DEVICE_ABSENT', {
        action: 'start',
        object: instance,
        reason: `its device ${device.id} (${device.identity}) is absent: ${device.absence}`,
        nextStep: 'plug it in, or mend its entry in /etc/shoal/devices.yaml',
      })
    }
    return { claim, device, grant }
  })
}

async function render(
  { instance, config, paths, makerPid }: Taking,
  claimed: readonly ClaimedDevice[],
): Promise<string> {
  const granting = grantDevices(config, claimed, paths)
  if (!granting.ok)
    throw new ShoalError('CLAIM_REFUSED', { action: 'start', object: instance, reason: granting.reason })
  const maker = await readProcess(makerPid)
  if (maker === undefined) throw new Error('the process that asked for it is gone')
  const annotations = { ...granting.config.annotations, [makerAnnotation]: renderMaker(maker) }
  return renderOciConfig({ ...granting.config, annotations })
}

interface Held {
  readonly device: Device
  readonly holders: readonly string[]
}

/** The first device that has as many holders as it may have. */
async function findHeld(
  { bundle, stateRoot }: Taking,
  claimed: readonly ClaimedDevice[],
): Promise<Held | undefined> {
  for (const { device } of claimed) {
    const holders = await findHolders(device, { bundle, stateRoot })
    if (holders.length >= device.shared) return { device, holders }
  }
  return undefined
}

/** Whoever was killed has nobody left to hand over to. */
function checkWanted({ makerPid }: Taking): void {
  if (process.ppid !== makerPid) throw new Error('the process that asked for it is gone')
}

function refuseHeld({ instance }: Taking, { device, holders }: Held): ShoalError {
  const may = device.shared === 1 ? 'one instance' : `${device.shared} instances`
  return new ShoalError('DEVICE_HELD', {
    action: 'start',
    object: instance,
    reason: `its device ${device.id} may be held by ${may} and is held by ${holders.join(', ')}, also after ${holderDeadlineMs / 1000} s`,
  })
}
