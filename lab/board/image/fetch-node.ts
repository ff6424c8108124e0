// Node for the architecture of a board, from its npm package.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { architectures } from '../../../src/image/architecture.ts'
import { runStep } from '../../run-command.ts'
import { architecture } from './recipe.ts'

const installTimeoutMs = 180_000

export interface NodeSource {
  readonly npmFolder: string
  readonly nodeVersion: string
  readonly signal: AbortSignal
  readonly progress: (line: string) => void
}

/** @returns the binary's path. @throws ShoalError `LAB_STEP_FAILED` */
export async function fetchNode({ npmFolder, nodeVersion, signal, progress }: NodeSource): Promise<string> {
  const { nodePackage } = architectures[architecture]
  const prefix = join(npmFolder, nodeVersion)
  const file = join(prefix, 'node_modules', nodePackage, 'bin/node')
  if (existsSync(file)) return file
  progress(`board image: fetch Node ${nodeVersion} for ${architecture}`)
  const flags = ['--no-save', '--force', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const argv = ['npm', 'install', '--prefix', prefix, ...flags, `${nodePackage}@${nodeVersion}`]
  const step = { action: 'fetch', object: nodePackage, place: 'the image of a board' }
  await runStep(step, argv, { signal, timeoutMs: installTimeoutMs })
  return file
}
