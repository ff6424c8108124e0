// The sensing service as it ships, and the one capability that it needs: the same Compose file for both modes.
import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { projectFile } from '../host-program.ts'
import type { EvaluationHost } from '../hosts/evaluation-host.ts'
import { mustRun } from '../must-run.ts'

/** services/sensing/compose.yaml with `x-shoal.needs`. */
export function sensingCompose(capability: string): string {
  const document = parseDocument(readFileSync(projectFile('services/sensing/compose.yaml'), 'utf8'))
  document.setIn(['services', 'sensing', 'x-shoal'], document.createNode({ needs: [capability] }))
  return document.toString()
}

/** Writes it in the host. @returns its path there */
export async function writeSensingCompose(
  host: Pick<EvaluationHost, 'name' | 'exec'>,
  capability: string,
  signal: AbortSignal,
): Promise<string> {
  const path = `/var/tmp/shoal-sensing-${capability}.yaml`
  await mustRun(host, ['tee', path], signal, sensingCompose(capability))
  return path
}
