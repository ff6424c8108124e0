// Energy of a task from readings of power: the area below the line through them.

export interface PowerReading {
  readonly atMs: number
  readonly watts: number
}

/**
 * Joules between two moments; the readings around the ends count in part.
 * @param readings oldest first, by the clock that the moments are by
 * @throws RangeError where the readings do not reach from one end to the other
 */
export function joulesBetween(readings: readonly PowerReading[], fromMs: number, toMs: number): number {
  const [first, last] = [readings[0], readings.at(-1)]
  if (first === undefined || last === undefined || first.atMs > fromMs || last.atMs < toMs)
    throw new RangeError('the readings of power do not reach over the whole task')
  let joules = 0
  for (let index = lastUntil(readings, fromMs) + 1; index < readings.length; index += 1) {
    const [before, after] = [readings[index - 1], readings[index]]
    if (before === undefined || after === undefined || before.atMs >= toMs) break
    if (after.atMs === before.atMs) continue
    const wattsAt = (atMs: number): number =>
      before.watts + ((after.watts - before.watts) * (atMs - before.atMs)) / (after.atMs - before.atMs)
    const [start, end] = [Math.max(before.atMs, fromMs), Math.min(after.atMs, toMs)]
    joules += (((wattsAt(start) + wattsAt(end)) / 2) * (end - start)) / 1000
  }
  return joules
}

/** The last reading that is not after the moment, by halves: a DAQ takes a thousand a second. */
function lastUntil(readings: readonly PowerReading[], atMs: number): number {
  let [low, high] = [0, readings.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((readings[middle]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) low = middle
    else high = middle - 1
  }
  return low
}
