// Asks one instance by CoAP: soon and often until its first answer, then now and then; says when it has become silent.
import { CoapClient } from '../../coap/client.ts'
import { transmissionParameters } from '../../coap/transmission.ts'
import { ask, waitForAnswer } from '../../coap/wait-for-answer.ts'
import { pause } from '../../model/pause.ts'
import { judgeSilence } from './judge-silence.ts'

export interface ProberOptions {
  /** Shared by all probers of a node. */
  readonly client: CoapClient
  readonly uri: string
  /** From now to its first answer. */
  readonly readyMs: number
  /** An instance that answered before it was paused has nothing to start. */
  readonly hasAnswered: boolean
  /** CPU that the instance has used so far; undefined where that is not known. */
  readonly cpuTimeMs: () => Promise<number | undefined>
  readonly onState: (state: ProbeState) => void
}

/** `not-ready` and `silent` are the last: the instance is of no use any more. */
export type ProbeState = 'answering' | 'silent' | 'not-ready'

/** Between two questions while it answers. */
const everyMs = 2000
/** For one answer. */
const answerLimitMs = 1500
/** A question whose limit comes this much later was not missed by the instance: this process, or the machine, stood still. */
const standstillMs = 500

/** For the questions of all probers of a node: asked once each, and never in each other's way. */
export function probeClient(): CoapClient {
  return new CoapClient({
    parameters: transmissionParameters({ nstart: 4, maxRetransmit: 0, ackTimeoutMs: 2 * answerLimitMs }),
  })
}

/** Until the signal comes, or the instance is of no use any more. */
export async function probe(options: ProberOptions, stop: AbortSignal): Promise<void> {
  const { uri, readyMs, hasAnswered, onState } = options
  if (!hasAnswered) {
    const isReady = await waitForAnswer(uri, AbortSignal.any([stop, AbortSignal.timeout(readyMs)]))
    if (stop.aborted) return
    if (!isReady) return onState('not-ready')
    onState('answering')
  }
  // An instance that was unpaused just now is asked at once, as who unpaused it waits for it.
  let isFirst = hasAnswered
  while (!stop.aborted) {
    if (!isFirst) await pause(everyMs, stop)
    isFirst = false
    if (stop.aborted) return
    if (await isAnswered(options.client, uri, stop)) onState('answering')
    else if (!stop.aborted && (await isHung(options, stop))) return onState('silent')
  }
}

/** After a first miss: until it answers, or has been silent for too long. */
async function isHung({ uri, cpuTimeMs }: ProberOptions, stop: AbortSignal): Promise<boolean> {
  const startMs = performance.now()
  let cpuBefore = await cpuTimeMs()
  let measuredAtMs = performance.now()
  let misses = 1
  let idleMisses = 1
  while (!stop.aborted) {
    // From a port of its own: what the shared one met on its way, a stale entry in the connection tracking say, is not held against the instance.
    const client = probeClient()
    const answered = await isAnswered(client, uri, stop).finally(() => client.stop())
    if (answered || stop.aborted) return false
    misses += 1
    const cpuNow = await cpuTimeMs()
    const nowMs = performance.now()
    const verdict = judgeSilence({
      misses,
      idleMisses: idleMisses + 1,
      // A question is sent after its own limit at the earliest: the first miss counts from its start.
      silentMs: nowMs - startMs + answerLimitMs,
      cpuShare:
        cpuNow === undefined || cpuBefore === undefined
          ? undefined
          : (cpuNow - cpuBefore) / Math.max(1, nowMs - measuredAtMs),
    })
    if (verdict === 'hung') return true
    idleMisses = verdict === 'busy' ? 0 : idleMisses + 1
    cpuBefore = cpuNow
    measuredAtMs = nowMs
  }
  return false
}

/** One question. What was missed while this process stood still counts as answered. */
async function isAnswered(client: CoapClient, uri: string, stop: AbortSignal): Promise<boolean> {
  const startMs = performance.now()
  try {
    await ask(client, uri, stop, answerLimitMs)
    return true
  } catch {
    const tookMs = performance.now() - startMs
    // A failure that comes at once, such as a port that refuses, is waited for like silence.
    if (tookMs < answerLimitMs) await pause(answerLimitMs - tookMs, stop)
    return tookMs > answerLimitMs + standstillMs
  }
}
