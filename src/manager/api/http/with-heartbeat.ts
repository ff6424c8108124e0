// A stream that says that it is alive while nothing happens: both ends learn in time that the other is gone.

const quiet = Symbol('quiet')

/** The items as they come; undefined each time that none has come for so long. */
export async function* withHeartbeat<Item>(
  items: AsyncIterable<Item>,
  everyMs: number,
): AsyncGenerator<Item | undefined, void, void> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      const result = await orQuiet(next, everyMs)
      if (result === quiet) yield undefined
      else if (result.done === true) return
      else {
        next = iterator.next()
        yield result.value
      }
    }
  } finally {
    // It ends by the signal that it was made with; waiting for that here would hold up the answer.
    iterator.return?.(undefined)?.then(undefined, () => {})
  }
}

async function orQuiet<Result>(next: Promise<Result>, ms: number): Promise<Result | typeof quiet> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<typeof quiet>((resolve) => {
    timer = setTimeout(() => resolve(quiet), ms)
  })
  try {
    return await Promise.race([next, timeout])
  } finally {
    clearTimeout(timer)
  }
}
