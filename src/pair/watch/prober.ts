// Asks one instance by CoAP once a second, whether it still answers.
import { CoapClient } from '../../coap/client.ts'
import { ask } from '../../coap/wait-for-answer.ts'
import { pause } from '../../model/pause.ts'

const askPauseMs = 1000

/** A slow answer is an answer: only later than this is it missed. */
const answerLimitMs = 2000

/** Asks until the signal comes. A client of its own: see `waitForAnswer`. */
export async function probe(
  uri: string,
  onAnswer: () => void,
  onMiss: () => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new CoapClient()
  try {
    while (!signal.aborted) {
      try {
        await ask(client, uri, signal, answerLimitMs)
        onAnswer()
      } catch {
        if (!signal.aborted) onMiss()
      }
      await pause(askPauseMs, signal)
    }
  } finally {
    await client.stop()
  }
}
