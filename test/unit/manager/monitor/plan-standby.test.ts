import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, planStandby } from '../../../../src/manager/monitor/plan-standby.ts'

/** `x:answering`, `y:paused*`: the star says that it was active. */
function candidates(...texts: readonly string[]): Candidate[] {
  return texts.map((text, index) => {
    const [id = '', state = ''] = text.replace('*', '').split(':')
    return {
      id,
      state: state as Candidate['state'],
      wasActive: text.endsWith('*'),
      createdAtMs: index,
    }
  })
}

const active = (wanted: number, ...texts: readonly string[]): readonly string[] =>
  planStandby(candidates(...texts), wanted).active

describe('the active instance', () => {
  it.each<[string, readonly string[], string]>([
    ['is the one that answers, not one that stands by', ['s:paused', 'a:answering'], 'a'],
    ['is one that stands by when the active one has ended', ['a:ended*', 's:paused'], 's'],
    ['is one that stands by when the active one is silent', ['a:silent*', 's:paused'], 's'],
    ['is one that stands by rather than one that starts', ['n:starting', 's:paused'], 's'],
    ['stays the one that was just unpaused and has not answered yet', ['s:paused', 'u:starting*'], 'u'],
    ['stays the one whose unpausing is under way', ['s:paused', 'u:paused*'], 'u'],
    ['stays when another one has begun to answer', ['new:answering', 'a:answering*'], 'a'],
    ['is the older one where there is no reason', ['old:answering', 'new:answering'], 'old'],
    ['is not one that nobody knows while one answers', ['x:unwatched', 'a:answering'], 'a'],
    ['is one that stands by rather than one that nobody knows', ['x:unwatched', 's:paused'], 's'],
    ['is one that nobody knows rather than one that has ended', ['e:ended', 'x:unwatched'], 'x'],
  ])('%s', (_, texts, expected) => {
    expect(active(1, ...texts)).toEqual([expected])
  })
})

it('none is active when none is wanted, and all when there are no more than wanted', () => {
  expect(planStandby(candidates('a:answering', 's:paused'), 0)).toEqual({ active: [], paused: ['a', 's'] })
  expect(planStandby(candidates('a:silent', 's:paused'), 2)).toEqual({ active: ['s', 'a'], paused: [] })
})

const anyCandidates = fc.array(
  fc.record<Candidate>({
    id: fc.uuid(),
    state: fc.constantFrom('starting', 'answering', 'silent', 'paused', 'ended', 'unwatched'),
    wasActive: fc.boolean(),
    createdAtMs: fc.nat(5),
  }),
  { maxLength: 8 },
)

describe('for any instances', () => {
  it('each is either active or paused, and as many are active as are wanted where there are so many', () => {
    fc.assert(
      fc.property(anyCandidates, fc.nat(8), (all, wanted) => {
        const plan = planStandby(all, wanted)
        expect([...plan.active, ...plan.paused].toSorted()).toEqual(all.map(({ id }) => id).toSorted())
        expect(plan.active).toHaveLength(Math.min(wanted, all.length))
      }),
    )
  })

  it('the order in which they are told plays no part', () => {
    fc.assert(
      fc.property(anyCandidates, fc.nat(8), (all, wanted) => {
        expect(planStandby(all.toReversed(), wanted)).toEqual(planStandby(all, wanted))
      }),
    )
  })

  it('a plan carried out is planned again: nothing flaps', () => {
    fc.assert(
      fc.property(anyCandidates, fc.nat(8), (all, wanted) => {
        const plan = planStandby(all, wanted)
        const after = all.map((each): Candidate => {
          const wasActive = plan.active.includes(each.id)
          const turns: Partial<Record<Candidate['state'], Candidate['state']>> = wasActive
            ? { paused: 'answering' }
            : { answering: 'paused' }
          return { ...each, wasActive, state: turns[each.state] ?? each.state }
        })
        expect(new Set(planStandby(after, wanted).active)).toEqual(new Set(plan.active))
      }),
    )
  })
})
