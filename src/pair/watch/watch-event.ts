// What a watch tells: each event as a value, and as a line.
import { type Endpoint, renderEndpoint } from '../../model/endpoint.ts'

export type WatchEvent =
  | { readonly kind: 'device-lost'; readonly device: string; readonly reason: string }
  | { readonly kind: 'device-back'; readonly device: string }
  | { readonly kind: 'instance-silent'; readonly instance: string; readonly device: string }
  | { readonly kind: 'instance-answers'; readonly instance: string; readonly device: string }
  | {
      readonly kind: 'instance-down'
      readonly instance: string
      readonly device: string
      readonly reason: string
    }
  | { readonly kind: 'instance-moving'; readonly instance: string; readonly device: string }
  | {
      readonly kind: 'instance-up'
      readonly instance: string
      readonly device: string
      readonly endpoint: Endpoint | undefined
      /** From when it was given up. */
      readonly downMs: number
    }
  | {
      readonly kind: 'move-failed'
      readonly instance: string
      readonly device: string
      readonly reason: string
      readonly retryInMs: number
    }
  | { readonly kind: 'instance-waiting'; readonly instance: string; readonly reason: string }
  | { readonly kind: 'surplus-removed'; readonly instance: string; readonly device: string }

/** One line without time. */
export function renderWatchEvent(event: WatchEvent): string {
  switch (event.kind) {
    case 'device-lost':
      return `${event.device} lost: ${event.reason}`
    case 'device-back':
      return `${event.device} is back`
    case 'instance-silent':
      return `${event.instance} on ${event.device} does not answer`
    case 'instance-answers':
      return `${event.instance} on ${event.device} answers again`
    case 'instance-down':
      return `${event.instance} on ${event.device} is down: ${event.reason}`
    case 'instance-moving':
      return `${event.instance} is started on ${event.device}`
    case 'instance-up': {
      const where = event.endpoint === undefined ? '' : ` at ${renderEndpoint(event.endpoint)}`
      return `${event.instance} is up on ${event.device}${where}, after ${(event.downMs / 1000).toFixed(1)} s`
    }
    case 'move-failed':
      return `${event.instance} could not be started on ${event.device}: ${event.reason}; tries again in ${Math.ceil(event.retryInMs / 1000)} s`
    case 'instance-waiting':
      return `${event.instance} waits: ${event.reason}`
    case 'surplus-removed':
      return `${event.instance} removed from ${event.device}: it runs elsewhere by now`
  }
}

/** The same as a JSON value: the endpoint as its URI, and the time. */
export function describeWatchEvent(event: WatchEvent, at: Date): object {
  const { kind, ...rest } = event
  const endpoint = 'endpoint' in event ? event.endpoint : undefined
  return {
    at: at.toISOString(),
    event: kind,
    ...rest,
    ...('endpoint' in event ? { endpoint: endpoint === undefined ? null : renderEndpoint(endpoint) } : {}),
  }
}
