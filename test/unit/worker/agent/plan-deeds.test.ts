import { describe, expect, it } from 'vitest'
import { planDeeds, type Subject } from '../../../../src/worker/agent/plan-deeds.ts'

const running: Subject = { id: 'r', isPaused: false, hasAnswered: true }
const fresh: Subject = { id: 'f', isPaused: false, hasAnswered: false }
const paused: Subject = { id: 'p', isPaused: true, hasAnswered: true }
const none = { paused: [], stopped: [] }

describe('orders', () => {
  it('pause what is to stand by, once it has answered', () => {
    expect(planDeeds([running, fresh], { ...none, paused: ['r', 'f'] })).toEqual([{ kind: 'pause', id: 'r' }])
  })

  it('unpause everything else', () => {
    expect(planDeeds([running, paused], none)).toEqual([{ kind: 'unpause', id: 'p' }])
    expect(planDeeds([paused], { ...none, paused: ['p'] })).toEqual([])
  })

  it('kill what must not run here any more, paused or not', () => {
    const stopped = ['r', 'p', 'f']
    expect(planDeeds([running, paused, fresh], { paused: ['p'], stopped }).map(({ kind }) => kind)).toEqual([
      'kill',
      'kill',
      'kill',
    ])
  })

  it('are carried out in the order in which somebody waits for them', () => {
    const subjects = [running, { ...running, id: 's' }, paused]
    expect(planDeeds(subjects, { paused: ['r'], stopped: ['s'] }).map(({ kind }) => kind)).toEqual([
      'unpause',
      'kill',
      'pause',
    ])
  })

  it('for instances that are not here are none', () => {
    expect(planDeeds([], { paused: ['x'], stopped: ['y'] })).toEqual([])
  })
})
