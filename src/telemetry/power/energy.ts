// Energy of a task from readings of power: the area below the line through them.

export interface PowerReading {
  readonly atMs: number
  readonly watts: number
}

/**
 * Joules between two moments; the readings around the ends count in part.
 * @throws RangeError where the readings do not reach from one end to the other
 */
export function joulesBetween(readings: readonly PowerReading[], fromMs: number, toMs: number): number {
  const [first, last] = [readings[0], readings.at(-1)]
  if (first === undefined || last === undefined || first.atMs > fromMs || last.atMs < toMs)
    throw new RangeError('the readings of power do not reach over the whole task')
  let joules = 0
  for (const [index, after] of readings.entries()) {
    const before = readings[index - 1]
    if (before === undefined || after.atMs <= fromMs || before.atMs >= toMs || after.atMs === before.atMs)
      continue
    const wattsAt = (atMs: number): number =>
      before.watts + ((after.watts - before.watts) * (atMs - before.atMs)) / (after.atMs - before.atMs)
    const [start, end] = [Math.max(before.atMs, fromMs), Math.min(after.atMs, toMs)]
    joules += (((wattsAt(start) + wattsAt(end)) / 2) * (end - start)) / 1000
  }
  return joules
}
