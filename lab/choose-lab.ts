// Which lab a command means when the user names none.
import { ShoalError } from '../src/model/errors.ts'
import { labNames } from './state.ts'

/** The named one, else the only one there is; undefined when there is none. Throws `LAB_AMBIGUOUS`. */
export function chooseLab(named: string | undefined, dataFolder: string): string | undefined {
  if (named !== undefined) return named
  const names = labNames(dataFolder)
  if (names.length <= 1) return names[0]
  throw new ShoalError('LAB_AMBIGUOUS', {
    action: 'choose',
    object: 'a lab',
    place: dataFolder,
    reason: `there are several: ${names.join(', ')}`,
    nextStep: `name one: --name ${names[0]}`,
  })
}
