import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Level } from '../../../../src/board/kinds.ts'
import type { DigitalSignal } from '../../../../src/board/physics/digital-signal.ts'
import { stuckSignal } from '../../../../src/board/physics/stuck.ts'
import { soundSignal, windowSignal } from '../../../../src/board/physics/world-signals.ts'

/** Every change up to a second, by walking from boundary to boundary. */
function edges({ levelAt, nextBoundary }: DigitalSignal, untilS: number): readonly [number, Level][] {
  const found: [number, Level][] = []
  let level = levelAt(0)
  for (let atS = nextBoundary(0); atS <= untilS; atS = nextBoundary(atS)) {
    if (levelAt(atS) === level) continue
    level = levelAt(atS)
    found.push([atS, level])
  }
  return found
}

const aSecond = fc.double({ min: 0, max: 1e5, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })

function staysBetweenBoundaries(signal: DigitalSignal): void {
  fc.assert(
    fc.property(aSecond, share, (atS, part) => {
      const next = signal.nextBoundary(atS)
      expect(next).toBeGreaterThan(atS)
      const between = atS + (Math.min(next, atS + 1000) - atS) * part
      if (between < next) expect(signal.levelAt(between)).toBe(signal.levelAt(atS))
    }),
    { numRuns: 1000 },
  )
}

describe('a flame', () => {
  it('begins at second 30 and ends when the script says', () => {
    const signal = windowSignal([{ fromS: 30, toS: 45 }])
    expect(edges(signal, 1000)).toEqual([
      [30, 1],
      [45, 0],
    ])
  })

  it('is one flame where two windows overlap', () => {
    const signal = windowSignal([
      { fromS: 10, toS: 20 },
      { fromS: 15, toS: 30 },
    ])
    expect(edges(signal, 100)).toEqual([
      [10, 1],
      [30, 0],
    ])
  })
})

describe('noise as a comparator hears it', () => {
  const bursts = [{ fromS: 5, toS: 6, everyS: 20 }]
  const signal = soundSignal({ bursts, random: undefined, changesHz: 40 }, 7, 'sound')

  it('is loud at the beginning of each burst, chatters within it, and is quiet outside', () => {
    const found = edges(signal, 60)
    expect(found[0]).toEqual([5, 1])
    expect(found.filter(([atS]) => atS === 25 || atS === 45)).toEqual([
      [25, 1],
      [45, 1],
    ])
    expect(found.length).toBeGreaterThan(3 * 6)
    for (const [atS, level] of found) {
      const within = (atS - 5) % 20
      if (level === 1) expect(within).toBeLessThan(1)
      else expect(within).toBeLessThanOrEqual(1)
    }
  })

  it('is another with another seed, and the same with the same', () => {
    const again = (seed: number) =>
      edges(soundSignal({ bursts, random: undefined, changesHz: 40 }, seed, 'sound'), 60)
    expect(again(7)).toEqual(edges(signal, 60))
    expect(again(8)).not.toEqual(again(7))
  })

  it('comes about as often as the script says where it comes by chance', () => {
    const random = soundSignal(
      { bursts: [], random: { perMinute: 6, lastsS: 0.01 }, changesHz: 40 },
      7,
      'sound',
    )
    const rises = edges(random, 3600).filter(([, level]) => level === 1)
    expect(rises).toHaveLength(6 * 60)
    const gaps = rises.slice(1).map(([atS], index) => atS - (rises[index]?.[0] ?? 0))
    expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(5)
  })

  it('does not change between its boundaries', () => {
    staysBetweenBoundaries(signal)
    staysBetweenBoundaries(
      soundSignal({ bursts, random: { perMinute: 10, lastsS: 2 }, changesHz: 33 }, 1, 'sound'),
    )
  })
})

describe('a line that is stuck', () => {
  const world = windowSignal([{ fromS: 10, toS: 20 }])

  it('stays at the value that the script says, or at what it was when it began', () => {
    const stuck = stuckSignal([
      { fromS: 0, toS: 5, value: 1 },
      { fromS: 15, toS: 30, value: undefined },
    ])
    const levels = [0, 5, 12, 15, 25, 30].map(
      (atS) => stuck.levelAt(atS, world.levelAt) ?? world.levelAt(atS),
    )
    expect(levels).toEqual([1, 0, 1, 1, 1, 0])
    expect([0, 5, 15, 30].map((atS) => stuck.nextBoundary(atS))).toEqual([
      5,
      15,
      30,
      Number.POSITIVE_INFINITY,
    ])
  })
})
