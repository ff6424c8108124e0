// When an observer is to be told: pmin and pmax of a query, as draft-ietf-core-conditional-attributes has them.
import { nearestKey } from '../../src/model/problems.ts'

export interface Conditions {
  /** Two notifications are so far apart at least. */
  readonly pminMs: number
  /** A notification comes so long after the last one at the latest, changed or not. Undefined: only after changes. */
  readonly pmaxMs: number | undefined
}

/** A query that is none. The message is the diagnostic payload of the 4.00 answer. */
export class BadQuery extends Error {
  constructor(index: number, text: string, reason: string) {
    super(`query ${index + 1}, '${text.slice(0, 40)}': ${reason}`)
    this.name = 'BadQuery'
  }
}

/** A day, in seconds (RFC 7641 §4.5: a notification a day at least should be confirmable; all are). */
const longest = 86_400
const known = ['pmin', 'pmax']

/** Seconds above 0, with a fraction or without. @throws BadQuery */
export function parseConditions(query: readonly string[]): Conditions {
  const found = new Map<string, number>()
  for (const [index, text] of query.entries()) {
    const [name = '', value = ''] = text.split(/=(.*)/s)
    // The draft's later versions put "c." before each.
    const key = name.replace(/^c\./, '')
    if (!known.includes(key)) {
      const nearest = nearestKey(key, known)
      throw new BadQuery(
        index,
        text,
        nearest === undefined ? 'there are pmin and pmax' : `did you mean ${nearest}?`,
      )
    }
    if (found.has(key)) throw new BadQuery(index, text, `${key} is given twice`)
    const seconds = /^\d{1,5}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0
    if (seconds <= 0 || seconds > longest) {
      throw new BadQuery(index, text, `expected seconds above 0, ${longest} at most`)
    }
    found.set(key, seconds * 1000)
  }
  const [pminMs = 0, pmaxMs] = [found.get('pmin'), found.get('pmax')]
  if (pmaxMs !== undefined && pmaxMs < pminMs) {
    const index = query.findIndex((text) => /^(c\.)?pmax=/.test(text))
    throw new BadQuery(index, query[index] ?? '', 'pmax is below pmin')
  }
  return { pminMs, pmaxMs }
}

/** Tells the listener of changes, not too often and not too seldom. @returns ends it */
export function paced(
  subscribe: (listener: () => void) => () => void,
  { pminMs, pmaxMs }: Conditions,
  listener: () => void,
): () => void {
  let lastMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  let isDue = false
  const tell = () => {
    lastMs = performance.now()
    isDue = false
    wait()
    listener()
  }
  const wait = () => {
    clearTimeout(timer)
    const afterMs = isDue ? pminMs : pmaxMs
    if (afterMs !== undefined)
      timer = setTimeout(tell, Math.max(0, Math.ceil(lastMs + afterMs - performance.now())))
  }
  const unsubscribe = subscribe(() => {
    if (isDue) return
    isDue = true
    if (performance.now() - lastMs >= pminMs) tell()
    else wait()
  })
  wait()
  return () => {
    clearTimeout(timer)
    unsubscribe()
  }
}
