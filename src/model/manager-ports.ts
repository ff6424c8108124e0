// The ports of a manager where nobody chose others.

export interface ManagerPorts {
  readonly coap: number
  readonly http: number
  readonly join: number
  readonly registry: number
}

export const usualPorts: ManagerPorts = Object.freeze({ coap: 5683, http: 8480, join: 8481, registry: 5000 })
