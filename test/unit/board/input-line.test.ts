import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputLine } from '../../../src/board/instruments/input-line.ts'
import type { Level } from '../../../src/board/kinds.ts'
import { stuckSignal } from '../../../src/board/physics/stuck.ts'
import { windowSignal } from '../../../src/board/physics/world-signals.ts'

/** Time that goes on when the test says so; what is due is called then, however late. */
class HandClock {
  s = 0
  due: { readonly atS: number; readonly call: () => void }[] = []

  nowS = (): number => this.s
  nowMs = (): number => this.s * 1000

  at = (atS: number, call: () => void): (() => void) => {
    const entry = { atS, call }
    if (Number.isFinite(atS)) this.due.push(entry)
    return () => {
      this.due = this.due.filter((one) => one !== entry)
    }
  }

  go(seconds: number): void {
    this.s += seconds
    const ready = this.due.filter(({ atS }) => atS <= this.s)
    this.due = this.due.filter(({ atS }) => atS > this.s)
    for (const { call } of ready) call()
  }
}

const aLine = (clock: HandClock) =>
  new InputLine({
    kind: 'flame',
    signal: windowSignal([{ fromS: 3, toS: 5, everyS: 10 }]),
    stuck: stuckSignal([{ fromS: 44, toS: 65, value: undefined }]),
    clock,
  })

type Step = { readonly go: number } | { readonly force: Level | undefined }

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ go: fc.double({ min: 0, max: 25, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ force: fc.constantFrom<Level | undefined>(0, 1, undefined) }) },
)

describe('a line that is watched', () => {
  it('tells edges that alternate and end at its level, however late its timers are', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 30 }), (steps) => {
        const clock = new HandClock()
        const line = aLine(clock)
        const told: Level[] = []
        line.watch((value) => told.push(value))
        for (const step of steps) {
          if ('go' in step) clock.go(step.go)
          else line.force(step.force)
          expect(told.at(-1) ?? 0).toBe(line.state().value)
          expect(clock.due.length).toBeLessThanOrEqual(1)
        }
        expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? 1 : 0)))
      }),
    )
  })

  it('loses no edge of a delay of the machine', () => {
    const clock = new HandClock()
    const told: Level[] = []
    aLine(clock).watch((value) => told.push(value))
    clock.go(40)
    expect(told).toEqual([1, 0, 1, 0, 1, 0, 1, 0])
  })

  it('waits for nothing when nobody watches', () => {
    const clock = new HandClock()
    const line = aLine(clock)
    const stops = [line.watch(() => {}), line.watch(() => {})]
    expect(clock.due).toHaveLength(1)
    for (const stop of stops) stop()
    clock.go(100)
    line.force(1)
    expect(clock.due).toEqual([])
  })
})
