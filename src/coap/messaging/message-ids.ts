// Message IDs towards one peer (RFC 7252 §4.4): none twice within EXCHANGE_LIFETIME.

const groupSize = 4096
const groupCount = 16

/**
 * IDs run upwards from a random start. Of each group of 4,096 it is known when the last one was given out; a group is used again when
 * that is long enough ago. Nothing is kept per ID.
 */
export class MessageIds {
  readonly #lifetimeMs: number
  readonly #lastUsedMs: number[] = new Array(groupCount).fill(Number.NEGATIVE_INFINITY)
  #next: number

  constructor(lifetimeMs: number, random: () => number) {
    this.#lifetimeMs = lifetimeMs
    this.#next = Math.floor(random() * 65536) & 0xffff
  }

  /**
   * Whether the group after the current one is still in its lifetime: the IDs are about to run out. A client then goes on from
   * another port, which is a new endpoint with IDs of its own.
   */
  isRunningOut(nowMs: number): boolean {
    const group = (Math.floor(this.#next / groupSize) + 1) % groupCount
    return nowMs - (this.#lastUsedMs[group] ?? 0) < this.#lifetimeMs
  }

  /**
   * The next ID that is not in use. Where IDs have run out and the peer must still be written to, an ID returns before its time,
   * the one used longest ago. Undefined when all 65,536 wait for an acknowledgement.
   */
  allocate(nowMs: number, inUse: { has(id: number): boolean }): number | undefined {
    for (let tries = 0; tries < 65536; tries++) {
      const id = this.#next
      this.#next = (id + 1) & 0xffff
      if (inUse.has(id)) continue
      this.#lastUsedMs[Math.floor(id / groupSize)] = nowMs
      return id
    }
    return undefined
  }
}
