// One timer for everything that waits: a wheel of slots, so that starting and cancelling a wait costs no timer of its own.
import type { Clock } from '../clock.ts'

/** Width of a slot. Waits end up to this much late, never early. */
const slotMs = 4
/** A turn takes about 2 s; what waits longer stays in its slot for as many turns as it takes. */
const slotCount = 512
/** Node's timers take no more than 2³¹ ms. A longer wait is armed for anew. */
const maxTimerMs = 2 ** 30

/** Something that waits. It is in at most one schedule at a time. */
export abstract class Task {
  /** In slot times; undefined while it does not wait. */
  dueAt: number | undefined = undefined
  slot = 0
  previous: Task | undefined = undefined
  next: Task | undefined = undefined

  /** Called when the wait is over; it may start another. */
  abstract onDue(): void

  /** Called when the schedule ends before the wait is over. */
  onStopped(): void {}
}

/**
 * A hashed timing wheel (Varghese and Lauck, 1987, scheme 6). A busy client starts and cancels two waits a request; both are a few
 * assignments here. The clock's timer is armed for the first slot in use, and left armed when its task is cancelled.
 */
export class Schedule {
  readonly #clock: Clock
  readonly #slots: (Task | undefined)[] = new Array(slotCount).fill(undefined)
  #size = 0
  /** The slot time (clock time over `slotMs`) up to which everything due has been called. */
  #doneUpTo: number
  #timer: unknown
  #armedFor = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
    this.#doneUpTo = Math.floor(clock.now() / slotMs)
  }

  /** Tasks that wait. */
  get size(): number {
    return this.#size
  }

  /** Calls `task.onDue` after `delayMs`; a wait already under way is replaced. */
  start(task: Task, delayMs: number): void {
    this.cancel(task)
    const dueAt = this.#clock.now() + Math.max(0, delayMs)
    const slotTime = Math.max(Math.ceil(dueAt / slotMs), this.#doneUpTo + 1)
    task.dueAt = slotTime
    task.slot = slotTime % slotCount
    const head = this.#slots[task.slot]
    task.next = head
    if (head !== undefined) head.previous = task
    this.#slots[task.slot] = task
    this.#size++
    if (slotTime < this.#armedFor) this.#arm(slotTime)
  }

  cancel(task: Task): void {
    if (task.dueAt === undefined) return
    if (task.previous === undefined) this.#slots[task.slot] = task.next
    else task.previous.next = task.next
    if (task.next !== undefined) task.next.previous = task.previous
    task.previous = undefined
    task.next = undefined
    task.dueAt = undefined
    this.#size--
  }

  /** Ends every wait and tells the tasks so. */
  stop(): void {
    const waited: Task[] = []
    for (const head of this.#slots) {
      for (let task = head; task !== undefined; task = task.next) waited.push(task)
    }
    for (const task of waited) {
      this.cancel(task)
      task.onStopped()
    }
    this.#disarm()
  }

  #arm(slotTime: number): void {
    this.#disarm()
    this.#armedFor = slotTime
    const delayMs = Math.min(Math.max(1, slotTime * slotMs - this.#clock.now()), maxTimerMs)
    this.#timer = this.#clock.setTimer(this.#onTimer, delayMs)
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer)
    this.#timer = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.#armedFor = Number.POSITIVE_INFINITY
    const now = Math.floor(this.#clock.now() / slotMs)
    const first = Math.max(this.#doneUpTo + 1, now - slotCount + 1)
    this.#doneUpTo = Math.max(now, this.#doneUpTo)
    for (let slotTime = first; slotTime <= now; slotTime++) this.#runSlot(slotTime % slotCount, now)
    if (this.#size > 0) this.#arm(this.#nextInUse())
  }

  /** What `onDue` starts anew lands in a later slot time, so the walk over this slot ends. */
  #runSlot(slot: number, now: number): void {
    const due: Task[] = []
    for (let task = this.#slots[slot]; task !== undefined; task = task.next) {
      if (task.dueAt !== undefined && task.dueAt <= now) due.push(task)
    }
    for (const task of due) {
      if (task.dueAt === undefined || task.dueAt > now) continue // cancelled or moved by one before it
      this.cancel(task)
      task.onDue()
    }
  }

  /** The first slot time at which something is due; a turn from now where nothing is within one. */
  #nextInUse(): number {
    const turn = this.#doneUpTo + slotCount
    for (let slotTime = this.#doneUpTo + 1; slotTime < turn; slotTime++) {
      for (let task = this.#slots[slotTime % slotCount]; task !== undefined; task = task.next) {
        if (task.dueAt === slotTime) return slotTime
      }
    }
    return turn
  }
}
