// Every route of the table with what answers it.
import type { Handlers } from './api-reply.ts'
import { applicationHandlers } from './application-handlers.ts'
import { catalogueHandlers } from './catalogue-handlers.ts'
import { clusterHandlers } from './cluster-handlers.ts'
import type { HttpParts } from './parts.ts'
import { serviceHandlers } from './service-handlers.ts'

export function makeHandlers(parts: HttpParts): Handlers {
  return {
    ...clusterHandlers(parts),
    ...serviceHandlers(parts),
    ...applicationHandlers(parts),
    ...catalogueHandlers(parts),
  }
}
