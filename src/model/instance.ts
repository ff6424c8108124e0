// One instance of a service: which, and the name of its container.
import type { Service } from './application.ts'

export interface Instance {
  readonly application: string
  /** From 1. */
  readonly index: number
  readonly labels?: Readonly<Record<string, string>>
}

/** `application-service-1`, as Compose names it, unless the service has a name of its own. */
export function containerName(service: Service, { application, index }: Instance): string {
  return service.containerName ?? `${application}-${service.name}-${index}`
}
