// The last line that a service wrote: often the reason why it is of no use.
import type { Engine } from '../../engine/engine.ts'
import { ShoalError } from '../../model/errors.ts'

const limitMs = 3000
const mostCharacters = 200

/** @returns undefined where it wrote nothing, or nobody can say */
export async function lastWords(
  engine: Pick<Engine, 'services'>,
  serviceId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let last: { readonly atMs: number; readonly text: string } | undefined
  try {
    const lines = engine.services.logs(serviceId, { tail: 5, signal, deadlineMs: limitMs })
    for await (const { text, atMs = 0, instanceId } of lines)
      if (instanceId !== undefined && text.trim() !== '' && atMs >= (last?.atMs ?? 0)) last = { atMs, text }
  } catch (error) {
    if (!(error instanceof ShoalError)) throw error
  }
  return last?.text.trim().slice(0, mostCharacters)
}
