// A device that is asked to do something before it was put on.

/** The message is the diagnostic payload of the 4.09 answer. */
export class NotOn extends Error {
  constructor(id: string) {
    super(`${id} is off: PUT on first`)
    this.name = 'NotOn'
  }
}
