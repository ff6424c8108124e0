import { describe, expect, it } from 'vitest'
import { ActivationPhases } from '../../../src/manager/activation-phases.ts'

function phasesAt() {
  const clock = { ms: 1000 }
  return { clock, phases: new ActivationPhases(1000, () => clock.ms) }
}

describe('the phases of an activation', () => {
  it('end as the first instance gets there', () => {
    const { clock, phases } = phasesAt()
    phases.see([{ state: 'new' }])
    clock.ms = 1050
    phases.see([{ state: 'assigned' }])
    clock.ms = 1200
    phases.see([{ state: 'starting' }, { state: 'preparing' }])
    clock.ms = 1400
    phases.see([{ state: 'running' }])
    clock.ms = 1450
    phases.ready()
    expect(phases.read()).toEqual({ schedule: 50, create: 150, start: 200, ready: 50 })
    expect(phases.totalMs()).toBe(450)
  })

  it('are all told when an instance was running at the first look', () => {
    const { clock, phases } = phasesAt()
    clock.ms = 1005
    phases.see([{ state: 'running' }])
    clock.ms = 1030
    phases.ready()
    expect(phases.read()).toEqual({ schedule: 5, create: 0, start: 0, ready: 25 })
  })

  it.each([
    ['new', 'Swarm has not chosen a node yet'],
    ['preparing', 'the node fetches its image or creates the container'],
    ['starting', 'its container does not start'],
    ['running', 'it runs, but does not answer'],
  ] as const)('tell where it hangs when it is %s', (state, words) => {
    const { phases } = phasesAt()
    phases.see([{ state }])
    expect(phases.hangsAt()).toBe(words)
  })
})
