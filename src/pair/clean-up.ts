// Undoes a failed activation on all its devices, also on those whose link is gone: for a while it tries again, and what it
// cannot reach stays in the journal for the next command that does.

import { pause } from '../model/pause.ts'
import { type Connector, connectDevice } from './connect-device.ts'
import { type Device, isLoss } from './device.ts'
import { type Footprint, undoRun } from './footprint.ts'
import { isInterruption } from './interruption.ts'
import { hasLingeringConnection } from './lingering.ts'
import { reasonOf } from './reason-of.ts'

export interface CleanUp {
  readonly run: string
  readonly connector: Connector
  /** One line for the user. */
  readonly say: (text: string) => void
  /** How long a device that has vanished is tried again. */
  readonly patienceMs: number
}

export interface TouchedDevice {
  readonly device: Device
  readonly footprint: Footprint
}

/** Undoing on a device that answers takes seconds; one that answers and never ends must not hold the user for ever. */
const undoLimitMs = 60_000

const retryPauseMs = 500

/** A request that reached the device only now has been carried out, or not, after this. */
const settleMs = 2000

/** @returns the devices on which something may be left, each with the reason. */
export async function cleanUp(
  touched: readonly TouchedDevice[],
  options: CleanUp,
): Promise<{ readonly touched: TouchedDevice; readonly reason: string }[]> {
  const outcomes = await Promise.all(
    touched.map(async (each) => ({ touched: each, reason: await cleanUpOne(each, options) })),
  )
  return outcomes.flatMap(({ touched: each, reason }) =>
    reason === undefined ? [] : [{ touched: each, reason }],
  )
}

/** @returns undefined when nothing is left. */
async function cleanUpOne(
  { device, footprint }: TouchedDevice,
  options: CleanUp,
): Promise<string | undefined> {
  const limit = AbortSignal.timeout(undoLimitMs)
  try {
    await undoRun(device, options.run, footprint, limit)
    return undefined
  } catch (error) {
    if (!isLoss(error)) return reasonOf(error)
  }
  return cleanUpLost({ device, footprint }, options)
}

async function cleanUpLost(
  { device, footprint }: TouchedDevice,
  options: CleanUp,
): Promise<string | undefined> {
  const { run, connector, say, patienceMs } = options
  let reason = 'the device cannot be reached'
  if (patienceMs === 0) return reason
  say(
    `${device.label}: lost; tries for ${patienceMs / 1000} s to reach it again and undo what was begun there`,
  )
  const patience = AbortSignal.timeout(patienceMs)
  let lingeredAt = Number.NEGATIVE_INFINITY
  while (!patience.aborted) {
    let again: Device | undefined
    try {
      again = await connectDevice(device.target, connector, patience)
      // Looked at before: what arrives later than this look, the look after the next undoing sees.
      if (await hasLingeringConnection(device.address)) lingeredAt = performance.now()
      const isQuiet = performance.now() - lingeredAt > settleMs
      await undoRun(again, run, footprint, AbortSignal.timeout(undoLimitMs))
      if (isQuiet) {
        say(`${device.label}: back, and clean`)
        return undefined
      }
      reason = 'its last request may still be under way'
    } catch (error) {
      // Stopped because patience has ended: why it could not be reached was said before.
      if (!isInterruption(error)) reason = reasonOf(error)
    } finally {
      again?.close()
    }
    await pause(retryPauseMs, patience)
  }
  return reason
}
