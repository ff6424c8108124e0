// How many instances the user asks for, of one service or of the only one.

export interface Replicas {
  /** Undefined: of the only service. */
  readonly service: string | undefined
  readonly count: number
}
