// What every server of this bench does, whatever it is made of: PUT keeps a body under its path, GET gives it back.

export interface StoreReply {
  readonly code: 'changed' | 'content' | 'not-found'
  readonly body: Uint8Array
}

const nothing = new Uint8Array(0)

export class Store {
  readonly #bodies = new Map<string, Uint8Array>()

  get(path: string): StoreReply {
    const body = this.#bodies.get(path)
    return body === undefined ? { code: 'not-found', body: nothing } : { code: 'content', body }
  }

  put(path: string, body: Uint8Array): StoreReply {
    this.#bodies.set(path, body)
    return { code: 'changed', body: nothing }
  }
}
