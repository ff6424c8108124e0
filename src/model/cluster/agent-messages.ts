// What a worker's agent and the manager say to each other over CoAP: reports up, orders down. CBOR with short keys: links may be slow.
// Shapes only; the codec stands beside it.

/** `POST /agents/NODE`, about once a second; NODE is Swarm's id of the node. */
export interface AgentReport {
  /** New at each start of the agent. */
  readonly session: number
  /** From 1, one more with each report of the session. */
  readonly sequence: number
  /** Tag of the orders that it holds; 0 for none. */
  readonly ordersTag: number
  /** All instances of Shoal on the node; left out while nothing changed since the last report that was answered. */
  readonly instances: readonly AgentInstance[] | undefined
  /** Orders that could not be carried out, and why; left out while nothing changed. */
  readonly problems: readonly string[] | undefined
  /** Seconds since 1970 by the node's clock; with the first report of a session and once an hour. */
  readonly clockSeconds: number | undefined
  /** Images of the orders that the node lacks still; left out while nothing changed. */
  readonly missingImages: readonly string[] | undefined
  /** The node's devices, present or not; left out while nothing changed. */
  readonly devices: readonly AgentDevice[] | undefined
}

/** A device of the node, as far as the manager needs to know it. */
export interface AgentDevice {
  /** Of the node; unique there. */
  readonly id: string
  /** Empty where only a path of it is known. */
  readonly capability: string
  /** How many instances may hold it at once; 1 is exclusive. */
  readonly shared: number
  readonly isPresent: boolean
  /** Why it is absent, at most `mostAbsenceCharacters`; empty where it is present. */
  readonly absence: string
  /** Paths by which a Compose file may ask for it. */
  readonly paths: readonly string[]
}

export const mostAbsenceCharacters = 200

export interface AgentInstance {
  /** Swarm's id of the instance. */
  readonly id: string
  readonly state: AgentInstanceState
}

/** `starting`: runs, has not answered yet; `answering`; `silent`: answered before and no longer does; `paused`; `ended`. */
export type AgentInstanceState = 'starting' | 'answering' | 'silent' | 'paused' | 'ended'

/** What the node is to do: a state, not a list of deeds, so that it may arrive twice, late or only at the next report. `GET /agents/NODE/orders`, observable. */
export interface AgentOrders {
  /** Hash of the rest, 1..2^32-1. */
  readonly tag: number
  /** Instances that are to stand paused; every other one is to run. */
  readonly paused: readonly string[]
  /** Instances that must not run here any more: killed at once, without grace. */
  readonly stopped: readonly string[]
  /** Images, with digest, that are to be on the node. */
  readonly images: readonly string[]
}
