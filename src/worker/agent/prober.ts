// Asks one instance by CoAP: soon and often until its first answer, then now and then; says when it has become silent.
import type { CoapClient } from '../../coap/client.ts'
import { ask, waitForAnswer } from '../../coap/wait-for-answer.ts'
import { pause } from '../../model/pause.ts'

/** Between two questions while it answers. */
const everyMs = 2000
/** For one answer; a small board that computes takes its time. */
const answerLimitMs = 2000
/**
 * Misses in a row until it counts as silent: with the two times above, 6 to 8 s after it stopped. A service that computes for longer without
 * answering anything is taken for hung: it answers between its pieces of work, or in a thread of its own.
 */
const missesThatTell = 3

export interface ProberOptions {
  readonly client: CoapClient
  readonly uri: string
  /** From its start to its first answer. */
  readonly readyMs: number
  /** An instance that has answered before, and was paused, has nothing to start. */
  readonly hasAnswered: boolean
  readonly onState: (state: 'answering' | 'silent' | 'not-ready') => void
}

/** Until the signal comes, or it was not ready in time. */
export async function probe(options: ProberOptions, stop: AbortSignal): Promise<void> {
  const { client, uri, readyMs, hasAnswered, onState } = options
  if (!hasAnswered) {
    const inTime = AbortSignal.any([stop, AbortSignal.timeout(readyMs)])
    const answered = await waitForAnswer(uri, inTime)
    if (stop.aborted) return
    if (!answered) return onState('not-ready')
  }
  onState('answering')
  let misses = 0
  while (!stop.aborted) {
    await pause(everyMs, stop)
    if (stop.aborted) return
    const before = misses
    misses = await ask(client, uri, stop, answerLimitMs).then(
      () => 0,
      () => before + 1,
    )
    if (stop.aborted) return
    if (misses === missesThatTell) onState('silent')
    else if (misses === 0 && before >= missesThatTell) onState('answering')
  }
}
