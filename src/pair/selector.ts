// Names instances on the command line: APP, APP/SERVICE, APP/SERVICE.N.
import { ShoalError } from '../model/errors.ts'
import type { FoundInstance } from './instance.ts'

/** What is left out counts for all. */
export interface Selector {
  /** As the user wrote it. */
  readonly text: string
  readonly application: string
  readonly service: string | undefined
  readonly index: number | undefined
}

/** Throws ShoalError USAGE. */
export function parseSelector(text: string): Selector {
  const groups =
    /^(?<application>[a-z0-9][a-z0-9_-]*)(?:\/(?<service>[a-zA-Z0-9._-]+?)(?:\.(?<index>\d+))?)?$/.exec(
      text,
    )?.groups
  if (groups?.application === undefined) {
    throw new ShoalError('USAGE', {
      action: 'read',
      object: `"${text}"`,
      reason: 'expected APPLICATION, APPLICATION/SERVICE or APPLICATION/SERVICE.NUMBER',
    })
  }
  const { application, service, index } = groups
  return { text, application, service, index: index === undefined ? undefined : Number(index) }
}

export function isSelected({ application, service, index }: Selector, found: FoundInstance): boolean {
  return (
    found.application === application &&
    (service === undefined || found.service === service) &&
    (index === undefined || found.index === index)
  )
}

/** The error when nothing on the devices fits. */
export function nothingSelected(action: string, selector: Selector, devices: readonly string[]): ShoalError {
  return new ShoalError('APPLICATION_UNKNOWN', {
    action,
    object: selector.text,
    place: devices.join(', '),
    reason: 'no instance of that name is there',
    nextStep: `see what is: shoal pair ps ${devices.join(' ')}`,
  })
}
