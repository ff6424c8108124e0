import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Schedule, Task } from '../../../../src/coap/messaging/schedule.ts'
import { FakeClock } from '../fake-clock.ts'

class Recorded extends Task {
  readonly #record: () => void

  constructor(record: () => void) {
    super()
    this.#record = record
  }

  override onDue(): void {
    this.#record()
  }
}

function aSchedule() {
  const clock = new FakeClock()
  return { clock, schedule: new Schedule(clock) }
}

describe('Schedule', () => {
  it('ends each wait never early and at most a slot late, however long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 40 }),
        (delays) => {
          const { clock, schedule } = aSchedule()
          const startMs = clock.now()
          const lateness: number[] = []
          for (const delayMs of delays) {
            schedule.start(new Recorded(() => lateness.push(clock.now() - startMs - delayMs)), delayMs)
          }
          clock.advance(41_000)
          expect(lateness).toHaveLength(delays.length)
          expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0)
          expect(Math.max(...lateness)).toBeLessThanOrEqual(8)
          expect(schedule.size).toBe(0)
        },
      ),
    )
  })

  it('never calls a task that was cancelled, among others in the same slot', () => {
    const { clock, schedule } = aSchedule()
    const called: string[] = []
    const tasks = ['a', 'b', 'c', 'd'].map((name) => new Recorded(() => called.push(name)))
    for (const task of tasks) schedule.start(task, 100)
    for (const task of tasks.slice(1, 3)) schedule.cancel(task)
    clock.advance(200)
    expect(called.sort()).toEqual(['a', 'd'])
  })

  it('does not call a task that another one cancels in the same moment', () => {
    const { clock, schedule } = aSchedule()
    let calls = 0
    const tasks: Task[] = [0, 1].map(
      () =>
        new Recorded(() => {
          calls++
          for (const task of tasks) schedule.cancel(task)
        }),
    )
    for (const task of tasks) schedule.start(task, 50)
    clock.advance(100)
    expect(calls).toBe(1)
  })

  it('replaces a wait that is under way', () => {
    const { clock, schedule } = aSchedule()
    let calls = 0
    const task = new Recorded(() => calls++)
    schedule.start(task, 100)
    schedule.start(task, 3_000)
    clock.advance(2_900)
    expect(calls).toBe(0)
    clock.advance(200)
    expect(calls).toBe(1)
  })

  it('lets a task start its next wait when it is due', () => {
    const { clock, schedule } = aSchedule()
    const times: number[] = []
    const startMs = clock.now()
    const task: Task = new Recorded(() => {
      times.push(clock.now() - startMs)
      if (times.length < 5) schedule.start(task, 0)
    })
    schedule.start(task, 0)
    clock.advance(100)
    expect(times).toHaveLength(5)
  })

  it('has at most one timer armed, and none once nothing waits', () => {
    const { clock, schedule } = aSchedule()
    for (let i = 0; i < 100; i++) schedule.start(new Recorded(() => {}), i * 50)
    expect(clock.armed).toBe(1)
    clock.advance(6_000)
    expect(clock.armed).toBe(0)
  })

  it('is not disturbed by a long idle time', () => {
    const { clock, schedule } = aSchedule()
    clock.advance(3_600_000)
    let calls = 0
    schedule.start(new Recorded(() => calls++), 10)
    clock.advance(20)
    expect(calls).toBe(1)
  })

  it('tells those that wait when it stops, and arms nothing any more', () => {
    const { clock, schedule } = aSchedule()
    const told: string[] = []
    class Told extends Task {
      override onDue(): void {
        told.push('due')
      }
      override onStopped(): void {
        told.push('stopped')
      }
    }
    schedule.start(new Told(), 10)
    schedule.start(new Told(), 60_000)
    schedule.stop()
    clock.advance(120_000)
    expect(told).toEqual(['stopped', 'stopped'])
    expect(clock.armed).toBe(0)
  })
})
