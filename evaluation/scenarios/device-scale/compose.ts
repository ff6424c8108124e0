// The compute service with an instance for each worker.
import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { projectFile } from '../../host-program.ts'
import type { EvaluationHost } from '../../hosts/evaluation-host.ts'
import { mustRun } from '../../must-run.ts'

/** Of the service too. */
export const application = 'compute'

/** services/compute/compose.yaml with so many replicas, at most one on a worker. */
export function spreadCompose(replicas: number): string {
  const document = parseDocument(readFileSync(projectFile('services/compute/compose.yaml'), 'utf8'))
  document.setIn(['services', application, 'deploy', 'replicas'], replicas)
  document.setIn(
    ['services', application, 'deploy', 'placement'],
    document.createNode({ max_replicas_per_node: 1 }),
  )
  return document.toString()
}

/** Writes it in the host. @returns its path there */
export async function writeSpreadCompose(
  host: EvaluationHost,
  replicas: number,
  signal: AbortSignal,
): Promise<string> {
  const path = `/var/tmp/shoal-spread-${replicas}.yaml`
  await mustRun(host, ['tee', path], signal, spreadCompose(replicas))
  return path
}
