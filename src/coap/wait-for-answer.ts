// Waits until an instance answers CoAP: asks again and again, soon at first, until the first answer of any kind.

import { pause } from '../model/pause.ts'
import { CoapClient } from './client.ts'
import { CoapError } from './coap-error.ts'
import { transmissionParameters } from './transmission.ts'

/** The first questions follow each other this soon: what is waited for too long is part of every activation. */
const firstPauseMs = 5
const pauseGrowth = 1.15
const longestPauseMs = 250

/** Each question is answered within this, or counts as lost; a slow board under load needs its time. */
const answerLimitMs = 5000

/** Failures that only something which speaks CoAP can cause. */
const answerKinds: ReadonlySet<string> = new Set(['reset', 'bad-response', 'too-large'])

/** Questions under way at once: enough for the longest answer at the shortest pause to be no bottleneck. */
const maxOutstanding = 256

const parameters = transmissionParameters({
  nstart: maxOutstanding,
  maxRetransmit: 0,
  ackTimeoutMs: answerLimitMs,
})

/**
 * Asks with GETs that are confirmable but sent once, because the repetition is ours. Any response counts, and so does a Reset
 * (RFC 7252 §4.2): whoever sends one speaks CoAP. A client of its own, and so a source port of its own: a flow that the device's connection tracking
 * knows from before the port was published would not be forwarded.
 * @returns true when it has answered, false when the signal came first.
 */
export async function waitForAnswer(uri: string, signal: AbortSignal): Promise<boolean> {
  const client = new CoapClient({ parameters })
  const answered = new AbortController()
  const stop = AbortSignal.any([signal, answered.signal])
  try {
    for (
      let pauseMs = firstPauseMs;
      !stop.aborted;
      pauseMs = Math.min(pauseMs * pauseGrowth, longestPauseMs)
    ) {
      ask(client, uri, stop).then(
        () => answered.abort(),
        () => {},
      )
      await pause(pauseMs, stop)
    }
    return answered.signal.aborted
  } finally {
    await client.stop()
  }
}

/** One question. @returns the milliseconds until the answer; throws CoapError. */
export async function ask(
  client: CoapClient,
  uri: string,
  signal: AbortSignal,
  deadlineMs = answerLimitMs,
): Promise<number> {
  const startedAt = performance.now()
  try {
    await client.request(uri, { deadlineMs, signal })
  } catch (error) {
    if (!(error instanceof CoapError) || !answerKinds.has(error.kind)) throw error
  }
  return performance.now() - startedAt
}
