// Whether a run can go on here: asked before anything of it is read that another version may not understand.
import { ShoalError } from '../../src/model/errors.ts'
import { readFacts } from '../run/read-files.ts'
import type { RunFacts } from '../run/run.ts'
import { refuseMixed } from '../run/same-version.ts'
import { continueLine } from './continue-line.ts'

/**
 * @param here as a run would begin with now
 * @throws ShoalError USAGE where it was measured on hosts of the other kind; RESULTS_MIXED where version or machine are others; RUN_DAMAGED
 */
export function assertGoesOn(folder: string, here: RunFacts): void {
  const before = readFacts(folder)
  if (before.kind !== here.kind) {
    const isReal = before.kind === 'real'
    throw new ShoalError('USAGE', {
      action: 'go on with',
      object: folder,
      reason: isReal
        ? 'it is measured on real hosts, and no inventory names them'
        : 'it is measured in a lab, and an inventory is named',
      nextStep: continueLine(folder, isReal ? 'FILE' : undefined),
    })
  }
  refuseMixed('go on with', [
    { place: folder, facts: before },
    { place: 'this Shoal', facts: here },
  ])
}
