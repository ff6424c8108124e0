// Tells the manager that this device has left, so that it goes from the list there.
import { parseCoapUri } from '../coap/uri.ts'
import { ShoalError } from '../model/errors.ts'
import { askManager } from './ask-manager.ts'
import type { Membership } from './membership.ts'

const goodbyeLimitMs = 8000

/** Without it the node stays in the list as down, and does no harm. */
export async function sayGoodbye(
  { coap, joinPort, fingerprint, nodeName, nodeSecret }: Membership,
  nodeId: string,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (line: string) => void },
): Promise<void> {
  const { host } = parseCoapUri(coap)
  try {
    await askManager(
      { host, port: joinPort, fingerprint },
      '/leave',
      { nodeId, nodeName, nodeSecret },
      AbortSignal.any([signal, AbortSignal.timeout(goodbyeLimitMs)]),
    )
  } catch (error) {
    const why = error instanceof ShoalError ? error.reason : `no answer within ${goodbyeLimitMs / 1000} s`
    onProgress(
      `the manager at ${host} did not hear the goodbye (${why}): it lists this node as down until docker node rm ${nodeId} there`,
    )
  }
}
