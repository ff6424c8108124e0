// Finishes what earlier commands have left on these devices: killed in the middle, or cut off from the device.
import { ShoalError } from '../model/errors.ts'
import type { Device } from './device.ts'
import { settleRun, undoRun } from './footprint.ts'
import { isSameTarget, type Journal, type JournalDevice, type JournalEntry } from './journal.ts'

export interface FinishContext {
  readonly journal: Journal
  /** One line for the user. */
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** What cannot be finished stays in the journal, and the user is told; it stops no other work. */
export async function finishAbandoned(devices: readonly Device[], context: FinishContext): Promise<void> {
  for (const entry of await context.journal.abandoned()) await finish(entry, devices, context)
}

async function finish(
  entry: JournalEntry,
  devices: readonly Device[],
  context: FinishContext,
): Promise<void> {
  const { journal, say } = context
  const outcomes = await Promise.all(
    entry.devices.map(async (noted) => {
      const device = devices.find(({ target }) => isSameTarget(target, noted.target))
      if (device === undefined) return { noted, isDone: false }
      return { noted, isDone: await finishOn(device, noted, entry, context) }
    }),
  )
  const left = outcomes.filter(({ isDone }) => !isDone).map(({ noted }) => noted)
  if (left.length === entry.devices.length) return
  if (left.length === 0) await journal.remove(entry.run)
  else await journal.write({ ...entry, devices: left, isGivenUp: true })
  const what = entry.duty === 'undo' ? 'undid what an interrupted activation' : 'removed what an activation'
  say(`${what} of ${entry.application} had left`)
}

/** @returns whether nothing is left there. */
async function finishOn(
  device: Device,
  { footprint }: JournalDevice,
  entry: JournalEntry,
  { say, signal }: FinishContext,
): Promise<boolean> {
  try {
    if (entry.duty === 'undo') await undoRun(device, entry.run, footprint, signal)
    else await settleRun(device, entry.run, footprint, signal)
    return true
  } catch (error) {
    const reason = error instanceof ShoalError ? error.reason : String(error)
    say(
      `${device.label}: what an activation of ${entry.application} had left there is still there: ${reason}`,
    )
    return false
  }
}
