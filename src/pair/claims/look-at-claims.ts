// Asks an Engine which devices the containers of the cluster hold: Swarm writes it into their environment alone.
import type { ContainerSummary } from '../../engine/container-answers.ts'
import type { Engine } from '../../engine/engine.ts'
import { type ClusterClaims, clusterContainers, devicesOfEnvironment } from './holder.ts'

/** One question after the other, as `viewDevice` says. Throws ShoalError. */
export async function lookAtClaims(
  { containers }: Pick<Engine, 'containers'>,
  seen: readonly ContainerSummary[],
  signal?: AbortSignal,
): Promise<ClusterClaims> {
  const claims = new Map<string, readonly string[]>()
  for (const { id } of clusterContainers(seen)) {
    const details = await containers.inspect(id, { signal })
    if (details !== undefined) claims.set(id, devicesOfEnvironment(details))
  }
  return claims
}
