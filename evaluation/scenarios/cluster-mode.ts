// Cluster mode as its users have it: the operator's commands at the client, and the CoAP requests of a client that knows nothing else.
import { setTimeout as delay } from 'node:timers/promises'
import { runHostProgram } from '../host-program.ts'
import type { Stage } from '../hosts/stage.ts'
import { mustRun } from '../must-run.ts'
import type { ActivationAnswer, ActivationRequest } from '../probe/activation.ts'

const imagesLimitMs = 180_000
const goneLimitMs = 60_000
const lookEveryMs = 300

/** Where the client reaches the manager. */
export function managerUri({ managerAddress }: Pick<Stage, 'managerAddress'>): string {
  return `coap://${managerAddress}`
}

/**
 * `shoal catalogue add`: from now on a client may ask for it by name. Resolves when every worker has its images.
 * @param service of Shoal's own, or a Compose file of the client
 */
export async function addToCatalogue(stage: Stage, service: string, signal: AbortSignal): Promise<void> {
  const { client, managerAddress } = stage
  await mustRun(client, ['shoal', 'catalogue', 'add', service, '--manager', managerAddress], signal)
  await waitForImages(stage, signal)
}

export async function removeFromCatalogue(stage: Stage, name: string, signal: AbortSignal): Promise<void> {
  const { client, managerAddress } = stage
  await mustRun(client, ['shoal', 'catalogue', 'rm', name, '--manager', managerAddress], signal)
}

/** Until no worker lacks an image that it may be asked to run. */
export async function waitForImages(stage: Stage, signal: AbortSignal): Promise<void> {
  const { client, managerAddress } = stage
  await eventually(imagesLimitMs, signal, 'a worker lacks images still', async () => {
    const argv = ['shoal', 'nodes', '--json', '--manager', managerAddress]
    const { nodes } = JSON.parse(await mustRun(client, argv, signal)) as {
      readonly nodes: readonly { readonly missingImages: readonly string[] }[]
    }
    return nodes.every(({ missingImages }) => missingImages.length === 0)
  })
}

/** One CoAP POST of the client at the manager; the time is taken where the client is. */
export async function activateByCoap(
  stage: Stage,
  name: string,
  signal: AbortSignal,
  over: Pick<ActivationRequest, 'replicas'> = {},
): Promise<ActivationAnswer> {
  const plan: ActivationRequest = { manager: stage.managerAddress, name, ...over }
  const probe = 'evaluation/probe/activation.ts'
  let last: ActivationAnswer | undefined
  for await (const answer of runHostProgram<ActivationAnswer>(stage.client, probe, plan, signal))
    last = answer
  if (last !== undefined) return last
  throw new Error(`the activation of ${name} told nothing`)
}

/** Gives it back, and waits until none of its containers runs on any worker. */
export async function giveBack(stage: Stage, name: string, signal: AbortSignal): Promise<void> {
  const uri = `${managerUri(stage)}/services/${encodeURIComponent(name)}`
  await mustRun(stage.client, ['shoal', 'coap', 'delete', uri, '--deadline', '60'], signal)
  const label = `label=com.docker.swarm.service.name=${name}_${name}`
  await eventually(goneLimitMs, signal, `containers of ${name} run still`, async () => {
    const argv = ['docker', 'ps', '--quiet', '--filter', label]
    const running = await Promise.all(stage.workers.map((worker) => mustRun(worker, argv, signal)))
    return running.every((ids) => ids.trim() === '')
  })
}

async function eventually(
  limitMs: number,
  signal: AbortSignal,
  complaint: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const endsAtMs = performance.now() + limitMs
  while (!(await holds())) {
    if (performance.now() > endsAtMs) throw new Error(`${complaint} after ${limitMs / 1000} s`)
    await delay(lookEveryMs, undefined, { signal })
  }
}
