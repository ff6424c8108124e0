// A map from whole numbers, for entries that come and go by the thousand.

const firstCapacity = 16

/**
 * Open addressing with linear probing. A `Map` would do but for one thing: when V8 makes room in it, the table before stays and holds
 * what it held, and once that is in the old generation each table keeps the next one and all it holds from being collected young. With 32 requests
 * at a time a third of all garbage then outlived its first collection, and a client took 150 MB of heap instead of 20.
 */
export class NumberTable<Value> {
  #keys = new Float64Array(firstCapacity)
  #values: (Value | undefined)[] = new Array(firstCapacity).fill(undefined)
  #shift = 32 - Math.log2(firstCapacity)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(key: number): boolean {
    return this.#values[this.#find(key)] !== undefined
  }

  get(key: number): Value | undefined {
    return this.#values[this.#find(key)]
  }

  set(key: number, value: Value): void {
    let at = this.#find(key)
    if (this.#values[at] === undefined) {
      if (++this.#size * 2 > this.#values.length) {
        this.#grow()
        at = this.#find(key)
      }
      this.#keys[at] = key
    }
    this.#values[at] = value
  }

  delete(key: number): void {
    let hole = this.#find(key)
    if (this.#values[hole] === undefined) return
    this.#size--
    // Entries that probing put behind the hole move up, so that no search ends at it too early.
    const mask = this.#values.length - 1
    for (let at = (hole + 1) & mask; this.#values[at] !== undefined; at = (at + 1) & mask) {
      const home = this.#home(this.#keys[at] ?? 0)
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      this.#keys[hole] = this.#keys[at] ?? 0
      this.#values[hole] = this.#values[at]
      hole = at
    }
    this.#values[hole] = undefined
  }

  values(): Value[] {
    return this.#values.filter((value) => value !== undefined)
  }

  /** Where the key is, or the free place where it would go. */
  #find(key: number): number {
    const mask = this.#values.length - 1
    let at = this.#home(key)
    while (this.#values[at] !== undefined && this.#keys[at] !== key) at = (at + 1) & mask
    return at
  }

  /** Fibonacci hashing of the lower 32 bits (Knuth, TAOCP 3, §6.4). */
  #home(key: number): number {
    return Math.imul(key | 0, 0x9e3779b1) >>> this.#shift
  }

  #grow(): void {
    const keys = this.#keys
    const values = this.#values
    this.#keys = new Float64Array(keys.length * 2)
    this.#values = new Array(keys.length * 2).fill(undefined)
    this.#shift--
    for (const [at, value] of values.entries()) {
      if (value === undefined) continue
      const key = keys[at] ?? 0
      const place = this.#find(key)
      this.#keys[place] = key
      this.#values[place] = value
    }
  }
}
