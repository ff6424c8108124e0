// A queue between something that happens and a client that reads: what a client does not fetch in time costs bounded memory.

export class BoundedQueue<Item> implements AsyncIterable<Item> {
  readonly #mostItems: number
  readonly #items: Item[] = []
  #isClosed = false
  #wake: () => void = () => {}

  constructor({ mostItems }: { readonly mostItems: number }) {
    this.#mostItems = mostItems
  }

  /** One too many ends the queue: the reader is too slow, and must ask anew. */
  push(item: Item): void {
    if (this.#isClosed) return
    if (this.#items.length >= this.#mostItems) {
      this.#items.length = 0
      this.#isClosed = true
    } else {
      this.#items.push(item)
    }
    this.#wake()
  }

  /** What is in it is still read. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  /** For one reader. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, void> {
    for (;;) {
      const item = this.#items.shift()
      if (item !== undefined) yield item
      else if (this.#isClosed) return
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}
