// The HTTP status of each error that a request can meet.
import type { ErrorCode } from '../../../model/errors.ts'

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  API_REQUEST_INVALID: 400,
  USAGE: 400,
  API_FOREIGN_PAGE: 403,
  API_NOT_FOUND: 404,
  SERVICE_UNKNOWN: 404,
  APPLICATION_UNKNOWN: 404,
  CATALOGUE_UNKNOWN: 404,
  NODE_UNKNOWN: 404,
  API_METHOD: 405,
  SWARM_CONFLICT: 409,
  SWARM_NAME_TAKEN: 409,
  SWARM_IN_USE: 409,
  DEPLOY_ROLLED_BACK: 409,
  API_TOO_LARGE: 413,
  CATALOGUE_TOO_LARGE: 413,
  API_MEDIA_TYPE: 415,
  // The request was understood; what it asks for cannot be.
  COMPOSE_INVALID: 422,
  IMAGE_UNKNOWN: 422,
  REGISTRY_DOWN: 502,
  REGISTRY_UNREACHABLE: 502,
  REGISTRY_DENIED: 502,
  UNPLACEABLE: 503,
  MANAGER_UNREACHABLE: 503,
  ENGINE_ABSENT: 503,
  ENGINE_DENIED: 503,
  SWARM_NO_LEADER: 503,
  SWARM_NOT_MANAGER: 503,
  ACTIVATION_TIMEOUT: 504,
  DEPLOY_INCOMPLETE: 504,
  ENGINE_TIMEOUT: 504,
}

export function statusOfError(code: ErrorCode): number {
  return statuses[code] ?? 500
}
