// By which names clients may call a service: the one that links carry, and its whole name, which the front service has too.
import type { ServiceView } from '../../../model/cluster/views.ts'

export function isCalled(
  { name, application, service }: Pick<ServiceView, 'name' | 'application' | 'service'>,
  wanted: string | undefined,
): boolean {
  return wanted !== undefined && (name === wanted || `${application}.${service}` === wanted)
}
